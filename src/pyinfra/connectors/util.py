"""What connectors of other packages are built from.

Such a connector turns a command and its arguments into one command line (``make_unix_command_for_host``) and runs
that through whatever it talks to. The line is visible to every user of the machine that it runs on, so it never
holds a password. Where ``sudo`` or ``su`` need one, it is sent to the host once, over the connector's own standard
input, into a file that only the login user can read (in memory where the host has ``/dev/shm``), and a small
script beside it hands it over. Both are removed when the host is disconnected.

Our own connectors do not work like this: they hold a shell open and type the password into it.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from getpass import getpass
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

from pyinfra._core.output import CommandOutput, OutputLine
from pyinfra._core.quoting import quote
from pyinfra._engine.controller.processes import read_buffer, read_output_buffers, run_local_process, write_stdin
from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.hiddenvalue import HiddenValue
from pyinfra.api.output import echo, format_text
from pyinfra.api.util import memoize

if TYPE_CHECKING:
    from pyinfra.api.arguments import ConnectorArguments
    from pyinfra.api.host import Host
    from pyinfra.api.state import State

__all__ = [
    "ASKPASS_COMMAND",
    "ASKPASS_PATH_KEYS",
    "PIPE",
    "SUDO_ASKPASS_ENV_VAR",
    "SUDO_PASSWORD_REQUIRED_LINES",
    "SU_ASKPASS_ENV_VAR",
    "CommandOutput",
    "HiddenValue",
    "OutputLine",
    "PyinfraError",
    "QuoteString",
    "StringCommand",
    "clear_askpass_cache",
    "echo",
    "execute_command_with_sudo_retry",
    "extract_control_arguments",
    "format_text",
    "logger",
    "make_unix_command",
    "make_unix_command_for_host",
    "make_win_command",
    "memoize",
    "read_buffer",
    "read_output_buffers",
    "remove_any_sudo_askpass_file",
    "run_local_process",
    "write_stdin",
]

logger = logging.getLogger("pyinfra")

SUDO_ASKPASS_ENV_VAR = "PYINFRA_SUDO_PASSWORD"
SU_ASKPASS_ENV_VAR = "PYINFRA_SU_PASSWORD"
SUDO_PASSWORD_REQUIRED_LINES = (
    "sudo: a password is required",
    "sudo-rs: interactive authentication is required",
)
ASKPASS_PATH_KEYS = ("sudo_askpass_path", "su_askpass_path")

# Reads a password from standard input; prints the path of a script that prints the password. {0}: a quoted directory
# to use where there is no file system in memory.
ASKPASS_COMMAND = """\
umask 077
for dir in /dev/shm "${{TMPDIR:-}}" {0}; do
  if [ -n "$dir" ] && [ -d "$dir" ] && [ -w "$dir" ]; then break; fi
done
temp=$(mktemp -d "$dir/pyinfra-askpass-XXXXXXXXXXXX") || exit 1
cat >"$temp/password" || exit 1
if ! [ -s "$temp/password" ]; then rm -rf "$temp"; exit 1; fi
printf '#!/bin/sh\\nexec cat %s\\n' "'$temp/password'" >"$temp/askpass"
chmod 700 "$temp/askpass"
if ! [ -x "$temp/askpass" ] || ! "$temp/askpass" >/dev/null 2>&1; then
  noexec=$temp
  temp=$(mktemp -d {0}/pyinfra-askpass-XXXXXXXXXXXX) || exit 1
  mv "$noexec/password" "$temp/password"
  rm -rf "$noexec"
  printf '#!/bin/sh\\nexec cat %s\\n' "'$temp/password'" >"$temp/askpass"
  chmod 700 "$temp/askpass"
fi
echo "$temp/askpass"
"""

_prompts = threading.Lock()


def extract_control_arguments(arguments: ConnectorArguments) -> ConnectorArguments:
    """Take out what tells how to run a command rather than what it is: for connectors that wrap another one.

    Args:
        arguments: connector arguments; ``_success_exit_codes``, ``_timeout``, ``_get_pty`` and ``_stdin`` are removed.

    Returns:
        Those that were there.
    """
    control: dict[str, Any] = {}
    values: dict[str, Any] = arguments  # type: ignore[assignment]
    for key in ("_success_exit_codes", "_timeout", "_get_pty", "_stdin"):
        if key in values:
            control[key] = values.pop(key)
    result: Any = control
    return result  # type: ignore[no-any-return]


# -- command lines -------------------------------------------------------------------------


def make_win_command(command: Any) -> StringCommand:
    """Return a command for Windows as it is."""
    return command if isinstance(command, StringCommand) else StringCommand(command)


def make_unix_command(
    command: StringCommand,
    _env: Mapping[str, Any] | None = None,
    _chdir: str | None = None,
    _shell_executable: str | None = "sh",
    _su_user: str | None = None,
    _use_su_login: bool = False,
    _su_shell: str | None = None,
    _preserve_su_env: bool = False,
    _su_password: str | HiddenValue = "",
    _su_askpass_path: str | None = None,
    _sudo: bool = False,
    _sudo_user: str | None = None,
    _use_sudo_login: bool = False,
    _sudo_password: str | HiddenValue = "",
    _sudo_askpass_path: str | None = None,
    _preserve_sudo_env: bool = False,
    _doas: bool = False,
    _doas_user: str | None = None,
    _dzdo: bool = False,
    _dzdo_user: str | None = None,
    _retries: int = 0,
    _retry_delay: float = 0,
    _retry_until: Any = None,
    _temp_dir: str | None = None,
) -> StringCommand:
    """Return the command line that runs a command as whom, where and with which shell it is to be run.

    From the inside: environment, directory, shell, ``su``; before them ``doas``, ``dzdo``, ``sudo``. A hidden value in
    ``_env`` is masked where the line is shown, but is in it.

    Args:
        command: the command.
        _su_askpass_path: script on the host that prints the password for ``su``.
        _sudo_askpass_path: script on the host that prints the password for ``sudo``.

    Raises:
        PyinfraError: a password is given without such a script: it could only be put on the command line.
    """
    made = _in_shell(command, _env, _chdir, _shell_executable)
    if _su_user:
        _require_script(_su_password, _su_askpass_path, "su")
        made = _with_su(made, _su_user, _use_su_login, _preserve_su_env, _su_shell, _su_password, _su_askpass_path)
    before = [
        *(["doas", "-n", *_user_option(_doas_user)] if _doas else []),
        *(["dzdo", "-H", "-n", *_user_option(_dzdo_user)] if _dzdo else []),
    ]
    if _sudo:
        _require_script(_sudo_password, _sudo_askpass_path, "sudo")
        before.extend(_sudo_words(_sudo_password, _sudo_askpass_path, _use_sudo_login, _preserve_sudo_env))
        before.extend(_user_option(_sudo_user))
    if not before:
        return made
    # sudo takes a program: what needs a shell (a bare line, the pipe to su) gets one, and all of it runs as that user
    needs_shell = _su_password if _su_user else _shell_executable is None
    if needs_shell:
        made = StringCommand("sh", "-c", QuoteString(made))
    return StringCommand(*before, made)


def _in_shell(command: Any, env: Mapping[str, Any] | None, chdir: str | None, shell: Any) -> StringCommand:
    made = command if isinstance(command, StringCommand) else StringCommand(command)
    if env:
        pairs = [QuoteString(StringCommand(key, "=", value, _separator="")) for key, value in env.items()]
        made = StringCommand("export", *pairs, "&&", made)
    if chdir:
        directory = f"./{chdir}" if chdir.startswith("-") else chdir
        made = StringCommand("cd", QuoteString(directory), "&&", made)
    if shell is None:
        return made
    return StringCommand(shell if isinstance(shell, str) else "sh", "-c", QuoteString(made))


def _user_option(user: str | None) -> list[Any]:
    return ["-u", QuoteString(user)] if user else []


def _require_script(password: Any, path: str | None, program: str) -> None:
    if password and not path:
        raise PyinfraError(
            f"the password for {program} cannot be put on a command line, where every user of the host could read it",
            hint="use make_unix_command_for_host, which hands it over safely",
        )


def _sudo_words(password: Any, path: str | None, login: bool, preserve: bool) -> list[Any]:
    words: list[Any] = []
    if password:
        words.extend(["env", StringCommand("SUDO_ASKPASS=", QuoteString(path or ""), _separator="")])
    words.extend(["sudo", "-H", *(["-A", "-k"] if password else ["-n"])])
    words.extend(["-i"] * login + ["-E"] * preserve)
    return words


def _with_su(
    command: Any, user: str, login: bool, preserve: bool, shell: str | None, password: Any, path: str | None
) -> StringCommand:
    words: list[Any] = ["su", *["-l"] * login, *["-m"] * preserve]
    if shell:
        words.extend(["-s", StringCommand("$(command -v ", QuoteString(shell), ")", _separator="")])
    words.extend([QuoteString(user), "-c", QuoteString(command)])
    return StringCommand(QuoteString(path or ""), "|", *words) if password else StringCommand(*words)


# -- passwords -----------------------------------------------------------------------------


def make_unix_command_for_host(
    state: State, host: Host, command: StringCommand, **command_arguments: Any
) -> StringCommand:
    """Return the command line for a host; the first time, send the passwords that it needs there.

    Args:
        state: the run.
        host: the host, whose connector is connected.
        command: the command.
        command_arguments: connector arguments, without those of ``extract_control_arguments``.
    """
    arguments = dict(command_arguments)
    if arguments.get("_sudo"):
        password = arguments.get("_sudo_password") or host.connector_data.get("prompted_sudo_password")
        arguments["_sudo_password"] = password or ""
        if password:
            arguments["_sudo_askpass_path"] = _askpass_path(state, host, "sudo_askpass_path", password, arguments)
    if arguments.get("_su_user") and arguments.get("_su_password"):
        password = arguments["_su_password"]
        arguments["_su_askpass_path"] = _askpass_path(state, host, "su_askpass_path", password, arguments)
    if arguments.get("_use_su_login"):
        _warn_su_login(host)
    return make_unix_command(command, **arguments)


def _warn_su_login(host: Host) -> None:
    if not host.connector_data.get("warned_su_login"):
        host.connector_data["warned_su_login"] = True
        logger.warning("%s_use_su_login: some systems then ignore _env and _chdir", host.print_prefix)


def _askpass_path(state: State, host: Host, key: str, password: Any, arguments: Mapping[str, Any]) -> str:
    directory = arguments.get("_temp_dir") or state.config.TEMP_DIR or state.config.DEFAULT_TEMP_DIR
    secret = password if isinstance(password, HiddenValue) else HiddenValue(str(password))
    # A hash of the value is enough to tell passwords apart, and shows nothing (it is salted for each process).
    cache_key = f"{key}__{directory}__{hash(secret)}"
    path: str | None = host.connector_data.get(cache_key)
    if path is None:
        path = host.connector_data[cache_key] = _send_password(host, secret, str(directory))
        if hasattr(host, "before_disconnect"):
            host.before_disconnect.append(partial(remove_any_sudo_askpass_file, host))
    return path


def _send_password(host: Host, secret: HiddenValue, directory: str) -> str:
    script = StringCommand("sh", "-c", QuoteString(ASKPASS_COMMAND.format(quote(directory))))
    ok, output = host.connector.run_shell_command(
        script, print_output=False, print_input=False, _stdin=[secret.unmask()], _shell_executable=None
    )
    lines = [line for line in output.stdout_lines if line.endswith("/askpass")]
    if not ok or not lines:
        raise PyinfraError(
            "the password for sudo or su could not be handed to the host",
            host=host.name,
            last_lines=tuple(output.stderr_lines[-5:]),
            hint="the connector must pass _stdin to the command, and the directory for temporary files be writable",
        )
    return str(lines[-1])


def clear_askpass_cache(host: Host) -> None:
    """Forget which passwords were sent to a host (it was restarted, for example)."""
    for key in [key for key in host.connector_data if key.startswith(ASKPASS_PATH_KEYS)]:
        del host.connector_data[key]


def remove_any_sudo_askpass_file(host: Host) -> None:
    """Remove the passwords that were sent to a host. Never raises: there may be no connection any more."""
    paths = [value for key, value in host.connector_data.items() if key.startswith(ASKPASS_PATH_KEYS)]
    clear_askpass_cache(host)
    for path in filter(None, paths):
        directory = str(path).rpartition("/")[0]
        try:
            host.connector.run_shell_command(
                StringCommand("rm", "-rf", QuoteString(directory)), print_output=False, print_input=False
            )
        except Exception as error:  # noqa: BLE001 - a foreign connector may raise anything here
            logger.debug("%s%s could not be removed: %s", host.print_prefix, directory, error)


def execute_command_with_sudo_retry(
    host: Host,
    command_arguments: ConnectorArguments,
    execute_command: Callable[..., tuple[int, CommandOutput]],
) -> tuple[int, CommandOutput]:
    """Run a command; when ``sudo`` wants a password that nobody gave, ask for it and run the command again.

    It is only asked for where a person runs the command line at a terminal.

    Args:
        host: the host.
        command_arguments: connector arguments.
        execute_command: makes and runs the command; returns exit status and output.
    """
    status, output = execute_command()
    if status == 0 or not any(line.line.strip() in SUDO_PASSWORD_REQUIRED_LINES for line in output):
        return status, output
    if not _ask_for_password(host):
        return status, output
    return execute_command()


def _ask_for_password(host: Host) -> bool:
    import pyinfra

    if not (pyinfra.is_cli and sys.stdin is not None and sys.stdin.isatty()):
        logger.error("%ssudo needs a password: give _sudo_password, or set config.SUDO_PASSWORD", host.print_prefix)
        return False
    with _prompts:
        password = getpass(f"{host.print_prefix}sudo password: ")
    remove_any_sudo_askpass_file(host)
    host.connector_data["prompted_sudo_password"] = HiddenValue(password)
    return bool(password)
