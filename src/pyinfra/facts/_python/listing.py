"""How uv lists the packages of an environment."""

from __future__ import annotations

from pyinfra._core.commands import QuoteString, StringCommand
from pyinfra.facts._shell import script, words


def packages_of(*options: QuoteString) -> StringCommand:
    """Return a command that lists packages, and nothing where there is no environment: one may be made later.

    Args:
        options: that say which environment it is.
    """
    listing = script("{ e=$(uv pip list --format json ", words(options), " 2>&1 >&3); } 3>&1; s=$?\n")
    return script(listing, "case $s$e in 0*|2*'No virtual environment'*) ;; "
                           "*) printf '%s\\n' \"$e\" >&2; exit $s;; esac")  # fmt: skip
