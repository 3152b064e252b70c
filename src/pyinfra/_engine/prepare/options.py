"""From global arguments to the options that the transport understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pyinfra._core.output import encode
from pyinfra._core.secrets import HiddenValue, reveal
from pyinfra._transport.base import PLAIN, ExecOptions, Method, Privilege, PrivilegeStep


def options_from(arguments: Mapping[str, Any]) -> ExecOptions:
    """Make the options of an operation, or of a fact, from its resolved global arguments."""
    get = arguments.get
    options = ExecOptions(
        privilege=_privilege(arguments),
        shell=get("_shell_executable", "sh"),
        chdir=get("_chdir"),
        env=_env(get("_env")),
        success_exit_codes=_exit_codes(get("_success_exit_codes")),
        timeout=get("_timeout"),
        pty=bool(get("_get_pty")),
        stdin=_stdin(get("_stdin")),
        temp_dir=get("_temp_dir"),
    )
    return PLAIN if options == PLAIN else options


def _secret(value: Any) -> HiddenValue | None:
    if value is None or value == "" or value is False:
        return None
    return value if isinstance(value, HiddenValue) else HiddenValue(str(value))


def _privilege(arguments: Mapping[str, Any]) -> Privilege:
    """The order is the one of the field's command lines: doas, dzdo, sudo, and su innermost."""
    get = arguments.get
    steps: list[PrivilegeStep] = []
    if get("_doas"):
        steps.append(PrivilegeStep(Method.DOAS, get("_doas_user")))
    if get("_dzdo"):
        steps.append(PrivilegeStep(Method.DZDO, get("_dzdo_user")))
    if get("_sudo"):
        steps.append(
            PrivilegeStep(
                Method.SUDO,
                get("_sudo_user"),
                login=bool(get("_use_sudo_login")),
                preserve_env=bool(get("_preserve_sudo_env")),
                password=_secret(get("_sudo_password")),
            )
        )
    if get("_su_user"):
        steps.append(
            PrivilegeStep(
                Method.SU,
                get("_su_user"),
                login=bool(get("_use_su_login")),
                preserve_env=bool(get("_preserve_su_env")),
                shell=get("_su_shell") or None,
                password=_secret(get("_su_password")),
            )
        )
    return tuple(steps)


def _env(env: Mapping[str, Any] | None) -> tuple[tuple[str, str | HiddenValue], ...]:
    if not env:
        return ()
    return tuple((str(key), value if isinstance(value, HiddenValue) else str(value)) for key, value in env.items())


def _exit_codes(codes: Iterable[int] | None) -> tuple[int, ...]:
    return (0,) if codes is None else tuple(codes)


def _stdin(stdin: Any) -> bytes | None:
    """Text, lines, or something with ``readlines``; every item ends with a newline."""
    if stdin is None:
        return None
    if hasattr(stdin, "readlines"):
        stdin = stdin.readlines()
    if isinstance(stdin, (str, bytes, HiddenValue)):
        stdin = [stdin]
    lines = [line if isinstance(line, bytes) else encode(str(reveal(line))) for line in stdin]
    return b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines)


@lru_cache(maxsize=1024)
def fact_options(options: ExecOptions) -> ExecOptions:
    """Return the options for reading facts within an operation: the same user and place, not its input or terminal."""
    if options.stdin is None and not options.pty and options.success_exit_codes == (0,):
        return options
    return replace(options, stdin=None, pty=False, success_exit_codes=(0,))
