"""``iptables.rule``: a rule of a chain."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterable, Iterator, Mapping

from pyinfra import host
from pyinfra._lib.iptables.rules import RuleForm, rule_form
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import change, prefetch, promise
from pyinfra.facts._iptables.saved import RuleIsThere, SavedRules, SavedWords, program
from pyinfra.operations._public import public_in

from .names import checked_name, checked_table, checked_version
from .words import rules_in_words


@operation()
@public_in("iptables")
def rule(
    chain: str,
    jump: str,
    present: bool = True,
    table: str = "filter",
    append: bool = True,
    version: int = 4,
    protocol: str | None = None,
    not_protocol: str | None = None,
    source: str | None = None,
    not_source: str | None = None,
    destination: str | None = None,
    not_destination: str | None = None,
    in_interface: str | None = None,
    not_in_interface: str | None = None,
    out_interface: str | None = None,
    not_out_interface: str | None = None,
    to_destination: str | None = None,
    to_source: str | None = None,
    to_ports: int | str | None = None,
    log_prefix: str | None = None,
    destination_port: int | str | None = None,
    source_port: int | str | None = None,
    extras: str = "",
) -> Generator[StringCommand, None, None]:
    """Ensure that a chain has a rule, or that it has none like it.

    A rule that is anywhere in its chain is left there. However a rule was written, it is known again: by what it says.

    Args:
        chain: the chain.
        jump: what is done with packets: ``ACCEPT``, ``DROP``, ``REJECT``, ``LOG``, ``DNAT``, another chain.
        present: whether it shall be there.
        table: the table that the chain is in.
        append: put a new rule behind all others; False for before them.
        version: of IP: 4 or 6.
        protocol: ``tcp``, ``udp``, ``icmp``, or a number.
        not_protocol: any but this one.
        source: address or network that packets come from: ``10.0.0.0/8``; several with commas make several rules.
        not_source: any but this one.
        destination: address or network that packets go to.
        not_destination: any but this one.
        in_interface: where packets come in: ``eth0``, ``eth+``.
        not_in_interface: any but this one.
        out_interface: where packets go out.
        not_out_interface: any but this one.
        to_destination: for ``DNAT``: ``10.0.0.5:8080``.
        to_source: for ``SNAT``: ``192.0.2.1``.
        to_ports: for ``REDIRECT`` and ``MASQUERADE``: ``8080``, ``8080-8090``.
        log_prefix: for ``LOG``: text that lines begin with, 29 characters at most.
        destination_port: port that packets go to, or a range: ``1000:2000``. Needs ``protocol``.
        source_port: port that packets come from.
        extras: more of the rule, as on a command line: ``-m comment --comment "the website"``.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument cannot be understood, or does not go with the others.

    Example:
        iptables.rule(chain="INPUT", jump="ACCEPT", protocol="tcp", source="192.0.2.0/24", destination_port=22)
    """
    name, table, version = checked_name(chain, "chain"), checked_table(table), checked_version(version)
    rules = rules_in_words(
        table, version, jump=jump, extras=extras,
        matches={"protocol": protocol, "source": source, "destination": destination,
                 "in_interface": in_interface, "out_interface": out_interface},
        excluded={"protocol": not_protocol, "source": not_source, "destination": not_destination,
                  "in_interface": not_in_interface, "out_interface": not_out_interface},
        between={"source_port": source_port, "destination_port": destination_port},
        target={"to_destination": to_destination, "to_source": to_source, "to_ports": to_ports,
                "log_prefix": log_prefix},
    )  # fmt: skip
    wanted = [_Rule([name, *words], table, version) for words in rules]
    for one in wanted:
        one.prefetch(present)
    saved: dict[str, int | None] = dict(host.get_fact(SavedRules, table=table, version=version))
    differing = [one for one in wanted if one.is_there(saved) != present]
    if not differing:
        host.noop(f"the rule {wanted[0].shown} {'exists' if present else 'does not exist'}")
        return
    for one in differing if append or not present else reversed(differing):
        yield from one.add("-A" if append else "-I") if present else one.remove()
    _promise(differing, saved, present)


class _Rule:
    """One rule as it is wanted."""

    def __init__(self, words: list[str], table: str, version: int) -> None:
        self.words = words
        self.table = table
        self.version = version
        self.form: RuleForm = rule_form(words, version)
        self.shown = shlex.join(words)
        self._tool = StringCommand(program(version), "-w -t", QuoteString(table))

    def prefetch(self, present: bool) -> None:
        """Start to read what is there."""
        prefetch(SavedRules, table=self.table, version=self.version)
        if not present:
            prefetch(SavedWords, table=self.table, version=self.version)
        if not self.form.certain:
            prefetch(RuleIsThere, table=self.table, version=self.version, rule=self.shown)

    def is_there(self, saved: Mapping[str, int | None]) -> bool:
        """Whether the chain has it."""
        if saved.get(self.form.text) or self.form.certain:
            return bool(saved.get(self.form.text))
        return bool(host.get_fact(RuleIsThere, table=self.table, version=self.version, rule=self.shown))

    def add(self, how: str) -> Iterator[StringCommand]:
        """Yield what puts it there."""
        yield self._command(how, self.words)

    def remove(self) -> Iterator[StringCommand]:
        """Yield what removes it, however often it is there: as it was written, and as it is wanted not to be."""
        written = host.get_fact(SavedWords, table=self.table, version=self.version).get(self.form.text)
        for text in written or ():
            yield self._command("-D", shlex.split(text))
        if not written:
            check, delete = self._command("-C", self.words), self._command("-D", self.words)
            yield StringCommand("while", check, "2>/dev/null; do", delete, "|| exit; done")

    def promise(self, saved: dict[str, int | None], present: bool) -> None:
        """Say what will be there of it."""
        change(f"{program(self.version)} rule {self.shown} in {self.table}", "present",
               None if present else True, True if present else None)  # fmt: skip
        saved.pop(self.form.text, None)
        if self.form.certain:
            saved.update({self.form.text: 1} if present else {})
            return
        promise(RuleIsThere, present, table=self.table, version=self.version, rule=self.shown)
        if not present:  # it may have been any of those that do the same in this chain
            saved.update({text: None for text in saved if text.startswith(self.form.beginning)})

    def _command(self, how: str, words: Iterable[str]) -> StringCommand:
        return StringCommand(self._tool, how, *map(QuoteString, words))


def _promise(rules: list[_Rule], saved: dict[str, int | None], present: bool) -> None:
    for one in rules:
        one.promise(saved, present)
    exact = all(one.form.certain for one in rules)
    promise(SavedRules, saved, exact=exact, table=rules[0].table, version=rules[0].version)
