"""The settings of a run: the configuration file, with the options of the command line over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra.api import Config
from pyinfra.context import ctx_config
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.run.user_code import running_user_code
from pyinfra_cli.words.values import parse_cli_arg

if TYPE_CHECKING:
    from pyinfra_cli.options import Options
    from pyinfra_cli.run.questions import Questions

_DEFAULT_FILE = "config.py"


def load_config(options: Options) -> Config:
    """Run the configuration file, if there is one, and lay the options over it.

    Raises:
        CliError: a file was asked for that is not there.
        UserCodeError: the file raised.
    """
    config = Config()
    path = Path(options.config_filename)
    if path.is_file():
        from pyinfra._engine.controller.user_files import run_file

        with ctx_config.use(config), running_user_code(str(path)):
            run_file(str(path))
    elif options.config_filename != _DEFAULT_FILE:
        raise CliError(f"there is no file {options.config_filename} (--config)")
    _apply(options, config)
    config.lock_current_state()
    return config


def _apply(options: Options, config: Config) -> None:
    for name, value in _settings(options).items():
        if value is not None and value is not False:
            setattr(config, name, value)
    if options.shell_executable is not None:
        config.SHELL = _shell(options.shell_executable)


def _settings(options: Options) -> dict[str, Any]:
    return {
        "SUDO": options.sudo or options.sudo_user is not None,
        "SUDO_USER": options.sudo_user,
        "USE_SUDO_LOGIN": options.use_sudo_login,
        "SU_USER": options.su_user,
        "DOAS": options.doas or options.doas_user is not None,
        "DOAS_USER": options.doas_user,
        "DZDO": options.dzdo or options.dzdo_user is not None,
        "DZDO_USER": options.dzdo_user,
        "PARALLEL": options.parallel,
        "FAIL_PERCENT": options.fail_percent,
        "RETRY": options.retry,
        "RETRY_DELAY": options.retry_delay,
        "DIFF": options.diff,
    }


def _shell(text: str) -> Any:
    return None if text.lower() in ("none", "null") else text


def override_data(options: Options) -> dict[str, Any]:
    """Host data given by options: ``--data`` over the ``--ssh-*`` ones.

    Raises:
        CliError: a ``--data`` without a value.
    """
    data: dict[str, Any] = {}
    for name in ("ssh_user", "ssh_port", "ssh_key", "ssh_key_password", "ssh_password"):
        value = getattr(options, name)
        if value is not None:
            data[name] = value
    for text in options.data:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise CliError(f"--data takes KEY=VALUE, not {text!r}")
        data[key] = parse_cli_arg(value)
    return data


def ask_for_passwords(options: Options, config: Config, data: dict[str, Any], questions: Questions) -> None:
    """Ask for the passwords that options want to be asked for."""
    if options.ssh_password_prompt:
        data["ssh_password"] = questions.password("SSH password", "--ssh-password-prompt").unmask()
    if options.same_sudo_password or options.use_sudo_password:
        config.SUDO_PASSWORD = questions.password("sudo password", "--same-sudo-password")  # type: ignore[assignment]
