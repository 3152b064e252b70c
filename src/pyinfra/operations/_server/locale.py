"""``server.locale``: languages of the host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra._core.suggestions import did_you_mean
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change, named, prefetch, promise, tree
from pyinfra.facts.server import Locales
from pyinfra.operations._files.uploading import Commands
from pyinfra.operations._public import public_in

from .whole_files import present_text

_FILE = "/etc/locale.gen"
_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9-]+)?(?:@[A-Za-z0-9]+)?\Z", re.ASCII)
_LINE = re.compile(r"(\s*(?:#\s*)?)([A-Za-z0-9_.@-]+)(\s+[A-Za-z0-9_-]+\s*)\Z", re.ASCII)
_THERE = f"""[ -e {_FILE} ] || {{ echo '{_FILE} does not exist: is the package "locales" installed?' >&2; exit 1; }}"""


@operation()
@public_in("server")
def locale(locale: str, present: bool = True) -> Commands:
    """Ensure that a locale can be used, or that it cannot, by ``/etc/locale.gen``.

    Args:
        locale: its name.
        present: whether it shall be there.

    Raises:
        OperationValueError: the host knows no such locale.

    Example:
        server.locale(locale="de_DE.UTF-8")
    """
    if not isinstance(locale, str):
        raise OperationTypeError(f"locale must be a name, not {locale!r}", argument="locale")
    if not _NAME.match(locale):
        raise OperationValueError(f"locale {locale!r} is no name of a locale", argument="locale")
    prefetch(Locales)
    there = present_text(_FILE)
    names = host.get_fact(Locales)
    is_there = _plain(locale) in map(_plain, names)
    if is_there == present:
        host.noop(f"locale {locale} {'is' if present else 'is not'} there")
        return
    if there.data is None:
        yield StringCommand(_THERE)  # perhaps an operation before this one brings it
    else:
        text = _Choice(locale, present).made_in(there.text)
        if text != there.text:
            yield from there.become(text)
    yield StringCommand("locale-gen")
    change(f"locale {locale}", "present", is_there, present)
    affects(named("locales"), tree("/usr/lib/locale"))
    _promise(locale, present, names)


def _promise(locale: str, present: bool, names: list[str]) -> None:
    """Some locales bring other names with them."""
    if not present:
        promise(Locales, [name for name in names if _plain(name) != _plain(locale)], exact=False)
    elif _plain(locale).endswith(".utf8"):
        promise(Locales, sorted([*names, locale], key=_plain), exact=False)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A locale that is to be made, or not."""

    locale: str
    present: bool

    def made_in(self, text: str) -> str:
        """Return the text of the file with the line of the locale for use, or for none."""
        lines = text.split("\n")
        own = [(number, match) for number, match in _offered(lines) if _plain(match[2]) == _plain(self.locale)]
        if not own:
            hint = did_you_mean(self.locale, sorted({match[2] for _, match in _offered(lines)}))
            raise OperationValueError(f"locale {self.locale!r} is not in {_FILE}{hint}", argument="locale")
        used = [number for number, match in own if "#" not in match[1]]
        if self.present:
            number, match = own[0]
            if not used:
                lines[number] = f"{match[2]}{match[3]}"
        else:
            for number in used:
                lines[number] = f"# {lines[number].lstrip()}"
        return "\n".join(lines)


def _offered(lines: list[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match is not None and ("_" in match[2] or "." in match[2]):
            yield number, match


def _plain(locale: str) -> str:
    """A name in one form: ``de_DE.UTF-8`` and ``de_DE.utf8`` are one."""
    name, dot, rest = locale.partition(".")
    charset, at, modifier = rest.partition("@")
    return f"{name}{dot}{charset.lower().replace('-', '')}{at}{modifier}"
