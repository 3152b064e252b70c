"""Where temporary files go on a host."""

from __future__ import annotations

from pyinfra._engine.facts.base import FactBase


class TmpDir(FactBase[str | None]):
    """The directory that the host's environment names for temporary files; None when it names no usable one."""

    def command(self) -> str:
        """Take the first that is a directory one can write to."""
        return 'for d in "$TMPDIR" "$TMP" "$TEMP"; do if [ -d "$d" ] && [ -w "$d" ]; then echo "$d"; break; fi; done'


# It is a fact like those of the fact modules; it stands here because the engine itself needs it.
TmpDir.__module__ = "pyinfra.facts.server"
TmpDir.name = "server.TmpDir"
