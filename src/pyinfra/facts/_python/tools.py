"""Where programs of tools of uv are."""

from __future__ import annotations

from pyinfra.facts.uv import UvPythonDir


class UvProgramDir(UvPythonDir):
    """The directory that uv puts the programs of its tools in."""

    in_plans = False
    words = "tool dir --bin"
