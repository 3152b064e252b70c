"""Bringing keys into a file, and out of it. A file is replaced in one step, complete and with its permissions."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra._lib.fetching import fetch, is_url
from pyinfra.api import QuoteString, StringCommand
from pyinfra.facts._gpg.without_gpg import KEYS, UNARMORED
from pyinfra.facts._shell import Part, path_word, script

ARMOR = "-----BEGIN PGP"

# gpg makes files in its home directory whatever it is asked, and starts an agent that outlives it.
_SCRATCH = """umask 077; t=$(mktemp -d) && GNUPGHOME=$t && export GNUPGHOME || exit 1
trap 'gpgconf --kill all >/dev/null 2>&1; rm -rf "$t"' EXIT HUP INT TERM
"""
_DEARMOR = f"""{UNARMORED}dearmor() {{
if ! grep -q -e '^-----BEGIN PGP' -- "$1"; then cp -- "$1" "$2"
elif command -v gpg >/dev/null 2>&1; then gpg --batch --dearmor -o "$2" "$1"
else unarmored "$1" >"$2"; fi
}}
"""
# What is fetched may as well be a page that says that there is none.
_CHECK = r"""check() {
b=$(dd if="$1" bs=1 count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
[ "${b:-0}" -ge 128 ] || { echo "that is no key" >&2; exit 1; }
}
"""
# What comes from somewhere else may as well be somebody else's key.
_HAS_IDS = """if command -v gpg >/dev/null 2>&1
then l=$(gpg --batch --quiet --with-colons --import-options show-only --import <"$t/out" 2>/dev/null | grep '^fpr')
else dearmor "$t/out" "$t/bytes" && l=$(keys "$t/bytes" | grep '^fpr'); fi
for i do case $l in *"$i:"*) ;; *) echo "key $i is not in it" >&2; exit 1 ;; esac; done
"""
_CHECK_ARMOR = """check() { grep -q -e '^-----BEGIN PGP' -- "$1" || { echo "that is no armored key" >&2; exit 1; }; }
"""
_CHECK_ANY = 'check() { [ -s "$1" ] || { echo "that is no key" >&2; exit 1; }; }\n'


def install(dest: str, mode: str) -> list[Part]:
    """Return the end of a command: ``$t/out`` takes the place of a file."""
    return [
        "f=", path_word(dest), '\nn=$(mktemp "$f.XXXXXX") && cat "$t/out" >"$n" && chmod ', QuoteString(mode),
        ' "$n" && mv -f "$n" "$f" || { rm -f "$n"; exit 1; }',
    ]  # fmt: skip


def key_from(src: str, dest: str, mode: str, dearmor: bool, keyids: Sequence[str] = ()) -> StringCommand:
    """Return a command that puts a key into a file.

    Args:
        src: path on the host, or address.
        dest: the file.
        mode: its permissions.
        dearmor: have the file hold the key itself, whether it came as text or not.
        keyids: ids of keys that have to be in it.
    """
    got: list[Part] = ["{ ", fetch(src, "$t/key"), "\n} || exit 1\n"] if is_url(src) else [
        "s=", path_word(src), '\ncat -- "$s" >"$t/key" || exit 1\n'
    ]  # fmt: skip
    made = "dearmor" if dearmor else "mv"
    check = _CHECK if dearmor else _CHECK_ARMOR if dest.endswith(".asc") else _CHECK_ANY
    functions = (_DEARMOR if dearmor or keyids else "") + (KEYS if keyids else "") + check
    ids: list[Part] = ["set -- ", StringCommand(*map(QuoteString, keyids)), "\n", _HAS_IDS] if keyids else []
    return script(_SCRATCH, functions, got, made, ' "$t/key" "$t/out" && check "$t/out" || exit 1\n', ids,
                  install(dest, mode))  # fmt: skip


def key_from_server(keyserver: str, keyids: Sequence[str], dest: str, mode: str, armor: bool) -> StringCommand:
    """Return a command that puts keys from a keyserver into a file.

    Args:
        keyserver: its address.
        keyids: ids of the keys.
        dest: the file.
        mode: its permissions.
        armor: have the file hold text.
    """
    ids = StringCommand(*map(QuoteString, keyids))
    return script(
        _SCRATCH,
        "gpg --batch --keyserver ", QuoteString(keyserver), " --recv-keys ", ids, " || exit 1\n",
        f"gpg --batch {'--armor ' if armor else ''}--export ", ids, ' >"$t/out" && [ -s "$t/out" ] || exit 1\n',
        install(dest, mode),
    )  # fmt: skip


def without_keys(keyring: str, fingerprints: Sequence[str], mode: str) -> StringCommand:
    """Return a command that takes keys out of a keyring that has others, too.

    Args:
        keyring: the file.
        fingerprints: of the keys.
        mode: permissions of the file.
    """
    return script(
        _SCRATCH, "k=", path_word(keyring), '\ncat -- "$k" >"$t/out" && gpg --batch --yes --no-default-keyring ',
        '--keyring "$t/out" --delete-keys ', StringCommand(*map(QuoteString, fingerprints)), " || exit 1\n",
        install(keyring, mode),
    )  # fmt: skip
