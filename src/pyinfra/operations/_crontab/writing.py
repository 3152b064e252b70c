"""Commands that install a crontab, unless somebody else was faster."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra.api import HiddenValue, QuoteString, StringCommand
from pyinfra.facts._crontab.reading import crontab_command
from pyinfra.facts._shell import script

# Two that change crontabs at the same time take turns, where there is a flock (that of BusyBox cannot wait): on the
# program itself, which needs no file of its own. Somebody who keeps the lock takes away only this of the protection.
_LOCK = """p=$(command -v crontab) || { echo 'crontab is not installed' >&2; exit 127; }
if command -v flock >/dev/null 2>&1 && [ -r "$p" ]; then
exec 9<"$p"
n=0; flock -w 15 9 2>/dev/null || until flock -n 9 2>/dev/null || [ $n -ge 5 ]; do n=$((n+1)); sleep 1; done
fi
nl='
'
"""
_CHANGED = (
    "echo 'the crontab was changed by somebody else just now: nothing was done to it, run this again' >&2; exit 1"
)


def replace(user: str | None, before: Sequence[str], after: Sequence[str]) -> StringCommand:
    """Return a command that installs these lines, unless others are there by now than were seen.

    Args:
        user: whose crontab; None for that of whoever runs it.
        before: the lines that were seen.
        after: all the lines that shall be there.
    """
    seen = QuoteString(HiddenValue("\n".join(before)))
    nothing = "'' | .) ;;\n" if not before else ""
    text = script(
        _LOCK, _now(user), "seen=", seen, "\ncase $now in\n", nothing,
        f'"$seen$nl." | "$seen.") ;;\n*) {_CHANGED} ;;\nesac\n', crontab_command(user, "-"),
    )  # fmt: skip
    return StringCommand(text, _stdin=list(after))


def add(user: str | None, before: Sequence[str], added: Sequence[str]) -> StringCommand:
    """Return a command that adds lines to whatever is there by then. Once: others may be about to add the same.

    Args:
        user: whose crontab; None for that of whoever runs it.
        before: the lines that were seen.
        added: those to add.
    """
    new = QuoteString("\n".join(added))
    # What was there cannot be read any more: that would be lost.
    gone = f"'') {_CHANGED} ;;\n" if before else ""
    text = script(
        _LOCK, _now(user), "new=", new, "\ncase $nl$now in\n", '*"$nl$new$nl"*) exit 0 ;;\nesac\n',
        "case $now in\n", gone, "'' | .) apart= ;;\n*\"$nl.\") apart= ;;\n*) apart=$nl ;;\nesac\n",
        "{ [ -z \"$now\" ] || ", crontab_command(user, "-l"), " </dev/null || echo 'cannot be read'; ",
        "printf %s \"$apart\"; cat; } | ", crontab_command(user, "-"),
    )  # fmt: skip
    return StringCommand(text, _stdin=list(added))


def _now(user: str | None) -> StringCommand:
    """Text that keeps what is there, with a dot at the end, in a variable; nothing when there is no crontab."""
    return script("now=$(", crontab_command(user, "-l"), " </dev/null 2>/dev/null && echo .)\n")
