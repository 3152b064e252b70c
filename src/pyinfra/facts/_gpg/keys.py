"""Facts about keys: in keyrings of the user, in files, at addresses. None of them leaves anything behind on a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._core.output import encode
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.fetching import fetch, is_url
from pyinfra.facts._files.targets import Text
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._gpg.colons import Key, Keys, read_keys
from pyinfra.facts._gpg.packets import listed_keys
from pyinfra.facts._shell import path_resources, path_word, script, tree_resources, words

__all__ = ["GpgFactBase", "GpgKey", "GpgKeyrings", "GpgKeys", "GpgSecretKeys", "Key", "Keyring", "Keys"]

# gpg makes files in its home directory whatever it is asked, so it gets one of its own.
_HOME = """command -v gpg >/dev/null 2>&1 && t=$(mktemp -d) || exit 0
trap 'rm -rf "$t"' EXIT HUP INT TERM
"""
_GPG = 'gpg --batch --quiet --no-options --homedir "$t" --no-default-keyring --with-colons'
_FILE = f"{_GPG} --import-options show-only --import"
# A keybox is no sequence of keys: gpg has to open it, which makes files beside it, so it opens a copy.
_SHOW = f"""show() {{
case $1 in *.kbx) cat -- "$1" >"$t/copy.kbx" && {_GPG} --keyring "$t/copy.kbx" --list-keys ;;
*) {_FILE} <"$1" ;; esac 2>/dev/null || :
}}
"""
_SHOW_FILE = 'printf ">%s\\n" "$f"; show "$f"'
# Gathers files that need not be told from each other, for one gpg.
_GATHER_FILE = f'case $f in *.kbx) {_SHOW_FILE} ;; *) set -- "$@" "$f" ;; esac'
_SHOW_GATHERED = f"""[ $# -eq 0 ] || {{ echo '>*'; {_FILE} -- "$@" 2>/dev/null || :; }}
set --
"""
# The files themselves, where gpg is not there to tell: "= NUMBER" for each call and the names, each with a NUL behind
# it, and another NUL. Then a line with the sizes of all, and their bytes. That takes two processes for all files.
_FILES = """! command -v gpg >/dev/null 2>&1 || exit 0
set --
"""
_BYTES = """o=
[ $# -eq 0 ] || o=$(stat -L -c %s -- "$@" 2>/dev/null) || o=$(stat -L -f %z -- "$@" 2>/dev/null) ||
o=$(for f do wc -c <"$f"; done)
echo $o
[ $# -eq 0 ] || cat -- "$@"
echo
"""
# Asked without a home directory gpg would make one.
_OWN_HOME = 'command -v gpg >/dev/null 2>&1 && [ -d "${GNUPGHOME:-$HOME/.gnupg}" ] || exit 0\n'
_OWN_GPG = "gpg --batch --quiet --with-colons "
_PATTERNS = ("*.gpg", "*.kbx", "*.asc")


class Keyring(TypedDict):
    """A file with keys."""

    format: str
    keys: Keys


class GpgFactBase(FactBase["Keys | None"]):
    """Base of the facts that tell of keys.

    Attributes:
        abstract: it is no fact itself.
    """

    abstract = True
    in_plans = False  # operations say what becomes of which key

    def requires_command(self, *args: Any, **kwargs: Any) -> str | None:
        return "gpg"

    def process(self, output: list[str]) -> Keys | None:
        return read_keys(output) or None


class GpgKey(GpgFactBase):
    """The keys in a file of the host, or at an address.

    Example:
        >>> list(host.get_fact(GpgKey, "https://example.org/key.asc"))
        ['F8D2585B8783D481']
    """

    def command(self, src: str) -> StringCommand:
        if is_url(src):
            return script(_HOME, _SHOW, "{ ", fetch(src, "$t/key"), '\n} >/dev/null 2>&1 && show "$t/key"')
        return script(_HOME, _SHOW, "f=", path_word(src), '\n[ ! -r "$f" ] || show "$f"')

    def resources(self, src: str) -> Iterable[Resource] | None:
        return [] if is_url(src) else path_resources(src)


class GpgKeys(GpgFactBase):
    """The public keys in a keyring, or in the user's own.

    Example:
        >>> host.get_fact(GpgKeys)["ABCD1234ABCD1234"]["uid"]
        'A <a@example.org>'
    """

    def command(self, keyring: str | None = None) -> StringCommand:
        if keyring is None:
            return StringCommand(_OWN_HOME, _OWN_GPG, "--list-keys 2>/dev/null || :", _separator="")
        opened = f'cat -- "$f" >"$t/ring" && {_GPG} --keyring "$t/ring" --list-keys 2>/dev/null || :'
        return script(_HOME, _keyring_file(keyring), '[ ! -r "$f" ] || ', opened)

    def resources(self, keyring: str | None = None) -> Iterable[Resource] | None:
        return None if keyring is None else path_resources(keyring)


class GpgSecretKeys(GpgKeys):
    """The secret keys of the user; with a keyring, those whose public part is in that.

    Example:
        >>> list(host.get_fact(GpgSecretKeys))
        ['ABCD1234ABCD1234']
    """

    def command(self, keyring: str | None = None) -> StringCommand:
        listing = "--list-secret-keys 2>/dev/null || :"
        if keyring is None:
            return StringCommand(_OWN_HOME, _OWN_GPG, listing, _separator="")
        given = '[ ! -r "$f" ] || ' + _OWN_GPG + '--no-default-keyring --keyring "$f" '
        return script(_OWN_HOME, _keyring_file(keyring), given, listing)

    def resources(self, keyring: str | None = None) -> Iterable[Resource] | None:
        return None  # the secrets are somewhere else


def _keyring_file(keyring: str) -> StringCommand:
    """A name without a slash is that of a file in gpg's home directory, as it is for gpg itself."""
    home = "" if "/" in keyring else '[ -e "$f" ] || f="${GNUPGHOME:-$HOME/.gnupg}/$f"\n'
    return script("f=", path_word(keyring), "\n", home, 'case $f in */*) ;; *) f="./$f" ;; esac\n')


class GpgKeyrings(GpgFactBase):
    """The keyrings in directories, with their keys; files without keys are left out.

    Example:
        >>> host.get_fact(GpgKeyrings, ["/etc/apt/keyrings"])
        {'/etc/apt/keyrings/a.gpg': {'format': 'gpg', 'keys': {...}}}
    """

    def command(self, directories: str | list[str]) -> StringCommand:
        return self.batch_command([{"directories": directories}])

    def resources(self, directories: str | list[str]) -> Iterable[Resource] | None:
        found: list[Resource] = []
        for directory in _directories(directories):
            resources = tree_resources(directory)
            if resources is None:
                return None
            found += resources
        return found

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        return script(_HOME, _SHOW, self.for_each(calls, _SHOW_FILE))

    def merged_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        """Return the command for a fact that does not tell which key is in which file."""
        return script(_HOME, _SHOW, "set --\n", self.for_each(calls, _GATHER_FILE, _SHOW_GATHERED))

    def for_each(self, calls: Sequence[Mapping[str, Any]], act: str, end: str = "") -> Iterable[StringCommand | str]:
        """Yield, for each call, a line with its number, and what is to be done with each of its files, ``$f``."""
        for number, call in enumerate(calls, start=1):
            directories = _directories(self.directories_of(call))
            given = words(script(path_word(directory.rstrip("/") or "/"), f"/{pattern}")
                          for directory in directories for pattern in _PATTERNS)  # fmt: skip
            yield script(f"echo '= {number}'\nfor f in ", given if directories else '""', "; do\n")
            yield f'[ ! -r "$f" ] || [ ! -f "$f" ] || {{ {act}; }}\ndone\n{end}'

    def directories_of(self, call: Mapping[str, Any]) -> str | list[str]:
        """Return the directories that a call asks for."""
        found: str | list[str] = call["directories"]
        return found

    def value_of(self, keyrings: dict[str, Keyring]) -> Any:
        """Return what the fact says of keyrings."""
        return keyrings or None

    def process(self, output: list[str]) -> Any:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Any]:
        answers: dict[int, dict[str, list[str]]] = {}
        keyrings: dict[str, list[str]] | None = None
        lines: list[str] | None = None
        for line in output:
            found = header(line)
            if found is not None and found[0] == EXISTS and len(found[1]) == 1:
                keyrings, lines = answers.setdefault(found[1][0], {}), None
            elif line.startswith(">") and keyrings is not None:
                lines = keyrings.setdefault(line[1:], [])
            elif lines is not None:
                lines.append(line)
            elif line:
                not_understood("keyrings", line)
        return [self.value_of(_with_keys(found)) for found in answered("keyrings", answers, len(calls))]


class KeyringsWithoutGpg(GpgKeyrings):
    """The same on hosts that have no gpg, and nothing on others: fingerprints only, none of keyboxes."""

    def requires_command(self, *args: Any, **kwargs: Any) -> str | None:
        return None

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        listings = self.for_each(calls, """printf '%s\\0' "$f"; set -- "$@" "$f\"""", "printf '\\0'\n")
        return script(_FILES, listings, _BYTES)

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Any]:
        if not output:  # gpg is there
            return [None for _ in calls]
        text = Text("keyrings", "\n".join(output))
        files: list[list[str]] = []
        for number in range(1, len(calls) + 1):
            line = text.until("\n")
            if header(line) != (EXISTS, [number]):
                not_understood("keyrings", line)
            files.append(list(iter(lambda: text.until("\0"), "")))
        contents = _contents(text.until("\n").split(), text.rest)
        if len(contents) != sum(map(len, files)):
            raise FactProcessError("keyrings: some files changed while they were read")
        told = iter(contents)
        return [self.value_of(_with_keys({name: listed_keys(next(told)) for name in names})) for names in files]


def _contents(sizes: Sequence[str], text: str) -> list[bytes]:
    """The bytes of files that follow each other; none when there are not as many as there should be."""
    data = encode(text)
    ends = list(accumulate(map(int, sizes))) if all(map(str.isdecimal, sizes)) else [-1]
    if (ends[-1] if ends else 0) != len(data):
        return []
    return [data[end - int(size) : end] for end, size in zip(ends, sizes, strict=True)]


def _with_keys(files: Mapping[str, Iterable[str]]) -> dict[str, Keyring]:
    keyrings: dict[str, Keyring] = {}
    for name, lines in files.items():
        keys = read_keys(lines)
        if keys:
            keyrings[name] = {"format": name.rpartition(".")[2], "keys": keys}
    return keyrings


def _directories(directories: str | Iterable[str]) -> list[str]:
    return [directories] if isinstance(directories, str) else list(dict.fromkeys(directories))
