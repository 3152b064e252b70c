"""``server.security_limit``: what users may use up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra._core.suggestions import did_you_mean
from pyinfra.api import FactProcessError, OperationTypeError, OperationValueError, operation
from pyinfra.api.planning import affects, path, promise
from pyinfra.facts.server import SecurityLimits
from pyinfra.operations._files.uploading import Commands
from pyinfra.operations._public import public_in

from .whole_files import checked_word, present_text, with_line, write

_FILE = "/etc/security/limits.conf"
_TYPES = ("soft", "hard", "-")
_ITEMS = (
    "as", "chroot", "core", "cpu", "data", "fsize", "locks", "maxlogins", "maxsyslogins", "memlock", "msgqueue", "nice",
    "nofile", "nonewprivs", "nproc", "priority", "rss", "rtprio", "sigpending", "stack",
)  # fmt: skip
_WITHOUT = ("unlimited", "infinity")


@operation()
@public_in("server")
def security_limit(domain: str, limit_type: str, item: str, value: int) -> Commands:
    """Ensure that ``/etc/security/limits.conf`` has a limit, for logins from then on.

    Args:
        domain: for whom: a user, ``@group``, or ``*`` for everybody.
        limit_type: ``soft`` for what may be raised by the user, ``hard``, or ``-`` for both.
        item: what is limited: ``nofile``, ``nproc``, ``memlock`` ...
        value: how much, in the unit of the item; ``"unlimited"`` too.

    Raises:
        OperationValueError: there is no such limit.

    Example:
        server.security_limit(domain="app", limit_type="soft", item="nofile", value=65536)
    """
    limit = Limit.checked(domain, limit_type, item, value)
    there = present_text(_FILE)
    text = limit.set_in(there.text)
    if text == there.text:
        host.noop(f"the limit is in {_FILE}: {limit.line}")
        return
    yield from write(there, text)
    try:
        promise(SecurityLimits, SecurityLimits().process(text.split("\n")))
    except FactProcessError:  # the file has lines that make no sense, of somebody else's
        affects(path(_FILE))


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it shall be."""

    domain: str
    limit_type: str
    item: str
    value: str

    @classmethod
    def checked(cls, domain: Any, limit_type: Any, item: Any, value: Any) -> Limit:
        """Make one of the arguments of the operation."""
        for name, given, known in (("limit_type", limit_type, _TYPES), ("item", item, _ITEMS)):
            if given not in known:
                hint = did_you_mean(str(given), known)
                raise OperationValueError(f"{name} {given!r} is none of {', '.join(known)}{hint}", argument=name)
        return cls(checked_word(domain, "domain"), limit_type, item, _checked_value(value))

    @property
    def line(self) -> str:
        """The line that says so."""
        return "\t".join([self.domain, self.limit_type, self.item, self.value])

    def set_in(self, text: str) -> str:
        """Return a text with this limit. Every line that says something else of it is changed."""
        lines = text.split("\n")
        own = list(self._own(lines))
        for number in own:
            if lines[number].partition("#")[0].split()[3:] != [self.value]:
                lines[number] = self.line
        return "\n".join(lines) if own else with_line(text, self.line)

    def _own(self, lines: list[str]) -> Iterator[int]:
        for number, line in enumerate(lines):
            if line.partition("#")[0].split()[:3] == [self.domain, self.limit_type, self.item]:
                yield number


def _checked_value(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise OperationTypeError(f"value must be a number, not {value!r}", argument="value")
    digits = text.removeprefix("-")
    if text not in _WITHOUT and not (digits.isascii() and digits.isdigit()):
        raise OperationValueError(f"value {value!r} is neither a number nor unlimited", argument="value")
    return text
