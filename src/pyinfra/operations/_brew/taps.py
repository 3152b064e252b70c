"""``brew.tap`` and ``brew.trust``."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pyinfra import host
from pyinfra._lib.packages.deciding import check_name
from pyinfra._lib.packages.managers import AVAILABLE
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts.brew import BrewItemKind, BrewTaps, BrewTrusted

Commands = Generator[StringCommand, None, None]
Trusted = Mapping[str, Sequence[str]]

_OPTIONS = {
    BrewItemKind.CASK: "--cask",
    BrewItemKind.COMMAND: "--command",
    BrewItemKind.FORMULA: "--formula",
    BrewItemKind.TAP: "--tap",
}


def tap_commands(src: str | None, present: bool, trusted: bool | None, url: str | None) -> Commands:
    """Yield what ``brew.tap`` does."""
    for argument, text in (("src", src), ("url", url)):
        _check(argument, text)
    name = tap_name(src) if src is not None else _name_in(url)
    if name is None:
        host.noop(f"no tap is told by {url!r}" if url else "no tap is told")
        return
    prefetch(BrewTaps)
    if present and trusted is not None:
        prefetch(BrewTrusted)
    taps = list(host.get_fact(BrewTaps))
    if (name in map(tap_name, taps)) == present:
        host.noop(f"{name} is {'' if present else 'not '}tapped")
    else:
        yield from _tap(src or name, name, present, url)
        left = [tap for tap in taps if tap_name(tap) != name]
        promise(BrewTaps, sorted([*left, name] if present else left))
    if present and trusted is not None:
        yield from trust_commands([name], BrewItemKind.TAP, trusted)


def trust_commands(items: str | list[str], kind: BrewItemKind | str, trusted: bool) -> Commands:
    """Yield what ``brew.trust`` does."""
    kind = _kind(kind)
    names = _names(items)
    known: Trusted = host.get_fact(BrewTrusted)
    now = {_same(name, kind): name for name in known.get(kind.value, ())}
    verb = "trust" if trusted else "untrust"
    differing = sorted(name for name in names if (_same(name, kind) in now) != trusted)
    for name in names:
        if name not in differing:
            host.noop(f"{name} is {'' if trusted else 'not '}trusted")
    for name in differing:
        yield StringCommand(f"brew {verb} {_OPTIONS[kind]}", QuoteString(name))
        change(f"{_OPTIONS[kind][2:]} {name}", "trusted", not trusted, trusted)
    if differing:
        changed = {_same(name, kind): name for name in differing}
        then = {**now, **changed} if trusted else {key: name for key, name in now.items() if key not in changed}
        promise(BrewTrusted, {**known, kind.value: sorted(then.values())})


def tap_name(text: str) -> str:
    """Return under which name a tap is listed: without capitals, and without ``homebrew-``."""
    user, _, repository = text.lower().partition("/")
    return f"{user}/{repository.removeprefix('homebrew-')}"


def _name_in(url: str | None) -> str | None:
    """The name of the tap at an address, when its path has two parts."""
    path = urlsplit(url or "").path
    parts = path.removesuffix(".git").strip("/").split("/")
    return tap_name("/".join(parts)) if len(parts) == 2 and all(parts) else None


def _check(argument: str, text: Any) -> None:
    if text is None:
        return
    if not isinstance(text, str):
        raise OperationTypeError(f"{argument} must be a text, not {text!r}", argument=argument)
    if argument == "src" and not re.match(r"[^\s/-][^\s/]*/[^\s/]+\Z", text):
        raise OperationValueError(f"{text!r} is no name of a tap: USER/REPOSITORY", argument=argument)
    if not text or text.startswith("-") or "\0" in text:
        raise OperationValueError(f"{text!r} is no address", argument=argument)


def _tap(text: str, name: str, present: bool, url: str | None) -> Commands:
    where = [QuoteString(url)] if present and url is not None else []
    yield StringCommand("brew", "tap" if present else "untap", QuoteString(text), *where)
    change(f"tap {name}", "present", None if present else True, True if present else None)
    affects(AVAILABLE)


def _kind(kind: Any) -> BrewItemKind:
    if isinstance(kind, BrewItemKind):
        return kind
    if not isinstance(kind, str):
        raise OperationTypeError(f"kind must be a BrewItemKind, not {kind!r}", argument="kind")
    try:
        return BrewItemKind(kind)
    except ValueError:
        known = ", ".join(one.value for one in BrewItemKind)
        raise OperationValueError(f"{kind!r} is no kind of thing to trust: {known}", argument="kind") from None


def _names(items: Any) -> list[str]:
    names = [items] if isinstance(items, str) else items
    if not isinstance(names, Iterable):
        raise OperationTypeError(f"items must be names, not {items!r}", argument="items")
    names = list(names)
    for name in names:
        try:
            check_name(name)
        except OperationTypeError:
            raise OperationTypeError(f"items must be names, not {name!r}", argument="items") from None
        except OperationValueError:
            raise OperationValueError(f"{name!r} cannot be the name of anything", argument="items") from None
    return list(dict.fromkeys(names))


def _same(name: str, kind: BrewItemKind) -> str:
    return tap_name(name) if kind is BrewItemKind.TAP else name.lower()
