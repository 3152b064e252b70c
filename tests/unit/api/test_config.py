"""Settings: any key, copies that keep everything, a version that shows every change."""

import logging

import pytest

from pyinfra._engine.model.config import SETTING_NAMES
from pyinfra.api import Config, PyinfraError
from pyinfra.api.config import ConfigDefaults, check_pyinfra_version, check_require_packages
from pyinfra.context import ctx_state


def test_defaults():
    config = Config()
    assert len(SETTING_NAMES) == 28
    assert config.SHELL == "sh"
    assert config.ENV == {}
    assert Config().ENV is not config.ENV
    assert ConfigDefaults.CONNECT_TIMEOUT == 10


def test_any_key_is_accepted_and_misspelt_ones_are_reported(caplog):
    with caplog.at_level(logging.WARNING, "pyinfra"):
        config = Config(SUOD=True, MY_OWN_THING=3)
    assert config.MY_OWN_THING == 3
    assert "SUOD (did you mean SUDO?)" in caplog.text
    assert "MY_OWN" not in caplog.text
    with pytest.raises(AttributeError, match="did you mean SUDO"):
        _ = config.SUDOO


def test_copies_keep_everything():
    config = Config(SUDO=True, ENV={"A": "1"}, EXTRA=[1])
    other = config.copy()
    assert (other.SUDO, other.ENV, other.EXTRA) == (True, {"A": "1"}, [1])
    assert other.settings_version == config.settings_version
    other.ENV["B"] = "2"
    other.SUDO = False
    assert config.ENV == {"A": "1"}
    assert config.SUDO is True
    assert other.settings_version != config.settings_version


def _set_env(config):
    config.ENV = {"A": "2"}


@pytest.mark.parametrize(
    "change",
    [
        lambda config: setattr(config, "SUDO", True),
        _set_env,
        lambda config: config.ENV.update(A="2"),
        lambda config: config.ENV.__setitem__("A", "2"),
        lambda config: config.ENV.pop("A"),
        lambda config: config.ENV.setdefault("B", "1"),
        lambda config: config.ENV.clear(),
        lambda config: config.ENV.popitem(),
        lambda config: config.ENV.__ior__({"B": "1"}),
        lambda config: config.ENV.__delitem__("A"),
        lambda config: delattr(config, "SHELL"),
        lambda config: config.set_current_state([]),
    ],
)
def test_every_change_shows_in_the_version(change):
    config = Config(ENV={"A": "1"}, SHELL="bash")
    before = config.settings_version
    change(config)
    assert config.settings_version > before


def test_the_run_is_no_setting():
    config = Config()
    before = config.settings_version
    config.state = object()
    assert config.settings_version == before
    assert "state" not in dict(config.get_current_state())


def test_locked_state():
    config = Config(SUDO=True, ENV={"A": "1"})
    config.reset_locked_state()  # nothing locked: nothing happens
    config.lock_current_state()
    config.SUDO = False
    config.ENV["A"] = "2"
    config.NEW = 1
    config.reset_locked_state()
    assert (config.SUDO, config.ENV) == (True, {"A": "1"})
    assert not hasattr(config, "NEW")
    config.ENV["A"] = "3"
    config.reset_locked_state()
    assert config.ENV == {"A": "1"}


def test_required_version():
    check_pyinfra_version(">=3,<4")
    Config(REQUIRE_PYINFRA_VERSION=">=3")
    with pytest.raises(PyinfraError, match="is required, this is"):
        Config().REQUIRE_PYINFRA_VERSION = ">=99"
    with pytest.raises(PyinfraError, match="no version specifier"):
        Config(REQUIRE_PYINFRA_VERSION="three")


def test_required_packages(tmp_path):
    Config(REQUIRE_PACKAGES=["packaging>=20", "not-there; python_version < '3'"])
    for bad, message in [
        (["packaging>=9999"], "the installed version is"),
        (["surely-not-installed"], "not installed"),
        (["==="], "no requirement"),
        ("missing.txt", "cannot be read"),
    ]:
        with pytest.raises(PyinfraError, match=message):
            check_require_packages(bad)
    (tmp_path / "more.txt").write_text("packaging>=9999\n")
    (tmp_path / "requirements.txt").write_text(
        "# comment\n\n--no-binary :all:\npackaging >=20 # fine\njinja2>=3 \\\n  --hash=sha256:00\n-r more.txt\n"
    )

    class Run:
        cwd = str(tmp_path)

    with ctx_state.use(Run()), pytest.raises(PyinfraError, match="packaging>=9999"):
        check_require_packages("requirements.txt")


def test_repr_shows_no_values():
    assert repr(Config(SUDO_PASSWORD="hunter2")) == "Config(SUDO_PASSWORD)"
