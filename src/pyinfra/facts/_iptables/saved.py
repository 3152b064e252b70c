"""What ``iptables.rule`` decides from: all rules of a table, and iptables' own word on one."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named
from pyinfra._engine.facts.base import FactBase, T
from pyinfra._lib.iptables.lines import rule_lines, saved_words
from pyinfra._lib.iptables.rules import rule_form
from pyinfra.facts._shell import word, words


def save_command(version: int, table: str) -> StringCommand:
    """Return what prints a table."""
    return StringCommand(f"{program(version)}-save", "-t", word(table))


def program(version: int) -> str:
    """Return the name of the program for a version of IP."""
    return "iptables" if version == 4 else "ip6tables"


def rules_resource(version: int, table: str) -> Resource:
    """What changes with the rules of a table."""
    return named(f"rules of {program(version)} {table}")


def chains_resource(version: int, table: str) -> Resource:
    """What changes with the chains of a table."""
    return named(f"chains of {program(version)} {table}")


class _Saved(FactBase[T]):
    """Base of what is read from a whole table."""

    abstract = True
    in_plans = False

    def command(self, table: str, version: int) -> StringCommand:
        return StringCommand("echo", str(int(version)), "&&", save_command(version, table))

    def requires_command(self, table: str, version: int) -> str:
        return f"{program(version)}-save"

    def resources(self, table: str, version: int) -> Iterable[Resource]:
        return [rules_resource(version, table)]


class SavedRules(_Saved[dict[str, int]]):
    """How many rules of a table say the same, by the text that is the same for all of these."""

    default = dict

    def process(self, output: list[str]) -> dict[str, int]:
        return dict(Counter(form for form, _ in _forms(output)))


class SavedWords(_Saved[dict[str, list[str]]]):
    """The rules of a table as they are shown, by the text that is the same for all that say the same."""

    default = dict

    def process(self, output: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for form, text in _forms(output):
            found.setdefault(form, []).append(text)
        return found


def _forms(output: list[str]) -> Iterator[tuple[str, str]]:
    version = 6 if output[:1] == ["6"] else 4
    for line in rule_lines(output):
        rule = saved_words(line)[1:]
        if rule:
            yield rule_form(rule, version).text, shlex.join(rule)


class RuleIsThere(FactBase[bool]):
    """Whether iptables itself finds a rule: it understands what it alone can, such as names of hosts."""

    default = bool
    in_plans = False

    def command(self, table: str, version: int, rule: str) -> StringCommand:
        given = words(word(part) for part in shlex.split(rule))
        # 4: something else is at work on the rules
        return StringCommand(
            program(version), "-w -t", word(table), "-C", given,
            ">/dev/null 2>&1; case $? in 0) echo yes ;; 4) exit 4 ;; esac",
        )  # fmt: skip

    def requires_command(self, table: str, version: int, rule: str) -> str:
        return program(version)

    def resources(self, table: str, version: int, rule: str) -> Iterable[Resource]:
        return [rules_resource(version, table), chains_resource(version, table)]

    def describe(self, table: str, version: int, rule: str) -> str:
        return f"rule {rule}"

    def process(self, output: list[str]) -> bool:
        return output == ["yes"]
