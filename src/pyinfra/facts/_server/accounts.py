"""Users and groups, each file read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, path
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood
from pyinfra.facts._shell import account_name, path_resources, path_word, script

from .lines import CTIME, parse_ctime

T = TypeVar("T")

_ACCOUNT_FILES = (path("/etc/passwd"), path("/etc/group"), path("/etc/shadow"), path("/etc/master.passwd"))
# grep puts the name of the file in front of each line; a second file keeps it doing so when only one is there.
_READ_ACCOUNTS = """set --
for f in /etc/passwd /etc/group /etc/shadow /etc/master.passwd; do [ ! -r "$f" ] || set -- "$@" "$f"; done
grep -a ^ "$@" /dev/null 2>/dev/null || grep ^ "$@" /dev/null || exit
echo '=lastlog'
if command -v lastlog; then LC_ALL=C lastlog
elif command -v lastlog2; then LC_ALL=C lastlog2; fi 2>/dev/null || :"""
_FILE_LINE = re.compile(r"(/etc/(?:passwd|group|shadow|master\.passwd)):(.*)\Z", re.DOTALL)
_LAST_LOGIN = re.compile(rf"(\S+)\s.*?({CTIME})\s*\Z")
_NUMBER = re.compile(r"[0-9]+\Z", re.ASCII)


class User(FactBase[str]):
    """Name of the user that commands run as."""

    def command(self) -> str:
        return 'id -un 2>/dev/null || [ -z "$USER" ] || printf \'%s\\n\' "$USER"'

    def resources(self) -> Iterable[Resource] | None:
        return (named("users"),)


class Home(FactBase[str | None]):
    """Home directory of a user, or of the one that commands run as; ``None`` when there is no such user.

    Example:
        >>> host.get_fact(Home, user="root")
        '/root'
    """

    in_plans = False

    def command(self, user: str = "") -> str:
        name = account_name(user) if user else ""
        return f"h=~{name}; case $h in /*) printf '%s\\n' \"$h\" ;; esac"

    def resources(self, user: str = "") -> Iterable[Resource] | None:
        return (named("users"), path("/etc/passwd"))

    def describe(self, user: str = "") -> str:
        return f"home of {user or 'the user'}"


class _Accounts(FactBase[T]):
    """Base of facts about accounts: asked for together, what tells of users tells of groups, too."""

    abstract = True
    batch_family: ClassVar[str] = "accounts"

    def command(self) -> str:
        return "cat /etc/group"

    def resources(self) -> Iterable[Resource] | None:
        return (named("groups"), path("/etc/group"))

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[T]:
        return [self.process(output)] * len(calls)


class Groups(_Accounts[list[str]]):
    """Names of the groups, in the order of the file."""

    @staticmethod
    def default() -> list[str]:
        return []

    def process(self, output: list[str]) -> list[str]:
        return list(_groups(_group_lines(output)))


class GroupNumbers(_Accounts[dict[str, int]]):
    """Number of each group. For operations: not one of the public facts."""

    in_plans = False

    @staticmethod
    def default() -> dict[str, int]:
        return {}

    def process(self, output: list[str]) -> dict[str, int]:
        return {name: number for name, (number, _) in _groups(_group_lines(output)).items()}


class AuthorizedKeys(FactBase[list[str]]):
    """Lines with the public keys that may log in as a user.

    Example:
        >>> host.get_fact(AuthorizedKeys, user="root", path="/etc/ssh/keys/root")
        ['ssh-ed25519 AAAA someone@somewhere']
    """

    @staticmethod
    def default() -> list[str]:
        return []

    def command(self, user: str, path: str | None = None) -> StringCommand:
        file = f"~{account_name(user)}/.ssh/authorized_keys" if path is None else path_word(path)
        return script("f=", file, '; [ ! -e "$f" ] || cat -- "$f"')

    def resources(self, user: str, path: str | None = None) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, user: str, path: str | None = None) -> str:
        return f"authorized keys of {user}"

    def process(self, output: list[str]) -> list[str]:
        lines = map(str.strip, output)
        return [line for line in lines if line and not line.startswith("#")]


class Users(_Accounts[dict[str, dict[str, Any]]]):
    """All accounts of the host's own files, by name."""

    batch_rank = 1

    @staticmethod
    def default() -> dict[str, dict[str, Any]]:
        return {}

    def command(self) -> str:
        return _READ_ACCOUNTS

    def resources(self) -> Iterable[Resource] | None:
        return (named("users"), named("groups"), *_ACCOUNT_FILES)

    def process(self, output: list[str]) -> dict[str, dict[str, Any]]:
        files, logins = _split_files(output)
        groups = _groups(files.get("/etc/group", []))
        names_of_groups = {gid: name for name, (gid, _) in reversed(groups.items())}
        passwords = _passwords(files)
        users: dict[str, dict[str, Any]] = {}
        for fields in _passwd_entries(files.get("/etc/passwd", [])):
            name, password, uid, gid, comment, home, shell = fields
            if name in users:
                continue  # the first of a name counts
            primary = names_of_groups.get(int(gid), gid)
            last = logins.get(name)
            users[name] = {
                "home": home,
                "comment": comment or None,
                "shell": shell,
                "group": primary,
                "groups": [group for group, (_, members) in groups.items() if name in members and group != primary],
                "uid": int(uid),
                "gid": int(gid),
                "lastlog": last,
                "login_time": parse_ctime(last) if last else None,
                "password": passwords.get(name, None if password in ("x", "*", "") and not passwords else password),
            }
        return users


def _group_lines(output: list[str]) -> list[str]:
    """The lines of ``/etc/group``: these alone, or among those of the other files."""
    if output and _FILE_LINE.match(output[0]):
        return _split_files(output)[0].get("/etc/group", [])
    return output


def _split_files(output: list[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    files: dict[str, list[str]] = {}
    rest = iter(output)
    for line in rest:
        if line == "=lastlog":
            break
        match = _FILE_LINE.match(line)
        if match is None:
            not_understood("users", line)
        files.setdefault(match[1], []).append(match[2])
    matches = (_LAST_LOGIN.match(line) for line in rest)
    return files, {match[1]: match[2] for match in matches if match is not None}


def _passwd_entries(lines: Iterable[str]) -> Iterable[list[str]]:
    """The fields of what the C library takes for an account; it too skips lines that make no sense."""
    for line in lines:
        fields = line.split(":")
        if len(fields) == 7 and fields[0] and fields[0][0] not in "#+-" and _are_numbers(fields[2:4]):
            yield fields


def _are_numbers(fields: list[str]) -> bool:
    return all(_NUMBER.match(field) for field in fields)


def _groups(lines: Iterable[str]) -> dict[str, tuple[int, list[str]]]:
    """Number and members of each group."""
    groups: dict[str, tuple[int, list[str]]] = {}
    for line in lines:
        fields = line.split(":")
        if len(fields) >= 3 and fields[0] and fields[0][0] not in "#+-" and _are_numbers(fields[2:3]):
            members = [member for member in fields[3].split(",") if member] if len(fields) > 3 else []
            groups.setdefault(fields[0], (int(fields[2]), members))
    return groups


def _passwords(files: dict[str, list[str]]) -> dict[str, str]:
    """What can be read of the second fields of shadow and master.passwd."""
    passwords: dict[str, str] = {}
    for line in (*files.get("/etc/shadow", []), *files.get("/etc/master.passwd", [])):
        name, colon, rest = line.partition(":")
        if colon and name and name[0] not in "#+-":
            passwords.setdefault(name, rest.partition(":")[0])
    return passwords
