"""Asks the OpenSSH client for the configuration of a host: a process per host, so only where nothing else can tell."""

from __future__ import annotations

import subprocess

from pyinfra._core.errors import ConnectError

from ..names import check_host, check_user
from .rules import REPEATED, RawValues, Target
from .syntax import Directive

# What "ssh -G" prints for everybody, whether or not a file says so: its defaults are not ours.
_ONLY_WHEN_SET = {
    "connecttimeout": "none",
    "serveraliveinterval": "0",
    "forwardagent": "no",
    "kexalgorithms": None,
    "ciphers": None,
    "macs": None,
    "hostkeyalgorithms": None,
}
_LISTS = frozenset({"userknownhostsfile", "globalknownhostsfile"})
SECONDS = 10.0


def ask_openssh(target: Target, config_file: str | None, reason: str) -> RawValues:
    """Return the values that ``ssh -G`` prints for a host.

    Args:
        target: the host.
        config_file: given with ``-F``.
        reason: what cannot be decided without, for the error message.

    Raises:
        ConnectError: when there is no ``ssh`` or it refuses the configuration.
    """
    check_host(target.host)
    command = ["ssh", "-G", "-T"]
    if config_file is not None:
        command += ["-F", config_file]
    if target.user is not None:
        check_user(target.user)
        command += ["-l", target.user]
    if target.port is not None:
        command += ["-p", str(target.port)]
    try:
        done = subprocess.run(
            [*command, "--", target.host], check=False, capture_output=True, text=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConnectError(
            f"SSH config error (it uses {reason}, which needs the ssh program: {error})",
            hint="install the OpenSSH client",
        ) from error
    if done.returncode != 0:
        raise ConnectError(f"SSH config error ({done.stderr.strip()})")
    return parse_answer(done.stdout)


def parse_answer(text: str) -> RawValues:
    """Turn the output of ``ssh -G`` into values."""
    values = RawValues()
    identities: list[Directive] = []
    for line in text.splitlines():
        keyword, _, value = line.partition(" ")
        keyword = keyword.lower()
        if keyword in _ONLY_WHEN_SET and _ONLY_WHEN_SET[keyword] in (None, value):
            continue
        arguments = tuple(value.split()) if keyword in _LISTS else (value,)
        directive = Directive(keyword, arguments, "ssh -G", 0)
        if keyword == "identityfile":
            identities.append(directive)
        elif keyword in REPEATED:
            values.repeated.setdefault(keyword, []).append(directive)
        else:
            values.single[keyword] = directive
    # when nothing is configured it prints its own list of default files
    if not any(line.arguments == ("~/.ssh/id_rsa",) for line in identities):
        values.repeated["identityfile"] = identities
    return values
