"""Owner, group and permissions: what is wanted, the commands that make it so, and what is there afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra._lib.modes import checked_mode, has_special_bits, mode_after
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand
from pyinfra.api.planning import prefetch
from pyinfra.facts._server.accounts import GroupNumbers
from pyinfra.facts.server import Users
from pyinfra.operations.util.files import chmod, chown


@dataclass(frozen=True, slots=True)
class Attributes:
    """Owner, group and permissions that something shall have; None where they do not matter."""

    user: str | None = None
    group: str | None = None
    mode: int | str | None = None

    @classmethod
    def checked(cls, user: Any = None, group: Any = None, mode: Any = None) -> Attributes:
        """Make them of the arguments of an operation.

        Raises:
            OperationTypeError: an argument has the wrong type.
            OperationValueError: an argument has an impossible value.
        """
        user, group, mode = _account("user", user), _account("group", group), _mode(mode)
        for value, fact in ((user, Users), (group, GroupNumbers)):
            if value is not None and value.isdecimal():
                prefetch(fact)
        return cls(_user_name(user), _group_name(group), mode)

    # -- comparing -------------------------------------------------------------------------

    def owner_differs(self, found: Mapping[str, Any] | None) -> bool:
        """Whether the owner or the group has to be set."""
        wanted = (("user", self.user), ("group", self.group))
        return any(value is not None and (found is None or found.get(name) != value) for name, value in wanted)

    def mode_differs(self, found: Mapping[str, Any] | None, *, directory: bool = False) -> bool:
        """Whether the permissions have to be set."""
        if self.mode is None:
            return False
        present = found.get("mode") if found else None
        after = mode_after(present, self.mode, directory=directory)
        if after is None or present != after:
            return True
        # A new owner clears setuid and setgid of a file.
        return not directory and has_special_bits(after) and self.owner_differs(found)

    # -- doing -----------------------------------------------------------------------------

    def commands(
        self, path: str, found: Mapping[str, Any] | None, *, directory: bool = False, recursive: bool = False
    ) -> Iterator[StringCommand]:
        """Yield what is needed to get from what was found to what is wanted.

        Args:
            path: on the host.
            found: the fact; None for something that is new.
            directory: whether it is one.
            recursive: set everything on all that is below too.
        """
        if self.owner_differs(found) or (recursive and (self.user or self.group)):
            yield chown(path, self.user, self.group, recursive=recursive)
        if self.mode is not None and (recursive or self.mode_differs(found, directory=directory)):
            yield chmod(path, self.mode, recursive=recursive)

    def after(self, found: Mapping[str, Any] | None, *, directory: bool = False) -> dict[str, Any]:
        """Return the fact as it will be; None for what cannot be known."""
        mode = found.get("mode") if found else None
        if self.mode is not None:
            mode = mode_after(mode, self.mode, directory=directory)
        elif not directory and has_special_bits(mode) and self.owner_differs(found):
            mode = None  # the kernel clears the special bits, unless the file can only be run by some
        known: dict[str, Any] = dict(found) if found else {"size": None, "atime": None, "mtime": None}
        known.update(mode=mode, atime=None, ctime=None)  # whoever looks into it changes its atime
        for name, wanted in (("user", self.user), ("group", self.group)):
            known[name] = wanted if wanted is not None else known.get(name)
        return known


def _account(argument: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a name, not {kind}: {value!r}", argument=argument)
    if value.startswith("-") or any(character in value for character in ":\n\0"):
        raise OperationValueError(f"{argument} {value!r} is no name of a {argument}", argument=argument)
    return value


def _user_name(user: str | None) -> str | None:
    """The name of an account that was given by its number: what is there is known by names."""
    if user is None or not user.isdecimal():
        return user
    numbers: dict[str, str] = {str(account["uid"]): name for name, account in reversed(host.get_fact(Users).items())}
    return numbers.get(user, user)


def _group_name(group: str | None) -> str | None:
    if group is None or not group.isdecimal():
        return group
    numbers: dict[str, str] = {str(number): name for name, number in reversed(host.get_fact(GroupNumbers).items())}
    return numbers.get(group, group)


def _mode(value: Any) -> int | str | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, str))):
        raise OperationTypeError(f'mode must be permissions such as "644", not {value!r}', argument="mode")
    try:
        return checked_mode(value)
    except ValueError as error:
        raise OperationValueError(str(error), argument="mode") from None
