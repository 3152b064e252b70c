"""Where symbolic links lead: all of them in one process where a host has a way for that."""

from __future__ import annotations

from collections.abc import Callable

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._frames import not_understood

# targets LINK...: each target with a NUL behind it, then another NUL and a line with "=". Behind "!" in its place all
# is told anew in another way, behind "~" each target has had a newline of its own, and "!" stood for a link that went
# away. A target is never empty, so that nothing in one can pass for an end.
#
# stat quotes names: GNU only sometimes as BusyBox always does, so what may have been quoted is asked for otherwise, as
# is what has newlines. For many links its lines would be taken apart for too long.
TARGETS = r"""nl='
'
quoted() {
o=$(stat -c %N -- "$@" 2>/dev/null)$nl || return 1
for p do
t=${o%%"$nl"*}; o=${o#*"$nl"}
case $t in "'$p' -> '"*"'") t=${t#"'$p' -> '"}; t=${t%"'"} ;; *) return 1 ;; esac
case $t in '' | *[\\\']*) return 1 ;; esac
printf '%s\0' "$t"
done
[ -z "$o" ]
}
targets() {
e==
if [ $# -lt 50 ] && quoted "$@"; then :
elif printf '\0!\n'; readlink -z -- "$@" 2>/dev/null; then :
elif printf '\0!\n'; quoted "$@"; then :
else printf '\0!\n'; e='~'
for p do readlink -- "$p" 2>/dev/null || printf '!'; printf '\0'; done
fi
printf '\0%s\n' "$e"
}
"""


def read_targets(until: Callable[[str], str]) -> list[str | None]:
    """Return the targets of links in their order; None for those that went away.

    Args:
        until: reads on to a mark, and returns what was in front of it.

    Raises:
        FactProcessError: when that is not what the shell function prints.
    """
    while True:
        pieces = list(iter(lambda: until("\0"), ""))
        end = until("\n")
        if end == "=":
            return list(pieces)
        if end == "~":
            return [piece.removesuffix("\n") if piece.endswith("\n") else None for piece in pieces]
        if end != "!":
            not_understood("link", end)


class Text:
    """Text that is read from left to right.

    Args:
        what: is read, for errors.
        text: all of it.
    """

    def __init__(self, what: str, text: str) -> None:
        self._what, self._text = what, text
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self._text)

    @property
    def rest(self) -> str:
        """What was not read."""
        return self._text[self.at :]

    def until(self, mark: str) -> str:
        """Return what is in front of a mark, and go on behind it.

        Raises:
            FactProcessError: there is no mark any more.
        """
        end = self._text.find(mark, self.at)
        if end < 0:
            raise FactProcessError(f"{self._what}: the output ends too early")
        piece = self._text[self.at : end]
        self.at = end + len(mark)
        return piece
