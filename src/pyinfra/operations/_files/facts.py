"""What only these operations ask of a host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra.api import FactBase, QuoteString, StringCommand
from pyinfra.api.planning import Resource
from pyinfra.facts._shell import operand_word, path_resources, path_word, script, tree_resources


class FirstDiffering(FactBase["str | None"]):
    """The first entry of a tree whose owner, group or permissions are others; ``None`` when there is none.

    Symbolic links are not looked at: they have no permissions, and what they lead to is not part of the tree.
    """

    def command(
        self, path: str, user: str | None = None, group: str | None = None, mode: str | None = None
    ) -> StringCommand:
        tests = _any_of([*_owner_tests(user, group), *_mode_tests(mode)])
        find = StringCommand("find", operand_word(path), r"! -type l \(", *tests, r"\)", "-print")
        return StringCommand(find, "2>/dev/null | head -n 1")

    def resources(
        self, path: str, user: str | None = None, group: str | None = None, mode: str | None = None
    ) -> Iterable[Resource] | None:
        return tree_resources(path)

    def process(self, output: list[str]) -> str | None:
        return output[0] if output else None


Test = list[str | QuoteString]


def _owner_tests(user: str | None, group: str | None) -> Iterable[Test]:
    for option, value in (("-user", user), ("-group", group)):
        if value is not None:
            yield ["!", option, QuoteString(value)]


def _mode_tests(mode: str | None) -> Iterable[Test]:
    """Setuid and setgid of a directory are nothing that chmod takes away."""
    if mode is not None:
        bits = int(mode, 8)
        kept = " -o ".join(f"-perm {bits | special:o}" for special in (0o2000, 0o4000, 0o6000))
        yield ["!", "-perm", QuoteString(mode), rf"! \( -type d \( {kept} \) \)"]


def _any_of(tests: Sequence[Test]) -> Test:
    joined: Test = []
    for test in tests:
        joined += [*(["-o"] if joined else []), *test]
    return joined


class SameFile(FactBase[bool]):
    """Whether two paths are names of one file."""

    @staticmethod
    def default() -> bool:
        return False

    def command(self, path: str, other: str) -> StringCommand:
        return script("! [ ", path_word(path), " -ef ", path_word(other), " ] || echo yes")

    def resources(self, path: str, other: str) -> Iterable[Resource] | None:
        one, two = path_resources(path), path_resources(other)
        return None if one is None or two is None else (*one, *two)

    def describe(self, path: str, other: str) -> str:
        return f"link {path}"

    def process(self, output: list[str]) -> bool:
        return output == ["yes"]
