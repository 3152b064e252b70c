"""Fetching a file on the host: with curl or wget, whatever is there, beside its place, checked, and then put there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyinfra.api import HiddenValue, OperationTypeError, OperationValueError, QuoteString, StringCommand
from pyinfra.facts._shell import path_word, script
from pyinfra.operations.util.files import chmod, chown

from .attributes import Attributes

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SECRET_HEADER = re.compile(r"authorization|cookie|token|secret|key|password", re.IGNORECASE)
_OPTION = re.compile(r"-[A-Za-z0-9]|(?:--)?[A-Za-z0-9][A-Za-z0-9-]*")
_RATE = re.compile(r"[0-9]+(?:\.[0-9]+)?[bkmgBKMG]?")
_CREDENTIALS = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")
_END = "PYINFRA_END"

Part = str | QuoteString | StringCommand | HiddenValue

# $p is the place of the file, $d the directory that it is fetched to.
_BEGIN = """fail() { printf '%s: %s\\n' "$p" "$1" >&2; exit 1; }
[ ! -d "$p" ] || fail 'is a directory'
t=$(mktemp "${d%/}/.pyinfra-XXXXXXXXXX") || exit 1
trap 'rm -f "$t"' EXIT
trap 'exit 143' HUP INT PIPE TERM
"""
_VERIFY = """digest() {
if command -v "$1sum" >/dev/null 2>&1; then "$1sum" <"$t"
elif command -v "$1" >/dev/null 2>&1; then "$1" -q <"$t"
elif [ "$1" != md5 ] && command -v shasum >/dev/null 2>&1; then shasum -a "${1#sha}" <"$t"
elif command -v openssl >/dev/null 2>&1; then openssl dgst "-$1" <"$t"
else fail "no program on this host computes $1"; fi
}
verify() {
found=$(digest "$1") || exit 1
case $found in *"$2"*) ;; *) fail "what was fetched has another $1 than $2: ${found%% *}" ;; esac
}
"""


@dataclass(frozen=True, slots=True)
class Download:
    """What is to be fetched, and how.

    Attributes:
        url: where it is.
        headers: of the request.
        insecure: do not check certificates.
        proxy: address of a proxy.
        limit_rate: bytes a second, with ``k``, ``m`` or ``g``.
        curl_options: options for curl, with their values.
        wget_options: options for wget, with their values.
    """

    url: str
    headers: Mapping[str, str | HiddenValue] = field(default_factory=dict)
    insecure: bool = False
    proxy: str | None = None
    limit_rate: str | None = None
    curl_options: Mapping[str, Any] = field(default_factory=dict)
    wget_options: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise ``OperationTypeError`` or ``OperationValueError`` when it cannot be done like that."""
        _check_text("src", self.url)
        if self.proxy is not None:
            _check_text("proxy", self.proxy)
        if self.limit_rate is not None and not _RATE.fullmatch(str(self.limit_rate)):
            raise OperationValueError(f"{self.limit_rate!r} is no rate: 500k, 2m", argument="limit_rate")
        for name, value in self.headers.items():
            _check_text("headers", value, may_be_empty=True)
            if not _HEADER.fullmatch(str(name)):
                raise OperationValueError(f"{name!r} is no name of a header", argument="headers")
        for argument, options in (("curl", self.curl_options), ("wget", self.wget_options)):
            for name in options:
                if not _OPTION.fullmatch(str(name)):
                    raise OperationValueError(f"{name!r} is no option", argument=f"extra_{argument}_args")

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        return _CREDENTIALS.sub(lambda found: f"{found[0].partition('://')[0]}://***@", self.url)

    def command(
        self, path: str, directory: str, sums: Mapping[str, str], wanted: Attributes, found: Mapping[str, Any] | None
    ) -> StringCommand:
        """Return what fetches, checks and places it.

        Args:
            path: where it goes.
            directory: where it is fetched to.
            sums: digests that it shall have, by algorithm.
            wanted: owner and permissions.
            found: those that it has now, and keeps where no others are wanted.
        """
        return script(
            "p=", path_word(path), " d=", path_word(directory), "\n", _BEGIN,
            "if command -v curl >/dev/null 2>&1; then\n", _joined(self._curl()),
            "elif ! command -v wget >/dev/null 2>&1; then fail 'there is neither curl nor wget on this host'\n",
            "else case $(wget --help 2>&1) in *BusyBox*)\n", _joined(self._busybox_wget()), ";; *)\n",
            _joined(self._wget()), ";; esac; fi\n",
            *([_VERIFY] if sums else []),
            *[f"verify {algorithm} {digest}\n" for algorithm, digest in sums.items()],
            *[script(step, " || exit 1\n") for step in _attributes(wanted, found)],
            'touch "$t" || exit 1\nmv -f "$t" "$p"\n',
        )  # fmt: skip

    # -- programs --------------------------------------------------------------------------

    # Addresses and headers may hold secrets: they reach the programs by their standard input, not by their arguments.

    def _curl(self) -> Iterator[Part]:
        yield "curl -sSLfg"
        yield " --insecure" if self.insecure else ""
        yield f" --limit-rate {self.limit_rate}" if self.limit_rate is not None else ""
        yield from _options(self.curl_options)
        yield f" -o \"$t\" -K - <<'{_END}' || exit\n"
        yield from ('url = "', _escaped(self._secret_url()), '"\n')
        for name, value in self._headers():
            yield from (f'header = "{name}: ', _escaped(value), '"\n')
        if self.proxy is not None:
            yield from ('proxy = "', _escaped(HiddenValue(self.proxy)), '"\n')
        yield f"{_END}\n"

    def _wget(self) -> Iterator[Part]:
        """Its configuration has to be a regular file: one that has no name any more when something is written to it."""
        configuration = list(self._wget_configuration())
        if configuration:
            yield 'c=$(mktemp "${d%/}/.pyinfra-XXXXXXXXXX") && exec 3>"$c" 4<"$c" && rm -f "$c" || exit\n'
            yield from (f"cat >&3 <<'{_END}'\n", *configuration, f"{_END}\n")
        yield 'wget -nv -O "$t"'
        yield " --config=/dev/fd/4" if configuration else ""
        yield " --no-check-certificate" if self.insecure else ""
        yield f" --limit-rate={self.limit_rate}" if self.limit_rate is not None else ""
        yield from _options(self.wget_options)
        yield from (f" -i - <<'{_END}' || exit\n", self._secret_url(), f"\n{_END}\n")

    def _wget_configuration(self) -> Iterator[Part]:
        for name, value in self._headers():
            yield from (f"header = {name}: ", value, "\n")
        for scheme in ("http", "https", "ftp") if self.proxy is not None else ():
            yield from (f"{scheme}_proxy = ", HiddenValue(str(self.proxy)), "\n")

    def _busybox_wget(self) -> Iterator[Part]:
        """BusyBox takes all of it as arguments only."""
        if self.proxy is not None:
            proxy = QuoteString(HiddenValue(self.proxy))
            yield from ("export http_proxy=", proxy, " https_proxy=", proxy, "\n")
        yield 'wget -q -O "$t"'
        yield " --no-check-certificate" if self.insecure else ""
        for name, value in self._headers():
            yield from (" --header ", QuoteString(StringCommand(f"{name}: ", value, _separator="")))
        yield from _options(self.wget_options)
        yield from (" -- ", QuoteString(self._secret_url()), " || exit\n")

    def _headers(self) -> Iterator[tuple[str, str | HiddenValue]]:
        for name, value in self.headers.items():
            hidden = isinstance(value, HiddenValue) or _SECRET_HEADER.search(name) is None
            yield name, value if hidden else HiddenValue(str(value))

    def _secret_url(self) -> str | HiddenValue:
        return HiddenValue(self.url) if _CREDENTIALS.match(self.url) else self.url


def digests_checked(**sums: Any) -> dict[str, str]:
    """Return digests by algorithm, those that are given.

    Raises:
        OperationValueError: one is no digest of its algorithm.
    """
    digits = {"sha384": 96, "sha256": 64, "sha1": 40, "md5": 32}
    given: dict[str, str] = {}
    for algorithm, value in sums.items():
        if value is None:
            continue
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-fA-F]{{{digits[algorithm]}}}", value):
            raise OperationValueError(
                f"{value!r} is no {algorithm}: {digits[algorithm]} hexadecimal digits", argument=f"{algorithm}sum"
            )
        given[algorithm] = value.lower()
    return given


def _check_text(argument: str, value: Any, *, may_be_empty: bool = False) -> None:
    text = value.unmask() if isinstance(value, HiddenValue) else value
    if not isinstance(text, str):
        kind = type(text).__name__
        raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if _CONTROL.search(text) or (not text and not may_be_empty):
        raise OperationValueError(f"{value!r} cannot be a part of a request", argument=argument)


def _options(options: Mapping[str, Any]) -> Iterator[Part]:
    for name, value in options.items():
        yield f" {name if str(name).startswith('-') else f'--{name}'}"
        if value is not None and value is not True and value != "":
            yield from (" ", QuoteString(value if isinstance(value, HiddenValue) else str(value)))


def _escaped(value: str | HiddenValue) -> str | HiddenValue:
    """As it stands between double quotes in a configuration of curl."""
    if isinstance(value, HiddenValue):
        return HiddenValue(str(_escaped(value.unmask())))
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _joined(parts: Iterator[Part]) -> StringCommand:
    return StringCommand(*parts, _separator="")


def _attributes(wanted: Attributes, found: Mapping[str, Any] | None) -> Iterator[StringCommand]:
    """What gives the new file its owner and permissions, before anybody sees it."""
    kept = found or {}
    if found and (wanted.user is None or wanted.group is None):
        # an owner that cannot be kept, as ours is nobody who may give files away, is no reason to fail
        keep = chown("t", kept.get("user"), kept.get("group"))
        yield script("{ ", _of_temporary(keep), " 2>/dev/null || :; }")
    if wanted.user is not None or wanted.group is not None:
        yield _of_temporary(chown("t", wanted.user, wanted.group))
    mode = kept.get("mode")
    yield StringCommand(f"chmod {int(mode)}" if mode is not None else "chmod =rw", '"$t"')
    if wanted.mode is not None:
        yield _of_temporary(chmod("t", wanted.mode))


def _of_temporary(command: StringCommand) -> StringCommand:
    return StringCommand(*command.bits[:-1], '"$t"')


def directory_of(path: str) -> str:
    """Return the directory that a path is in."""
    return posixpath.dirname(path) or "."
