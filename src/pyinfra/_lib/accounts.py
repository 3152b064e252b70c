"""Users and groups: what is wanted, and the tools of different systems that make it so.

A tool yields commands and decides nothing. ``account_tool`` chooses the one that a host has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pyinfra._core.records import Record
from pyinfra.api import FactBase, HiddenValue, OperationError, QuoteString, StringCommand
from pyinfra.api.planning import Resource, named, tree

_PROGRAMS = ("useradd", "usermod", "userdel", "groupadd", "groupdel", "chpasswd", "adduser", "deluser", "addgroup",
             "delgroup", "pw")  # fmt: skip


class NewUser(Record):
    """An account that is to be made."""

    name: str
    home: str
    shell: str | None = None
    group: str | None = None
    groups: Sequence[str] = ()
    system: bool = False
    uid: int | None = None
    comment: str | None = None
    unique: bool = True
    create_home: bool = False


class UserChange(Record):
    """What is to be different about an account; None where nothing is."""

    name: str
    home: str | None = None
    shell: str | None = None
    group: str | None = None
    groups: Sequence[str] | None = None  # all of them
    added: Sequence[str] = ()  # those of them that are new
    removed: Sequence[str] = ()  # those that are none of them any more
    comment: str | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.home, self.shell, self.group, self.groups, self.comment))


class AccountTool(Protocol):
    """How a system manages its accounts."""

    def add_user(self, user: NewUser) -> Iterator[StringCommand]:
        """Make an account."""

    def change_user(self, change: UserChange) -> Iterator[StringCommand]:
        """Change an account."""

    def remove_user(self, name: str) -> Iterator[StringCommand]:
        """Remove an account, not its files."""

    def set_password(self, name: str, encrypted: HiddenValue) -> Iterator[StringCommand]:
        """Set the encrypted password of an account. It never becomes an argument of a program."""

    def add_group(self, name: str, gid: int | str | None, system: bool) -> Iterator[StringCommand]:
        """Make a group."""

    def remove_group(self, name: str) -> Iterator[StringCommand]:
        """Remove a group."""


def _option(name: str, value: object) -> list[str | QuoteString]:
    return [] if value is None else [name, QuoteString(str(value))]


def _list_option(name: str, values: Sequence[str] | None) -> list[str | QuoteString]:
    return [] if values is None else [name, QuoteString(",".join(values))]


def _by_stdin(name: str, encrypted: HiddenValue, *command: str | QuoteString, line: str = "{name}:{password}") -> (
    StringCommand
):  # fmt: skip
    return StringCommand(*command, _stdin=line.format(name=name, password=encrypted.unmask()))


class Shadow:
    """``useradd`` and its family, as on most Linux systems."""

    uid_option = "--uid"
    no_home_option: tuple[str, ...] = ("-M",)

    def add_user(self, user: NewUser) -> Iterator[StringCommand]:
        yield StringCommand(
            "useradd",
            *_option("-d", user.home),
            *_option("-s", user.shell),
            *_option("-g", user.group),
            *_list_option("-G", user.groups or None),
            *(["-r"] if user.system else []),
            *_option(self.uid_option, user.uid),
            *_option("-c", user.comment),
            *([] if user.unique else ["-o"]),
            *(["-m"] if user.create_home else self.no_home_option),
            QuoteString(user.name),
        )

    def change_user(self, change: UserChange) -> Iterator[StringCommand]:
        yield StringCommand(
            "usermod",
            *_option("-d", change.home),
            *_option("-s", change.shell),
            *_option("-g", change.group),
            *self._groups(change),
            *_option("-c", change.comment),
            QuoteString(change.name),
        )

    def _groups(self, change: UserChange) -> list[str | QuoteString]:
        if change.groups is not None and not change.removed:
            return ["-a", *_list_option("-G", change.added)]
        return _list_option("-G", change.groups)

    def remove_user(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("userdel", QuoteString(name))

    def set_password(self, name: str, encrypted: HiddenValue) -> Iterator[StringCommand]:
        yield _by_stdin(name, encrypted, "chpasswd -e")

    def add_group(self, name: str, gid: int | str | None, system: bool) -> Iterator[StringCommand]:
        yield StringCommand("groupadd", *(["-r"] if system else []), QuoteString(name), *_option("--gid", gid))

    def remove_group(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("groupdel", QuoteString(name))


class BsdShadow(Shadow):
    """``useradd`` of OpenBSD and NetBSD."""

    uid_option = "-u"
    no_home_option = ()

    def _groups(self, change: UserChange) -> list[str | QuoteString]:
        # -G adds here, -S sets
        if change.groups is not None and not change.removed:
            return _list_option("-G", change.added)
        return _list_option("-S", change.groups)

    def set_password(self, name: str, encrypted: HiddenValue) -> Iterator[StringCommand]:
        raise OperationError(
            "passwords cannot be set here: usermod of this system takes them as an argument, which everybody can see",
            hint="use an authorized key, or set the password by hand",
        )

    def add_group(self, name: str, gid: int | str | None, system: bool) -> Iterator[StringCommand]:
        yield StringCommand("groupadd", *_option("-g", gid), QuoteString(name))


class Pw:
    """``pw`` of FreeBSD."""

    def add_user(self, user: NewUser) -> Iterator[StringCommand]:
        yield StringCommand(
            "pw useradd -n",
            QuoteString(user.name),
            *_option("-d", user.home),
            *_option("-s", user.shell),
            *_option("-g", user.group),
            *_list_option("-G", user.groups or None),
            *_option("-u", user.uid),
            *_option("-c", user.comment),
            *([] if user.unique else ["-o"]),
            *(["-m"] if user.create_home else []),
        )

    def change_user(self, change: UserChange) -> Iterator[StringCommand]:
        yield StringCommand(
            "pw usermod -n",
            QuoteString(change.name),
            *_option("-d", change.home),
            *_option("-s", change.shell),
            *_option("-g", change.group),
            *_list_option("-G", change.groups),
            *_option("-c", change.comment),
        )

    def remove_user(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("pw userdel -n", QuoteString(name))

    def set_password(self, name: str, encrypted: HiddenValue) -> Iterator[StringCommand]:
        yield _by_stdin(name, encrypted, "pw usermod -n", QuoteString(name), "-H 0", line="{password}")

    def add_group(self, name: str, gid: int | str | None, system: bool) -> Iterator[StringCommand]:
        yield StringCommand("pw groupadd -n", QuoteString(name), *_option("-g", gid))

    def remove_group(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("pw groupdel -n", QuoteString(name))


class BusyBox:
    """``adduser`` and its family of BusyBox, which has no ``usermod``: what it would do is done to the files."""

    def add_user(self, user: NewUser) -> Iterator[StringCommand]:
        if not user.unique:
            raise OperationError("adduser of BusyBox makes no two accounts with one uid", argument="unique")
        yield StringCommand(
            "adduser -D",
            *_option("-h", user.home),
            *_option("-s", user.shell),
            *_option("-G", user.group),
            *(["-S"] if user.system else []),
            *_option("-u", user.uid),
            *_option("-g", user.comment),
            *([] if user.create_home else ["-H"]),
            QuoteString(user.name),
        )
        if user.group is not None:  # its primary group, of which it would be a member, too, ever after
            yield StringCommand("delgroup", QuoteString(user.name), QuoteString(user.group))
        yield from self._join(user.name, user.groups)

    def change_user(self, change: UserChange) -> Iterator[StringCommand]:
        fields = ((4, change.comment), (5, change.home), (6, change.shell))
        edits = [_set_field(change.name, number, _sed_text(value)) for number, value in fields if value is not None]
        if edits:
            yield StringCommand("sed -i", *_expressions(edits), "/etc/passwd")
        if change.group is not None:
            yield _set_primary_group(change.name, change.group)
        yield from self._join(change.name, change.added)
        for group in change.removed:
            yield StringCommand("delgroup", QuoteString(change.name), QuoteString(group))

    def _join(self, name: str, groups: Iterable[str]) -> Iterator[StringCommand]:
        for group in groups:
            yield StringCommand("addgroup", QuoteString(name), QuoteString(group))

    def remove_user(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("deluser", QuoteString(name))

    def set_password(self, name: str, encrypted: HiddenValue) -> Iterator[StringCommand]:
        yield _by_stdin(name, encrypted, "chpasswd -e")

    def add_group(self, name: str, gid: int | str | None, system: bool) -> Iterator[StringCommand]:
        yield StringCommand("addgroup", *(["-S"] if system else []), *_option("-g", gid), QuoteString(name))

    def remove_group(self, name: str) -> Iterator[StringCommand]:
        yield StringCommand("delgroup", QuoteString(name))


def _sed_pattern(text: str) -> str:
    return re.sub(r"[.*\[\]^$\\/]", r"\\\g<0>", text)


def _sed_text(text: str) -> str:
    return re.sub(r"[&\\/]", r"\\\g<0>", text)


def _set_field(name: str, number: int, value: str) -> str:
    """A sed expression that sets a field (counted from 0) in the line of an account; ``value`` in the words of sed."""
    before = "[^:]*:" * (number - 1)
    return rf"s/^\({_sed_pattern(name)}:{before}\)[^:]*/\1{value}/"


def _expressions(edits: Iterable[str]) -> Iterator[str | QuoteString]:
    for edit in edits:
        yield "-e"
        yield QuoteString(edit)


def _set_primary_group(name: str, group: str) -> StringCommand:
    find = QuoteString(rf"s/^{_sed_pattern(group)}:[^:]*:\([0-9]*\):.*/\1/p")
    before, after = _set_field(name, 3, "\0").split("\0")
    edit = StringCommand(QuoteString(before), '"$gid"', QuoteString(after), _separator="")
    missing = QuoteString(f"there is no group {group}")
    return StringCommand(
        "gid=$(sed -n", find, "/etc/group);", '[ -n "$gid" ] || { echo', missing, ">&2; exit 1; };",
        "sed -i -e", edit, "/etc/passwd",
    )  # fmt: skip


# -- which one a host has ------------------------------------------------------------------


class Programs(Record):
    """The kind of a system, and those programs for accounts that it has."""

    system: str
    names: frozenset[str]

    def has(self, *names: str) -> bool:
        """Whether all of these are there."""
        return self.names.issuperset(names)


class AccountPrograms(FactBase[Programs]):
    """Which programs for accounts a host has. One read, without a process of its own on Linux."""

    @staticmethod
    def default() -> Programs:
        return Programs("", frozenset())

    def command(self) -> str:
        return (
            '{ read -r v </proc/sys/kernel/ostype; } 2>/dev/null && echo "$v" || uname -s; '
            f"for p in {' '.join(_PROGRAMS)}; do ! command -v $p >/dev/null 2>&1 || echo $p; done"
        )

    def resources(self) -> Iterable[Resource] | None:
        return (named("packages"), named("programs"), tree("/usr/sbin"), tree("/sbin"), tree("/usr/local/sbin"))

    def process(self, output: list[str]) -> Programs:
        return Programs(output[0], frozenset(output[1:]))


def account_tool(found: Programs) -> AccountTool:
    """Return the tool for a host.

    Raises:
        OperationError: it has none that we know.
    """
    if found.has("pw"):
        return Pw()
    # A host that does not even tell its system is one of a test: then the usual tool is as good as any.
    if not found.system or found.has("useradd", "usermod", "userdel", "groupadd", "groupdel"):
        return BsdShadow() if found.system in ("OpenBSD", "NetBSD") else Shadow()
    if found.has("adduser", "deluser", "addgroup", "delgroup"):
        return BusyBox()
    raise OperationError(
        "the host has no programs to manage accounts (useradd, usermod, userdel, groupadd, groupdel)",
        hint='install the package "shadow" (Alpine) or "passwd" (Debian)',
    )
