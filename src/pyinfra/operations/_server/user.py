"""``server.user``: an account."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from pyinfra import host
from pyinfra._core.records import Record
from pyinfra._lib.accounts import AccountPrograms, AccountTool, NewUser, UserChange, account_tool
from pyinfra.api import (
    HiddenValue,
    OperationTypeError,
    OperationValueError,
    QuoteString,
    StringCommand,
    WriteFileCommand,
    operation,
)
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory
from pyinfra.facts.server import Groups, Home, Users
from pyinfra.operations._files.directory import directory
from pyinfra.operations._files.entries import make_parents, promise_entry
from pyinfra.operations._files.paths import missing_parents
from pyinfra.operations._public import public_in

from .authorized_keys import KeyFile, key_commands
from .names import checked_field, checked_name

logger = logging.getLogger("pyinfra")

Commands = Generator[StringCommand | WriteFileCommand, None, None]


@operation()
@public_in("server")
def user(
    user: str,
    present: bool = True,
    home: str | None = None,
    shell: str | None = None,
    group: str | None = None,
    groups: list[str] | None = None,
    append: bool = False,
    public_keys: str | list[str] | None = None,
    delete_keys: bool = False,
    ensure_home: bool = True,
    create_home: bool = False,
    system: bool = False,
    uid: int | None = None,
    comment: str | None = None,
    unique: bool = True,
    password: str | None = None,
) -> Commands:
    """Ensure that an account exists and is as described, or that it does not exist.

    What is not given is left as it is. The uid of an existing account is never changed, since its files would keep
    the old one: a different one is reported. Removing an account leaves its files.

    Args:
        user: name of the account.
        present: whether it shall be there.
        home: its home directory; ``/home/NAME`` for a new account.
        shell: its login shell.
        group: its primary group; for a new account the group of the same name when there is one.
        groups: the other groups that it shall be in, and no more; an empty list means any.
        append: leave it in groups that are not named.
        public_keys: keys that may log in, or paths of files of this machine with keys.
        delete_keys: remove all other keys.
        ensure_home: make the home directory when it is missing, and have the account own it.
        create_home: have a new home directory filled with what new accounts get on the host.
        system: make it a system account.
        uid: number of a new account.
        comment: its full name or description.
        unique: False to allow a uid that is in use.
        password: encrypted, as it stands in ``/etc/shadow``; plain text or a ``HiddenValue``.

    Raises:
        OperationError: the host has no programs to manage accounts.
        OperationValueError: an argument has an impossible value.

    Example:
        server.user(user="app", shell="/bin/sh", groups=["adm"], append=True, public_keys=["ssh-ed25519 AAAA app"])
    """
    wanted = Account.checked(
        user, home, shell, group, groups, append, system, uid, comment, unique, password, create_home
    )
    keys = KeyFile.checked(public_keys, delete_keys) if public_keys is not None else None
    prefetch(AccountPrograms)
    if not present:
        yield from _remove(user, host.get_fact(Users))
        return
    prefetch(Groups)
    if ensure_home:
        prefetch(Directory, path=wanted.new_home)
    if keys is not None:
        keys.prefetch(wanted.new_home)
    yield from _ensure(wanted, keys, ensure_home)


def _ensure(wanted: Account, keys: KeyFile | None, ensure_home: bool) -> Commands:
    """Everything is read before the first command, so that nothing has to be planned twice."""
    users, groups = host.get_fact(Users), host.get_fact(Groups)
    existing = users.get(wanted.name)
    tool = account_tool(host.get_fact(AccountPrograms)) if wanted.needs_tool(existing) else None
    home = wanted.home or (existing["home"] if existing else wanted.new_home)
    primary = wanted.primary_group(existing, groups)
    before, after = _home_commands(wanted, primary, home, ensure_home, existing is None)
    if keys is not None:
        after += key_commands(keys.of(wanted.name, wanted.group, home))
    yield from before
    if tool is None:
        host.noop(f"user {wanted.name} is as it should be")
    else:
        yield from wanted.commands(tool, existing, primary)
        wanted.promise(users, groups, primary, home)
    yield from after


def default_home(user: str) -> str:
    """Where the home directory of an account is unless something else is said."""
    return "/root" if user == "root" else f"/home/{user}"


class Account(Record):
    """An account as it shall be; None where it does not matter."""

    name: str
    home: str | None
    shell: str | None
    group: str | None
    groups: Sequence[str]
    append: bool
    system: bool
    uid: int | None
    comment: str | None
    unique: bool
    password: HiddenValue | None
    create_home: bool

    @classmethod
    def checked(
        cls, user: Any, home: Any, shell: Any, group: Any, groups: Any, append: bool, system: bool, uid: Any,
        comment: Any, unique: bool, password: Any, create_home: bool,
    ) -> Account:  # fmt: skip
        """Make one of the arguments of the operation."""
        if isinstance(groups, str):
            raise OperationTypeError(f"groups must be a list of names, not the text {groups!r}", argument="groups")
        if password is not None and not isinstance(password, HiddenValue):
            password = HiddenValue(checked_field(password, "password", secret=True) or "")
        return cls(
            checked_name(user, "user"),
            checked_field(home, "home"),
            checked_field(shell, "shell"),
            None if group is None else checked_name(group, "group"),
            tuple(dict.fromkeys(checked_name(name, "groups") for name in groups or ())),
            append,
            system,
            _checked_number(uid),
            checked_field(comment, "comment"),
            unique,
            password,
            create_home,
        )

    @property
    def new_home(self) -> str:
        """The home directory of a new account."""
        return self.home or default_home(self.name)

    def primary_group(self, existing: Mapping[str, Any] | None, groups: Sequence[str]) -> str | None:
        """The primary group; None when the system makes one for the account."""
        if self.group or existing:
            return self.group or (existing["group"] if existing else None)
        return self.name if self.name in groups else None

    # -- comparing -------------------------------------------------------------------------

    def needs_tool(self, existing: Mapping[str, Any] | None) -> bool:
        """Whether the account itself has to be made or changed."""
        if existing is None:
            return True
        if self.uid is not None and existing["uid"] not in (None, self.uid):
            keeps = f"user {self.name} keeps its uid {existing['uid']}"
            host.log(f"{keeps}: that of an account is not changed, not to {self.uid} either", logger.warning)
        return bool(self.change(existing)) or self._password_differs(existing)

    def change(self, existing: Mapping[str, Any]) -> UserChange:
        """What has to be different."""
        current = list(existing["groups"] or [])
        primary = self.group or existing["group"]
        missing = [name for name in self.groups if name not in (*current, primary)]
        extra = [] if self.append or not self.groups else [name for name in current if name not in self.groups]
        goal = [*[name for name in current if name not in extra], *missing]
        return UserChange(
            self.name,
            home=_differing(self.home, existing["home"]),
            shell=_differing(self.shell, existing["shell"]),
            group=_differing(self.group, existing["group"]),
            groups=goal if missing or extra else None,
            added=missing,
            removed=extra,
            comment=_differing(self.comment, existing["comment"] or ""),
        )

    def _password_differs(self, existing: Mapping[str, Any] | None) -> bool:
        if self.password is None:
            return False
        current = existing.get("password") if existing else None
        return current != self.password and current != self.password.unmask()

    # -- doing -----------------------------------------------------------------------------

    def commands(self, tool: AccountTool, existing: Mapping[str, Any] | None, primary: str | None) -> Commands:
        """Yield what makes or changes the account."""
        if existing is None:
            yield from tool.add_user(
                NewUser(
                    self.name, self.new_home, self.shell, primary, self.groups, self.system, self.uid, self.comment,
                    self.unique, self.create_home,
                )
            )  # fmt: skip
        elif change := self.change(existing):
            yield from tool.change_user(change)
        if self.password is not None and self._password_differs(existing):
            yield from tool.set_password(self.name, self.password)

    def promise(
        self, users: Mapping[str, dict[str, Any]], all_groups: Sequence[str], primary: str | None, home: str
    ) -> None:
        """Say what the accounts will be."""
        existing = users.get(self.name)
        known: dict[str, Any] = dict(existing) if existing else dict.fromkeys(_FIELDS)
        joined = {*(known["groups"] or ()), *self.groups} if existing is None or self.append else set(self.groups)
        if not self.groups:
            joined = set(known["groups"] or ())
        known["groups"] = [name for name in all_groups if name in joined and name != primary]
        if known["group"] != primary:
            known["gid"] = None
        known["group"], known["home"] = primary, home
        for name in ("shell", "comment", "password"):
            value = getattr(self, name)
            known[name] = known[name] if value is None else value
        known["uid"] = known["uid"] if existing else self.uid
        if self.password is not None:
            known["password"] = None  # not to be shown
        promise(Users, {**users, self.name: known}, exact=False)
        promise(Home, home, user=self.name)
        if primary is None:
            promise(Groups, [*all_groups, self.name], exact=False)


_FIELDS = ("home", "comment", "shell", "group", "groups", "uid", "gid", "lastlog", "login_time", "password")


def _differing(wanted: str | None, present: Any) -> str | None:
    return wanted if wanted is not None and wanted != present else None


def _checked_number(uid: Any) -> int | None:
    if uid is None or (isinstance(uid, int) and not isinstance(uid, bool) and uid >= 0):
        return uid
    if isinstance(uid, str) and uid.isascii() and uid.isdigit():
        return int(uid)
    raise OperationValueError(f"uid must be a number, not {uid!r}", argument="uid")


def _remove(user: str, users: Mapping[str, dict[str, Any]]) -> Commands:
    if user not in users:
        host.noop(f"user {user} does not exist")
        return
    yield from account_tool(host.get_fact(AccountPrograms)).remove_user(user)
    promise(Users, {name: entry for name, entry in users.items() if name != user})
    promise(Home, None, user=user)


def _home_commands(
    wanted: Account, group: str | None, home: str, ensure: bool, is_new: bool
) -> tuple[list[StringCommand], list[StringCommand | WriteFileCommand]]:
    """What is to be done about the home directory before the account is made, and after."""
    if is_new and wanted.create_home and host.get_fact(Directory, path=home) is None:
        promise_entry(home, Directory, {"user": wanted.name, "group": group, "mode": None})
        return list(make_parents(missing_parents(home))), []
    if not ensure:
        return [], []
    unnamed = is_new and group is None  # the system makes the group, or has a usual one: nobody knows its name yet
    owner = None if unnamed else wanted.name
    commands = list(directory._inner(path=home, user=owner, group=group, _no_fail_on_link=True))
    if unnamed:
        commands.append(StringCommand("chown", QuoteString(f"{wanted.name}:"), path_word(home)))
        found = host.get_fact(Directory, path=home) or {}
        promise_entry(home, Directory, {"mode": None, **found, "user": wanted.name, "group": None})
    return [], commands
