"""Facts about packet filters of iptables.

Example:
    >>> host.get_fact(IptablesChains)
    {'INPUT': 'DROP', 'FORWARD': 'ACCEPT', 'OUTPUT': 'ACCEPT', 'app': '-'}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.iptables.lines import chain_policies, rule_lines, saved_words
from pyinfra._lib.iptables.rules import described

from ._faces import publish
from ._iptables.saved import chains_resource, rules_resource, save_command

__all__ = ["Ip6tablesChains", "Ip6tablesRules", "IptablesChains", "IptablesRules", "parse_iptables_rule"]


def parse_iptables_rule(line: str) -> dict[str, str | set[str]]:
    """Return what a line of ``iptables-save`` says of a rule.

    Args:
        line: ``-A INPUT -p tcp -j ACCEPT``.

    Raises:
        FactProcessError: the line is no rule.

    Example:
        >>> parse_iptables_rule("-A INPUT ! -s 10.0.0.0/8 -p tcp -j DROP")
        {'chain': 'INPUT', 'not_source': '10.0.0.0/8', 'protocol': 'tcp', 'jump': 'DROP'}
    """
    words = saved_words("".join(rule_lines([line])))
    if len(words) < 2:
        raise FactProcessError(f"this is no rule of iptables: {line!r}")
    return described(words[1:])


class IptablesRules(FactBase[list[dict[str, "str | set[str]"]]]):
    """The rules of a table for IPv4, in their order.

    Example:
        >>> host.get_fact(IptablesRules, table="nat")
        [{'chain': 'POSTROUTING', 'out_interface': 'eth0', 'jump': 'MASQUERADE'}]
    """

    default = list
    version: ClassVar[int] = 4

    def command(self, table: str = "filter") -> StringCommand:
        return save_command(self.version, table)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "iptables-save"

    def resources(self, table: str = "filter") -> Iterable[Resource]:
        return [rules_resource(self.version, table)]

    def describe(self, table: str = "filter") -> str:
        return f"rules of the {table} table for IPv{self.version}"

    def process(self, output: list[str]) -> list[dict[str, str | set[str]]]:
        return [parse_iptables_rule(line) for line in rule_lines(output)]


class Ip6tablesRules(IptablesRules):
    """The rules of a table for IPv6, in their order.

    Example:
        >>> host.get_fact(Ip6tablesRules, table="filter")
        [{'chain': 'INPUT', 'protocol': 'ipv6-icmp', 'jump': 'ACCEPT'}]
    """

    version = 6

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "ip6tables-save"


class IptablesChains(FactBase[dict[str, str]]):
    """The chains of a table for IPv4 with their policies: ``"-"`` is the one of a chain that is not built in.

    Example:
        >>> host.get_fact(IptablesChains, table="filter")
        {'INPUT': 'DROP', 'FORWARD': 'ACCEPT', 'OUTPUT': 'ACCEPT', 'app': '-'}
    """

    default = dict
    version: ClassVar[int] = 4

    def command(self, table: str = "filter") -> StringCommand:
        return save_command(self.version, table)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "iptables-save"

    def resources(self, table: str = "filter") -> Iterable[Resource]:
        return [chains_resource(self.version, table)]

    def describe(self, table: str = "filter") -> str:
        return f"chains of the {table} table for IPv{self.version}"

    def process(self, output: list[str]) -> dict[str, str]:
        return chain_policies(output)


class Ip6tablesChains(IptablesChains):
    """The chains of a table for IPv6 with their policies.

    Example:
        >>> host.get_fact(Ip6tablesChains, table="filter")
        {'INPUT': 'ACCEPT', 'FORWARD': 'ACCEPT', 'OUTPUT': 'ACCEPT'}
    """

    version = 6

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "ip6tables-save"


publish(globals(), __all__)
