"""Deciding what has to be done about packages."""

from __future__ import annotations

import pytest

from pyinfra._lib.packages import Item, decide, parse_items
from pyinfra._lib.packages.apt import Apt
from pyinfra._lib.packages.ensuring import after
from pyinfra.api import OperationTypeError, OperationValueError

INSTALLED = {"a": frozenset({"1"}), "b": frozenset({"1", "2"}), "c": frozenset[str]()}


def names(items: tuple[Item, ...]) -> list[str]:
    return [item.text for item in items]


@pytest.mark.parametrize(
    ("wanted", "present", "newer", "install", "upgrade", "remove"),
    [
        (["a", "b", "c"], True, [], [], [], []),
        (["a", "x", "x"], True, [], ["x"], [], []),
        (["a=1", "a=2", "b=2", "c=3", "x=1"], True, [], ["a=2", "c=3", "x=1"], [], []),
        (["a", "b=1"], True, ["a", "b"], [], ["a"], []),
        (["a", "a=1", "a=3", "x"], False, [], [], [], ["a", "a=1"]),
        ([], True, [], [], [], []),
        ("a", False, [], [], [], ["a"]),
        (None, True, [], [], [], []),
    ],
)
def test_decisions(wanted, present, newer, install, upgrade, remove):
    decision = decide(parse_items(wanted, "="), INSTALLED, present, newer)
    assert (names(decision.install), names(decision.upgrade), names(decision.remove)) == (install, upgrade, remove)
    again = decide(parse_items(wanted, "="), after(decision, INSTALLED), present)
    if not present:
        assert not again.remove
    elif not any("=" in text for text in install):
        assert not again.install


@pytest.mark.parametrize("wrong", ["", "-y", "a b", "a\nb", "a\0"])
def test_impossible_names(wrong: str):
    with pytest.raises(OperationValueError, match="cannot be the name"):
        parse_items([wrong], "=")


def test_no_text():
    with pytest.raises(OperationTypeError, match="is a text"):
        parse_items([1], "=")  # type: ignore[list-item]


def test_names_without_versions():
    assert parse_items("a=1", None) == [Item("a=1", None, "a=1")]


def test_apt_commands():
    manager = Apt(no_recommends=True, allow_downgrades=True, purge=True, extra_install_args="-t testing")
    install = str(manager.install(["a", "b=1", "$(reboot)"]))
    assert install.startswith('DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::="--force-confdef"')
    assert install.endswith("install --no-install-recommends --allow-downgrades -t testing a b=1 '$(reboot)'")
    assert str(manager.remove(["a"])).endswith(" purge a")
    assert str(Apt().remove(["a"])).endswith(" remove a")
    assert str(Apt(force=True).upgrade(["a"])).endswith(" install --only-upgrade a")
    assert "--force-yes" in str(Apt(force=True).upgrade(["a"]))
