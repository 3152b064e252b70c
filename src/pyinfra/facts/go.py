"""Facts about programs that go installed.

Example:
    >>> host.get_fact(GoPackages)
    {'golang.org/x/tools': {'v0.1.12'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.listing import PackageVersions

from ._go.programs import GoFact, programs

__all__ = ["GoPackages"]


class GoPackages(GoFact):
    """The modules whose programs are installed, with their versions; none for what was built from a working copy.

    Example:
        >>> host.get_fact(GoPackages)
        {'golang.org/x/tools': {'v0.1.12'}}
    """

    def process(self, output: list[str]) -> PackageVersions:
        modules: PackageVersions = {}
        for program in programs(output):
            modules.setdefault(program.module, set()).add(program.version)
        return modules
