"""Permissions as people write them: ``644``, ``"0644"``, ``"u+x"``.

Numbers are kept as integers of octal digits, as ``chmod`` takes them and as the ``File`` fact shows them: 644, 4755.
"""

from __future__ import annotations

import re

_OCTAL = re.compile(r"(?:0o)?0*([0-7]{1,4})\Z")
_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)\Z")
_ACTION = re.compile(r"([-+=])([ugo]|[rwxXst]*)")
_WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_SHIFT = {"u": 6, "g": 3, "o": 0}
_SPECIAL_BITS = 0o6000  # those that a change of the owner clears
_HINT = 'write it as chmod takes it: "644", "4755", "u+x"'


def checked_mode(mode: str | int | None) -> int | str | None:
    """Return permissions in their one form: an integer of octal digits, or symbolic text as it is.

    Args:
        mode: ``644``, ``"644"``, ``"0644"``, ``"0o644"``, ``"u+x,go-w"`` or None.

    Raises:
        ValueError: when it is none of those.

    Example:
        >>> checked_mode("0644"), checked_mode("u+x")
        (644, 'u+x')
    """
    if mode is None:
        return None
    text = str(mode)
    octal = _OCTAL.match(text)
    if octal is not None and not isinstance(mode, bool):
        return int(octal[1])
    if isinstance(mode, str) and text and all(_CLAUSE.match(clause) for clause in text.split(",")):
        return text
    raise ValueError(f"mode {mode!r} means no permissions: {_HINT}")


def mode_after(found: int | None, wanted: int | str, *, directory: bool = False) -> int | None:
    """Return the permissions that ``chmod`` would give; None when that cannot be known.

    Args:
        found: those that are there, None when not known.
        wanted: what ``checked_mode`` returned.
        directory: whether it is a directory (for ``X``).

    Example:
        >>> mode_after(644, "u+x"), mode_after(644, "+x")
        (744, None)
    """
    if isinstance(wanted, int):
        return _with_kept_bits(found, wanted) if directory and found is not None else wanted
    if found is None:
        return None
    bits: int | None = int(str(found), 8)
    for clause in wanted.split(","):
        bits = None if bits is None else _after_clause(bits, clause, directory)
    return None if bits is None else int(f"{bits:o}")


def _with_kept_bits(found: int, wanted: int) -> int:
    """GNU chmod leaves setuid and setgid of a directory alone, however many digits people write."""
    bits = int(str(wanted), 8) | int(str(found), 8) & _SPECIAL_BITS
    return int(f"{bits:o}")


def _after_clause(bits: int, clause: str, directory: bool) -> int | None:
    actions = _ACTION.findall(clause)
    who = clause[: len(clause) - sum(len(operator) + len(letters) for operator, letters in actions)]
    mask = 0
    for letter in who or "a":
        mask |= _WHO[letter]
    before = bits
    for operator, letters in actions:
        change = _permissions(bits, letters, directory) & mask
        if operator == "+":
            bits |= change
        elif operator == "-":
            bits &= ~change
        else:
            cleared = mask & ~_SPECIAL_BITS if directory and "s" not in letters else mask
            bits = bits & ~cleared | change
    # Without a "who" the umask of the host leaves something out. Where "everybody" changes nothing, it does not matter.
    return bits if who or bits == before else None


def _permissions(bits: int, letters: str, directory: bool) -> int:
    if letters in _SHIFT and letters:
        return (bits >> _SHIFT[letters] & 0o7) * 0o111
    found = 0
    for letter in letters:
        if letter == "X":
            found |= 0o111 if directory or bits & 0o111 else 0
        else:
            found |= {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}[letter]
    return found


def has_special_bits(mode: int | None) -> bool:
    """Whether these permissions hold setuid or setgid, which a change of the owner clears."""
    return mode is not None and bool(int(str(mode), 8) & _SPECIAL_BITS)


def others_may_read(mode: int | None) -> bool:
    """Whether everybody on the host can read a file with these permissions."""
    return mode is None or bool(int(str(mode), 8) & 0o004)
