"""What operations of iptables do on a host that answers their questions, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationError
from pyinfra.facts._iptables.saved import RuleIsThere, SavedRules, SavedWords
from pyinfra.facts.iptables import Ip6tablesChains, IptablesChains
from pyinfra.operations import iptables

from .stub import commands_of

SAVED = ["4", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", '-A INPUT -m comment --comment "a b" -j DROP',
         "-A INPUT -m comment --comment twice -j DROP", "-A INPUT -m comment --comment twice -j DROP"]  # fmt: skip
FACTS = {SavedRules: SavedRules().process(SAVED), SavedWords: SavedWords().process(SAVED),
         IptablesChains: {"INPUT": "ACCEPT", "app": "-"}}  # fmt: skip


def rule(facts: Any = FACTS, **kwargs: Any) -> list[str]:
    return commands_of(iptables.rule, facts, **{"chain": "INPUT", "jump": "ACCEPT", **kwargs})


def chain(**kwargs: Any) -> list[str]:
    return commands_of(iptables.chain, FACTS, **kwargs)


def test_rules_are_added_in_front_or_behind():
    assert rule(protocol="TCP", destination_port=80) == [
        "iptables -w -t filter -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT"
    ]
    assert rule(append=False, version=6, source="fd00::1") == [
        "ip6tables -w -t filter -I INPUT -s fd00::1/128 -j ACCEPT"
    ]
    assert rule(append=False, source="10.0.0.1,10.0.0.2") == [
        "iptables -w -t filter -I INPUT -s 10.0.0.2/32 -j ACCEPT",
        "iptables -w -t filter -I INPUT -s 10.0.0.1/32 -j ACCEPT",
    ]


def test_what_is_there_is_known_again():
    assert rule(protocol="tcp", destination_port=22) == []
    assert rule(protocol="6", destination_port="22:22") == []
    assert rule(jump="DROP", extras="-m comment --comment 'a b'") == []


def test_rules_are_removed_as_they_were_written_and_as_often_as_they_are_there():
    assert rule(jump="DROP", extras="-m comment --comment 'a b'", present=False) == [
        "iptables -w -t filter -D INPUT -m comment --comment 'a b' -j DROP"
    ]
    assert rule(jump="DROP", extras="-m comment --comment twice", present=False) == [
        "iptables -w -t filter -D INPUT -m comment --comment twice -j DROP"
    ] * 2  # fmt: skip
    assert rule(jump="DROP", extras="-m comment --comment other", present=False) == []


def test_iptables_is_asked_about_what_it_alone_understands():
    facts = {**FACTS, RuleIsThere: True}
    assert rule(facts, source="db.example.org") == []
    assert rule(source="db.example.org") == ["iptables -w -t filter -A INPUT -s db.example.org -j ACCEPT"]
    (command,) = rule(facts, source="db.example.org", present=False)
    assert command == (
        "while iptables -w -t filter -C INPUT -s db.example.org -j ACCEPT 2>/dev/null; do "
        "iptables -w -t filter -D INPUT -s db.example.org -j ACCEPT || exit; done"
    )


def test_all_that_is_given_is_quoted():
    (command,) = rule(
        jump="LOG", log_prefix="$(id) ' ", extras="-m comment --comment '`id`;\"x\"'", in_interface="$(x)"
    )
    assert command == (
        "iptables -w -t filter -A INPUT -i '$(x)' -j LOG --log-prefix '$(id) '\"'\"' ' -m comment "
        "--comment '`id`;\"x\"'"
    )


@pytest.mark.parametrize(
    ("argument", "kwargs"),
    [
        ("chain", {"chain": "-F"}),
        ("chain", {"chain": "a b"}),
        ("chain", {"chain": "x" * 29}),
        ("jump", {"jump": "--x"}),
        ("table", {"table": "nut"}),
        ("version", {"version": 5}),
        ("protocol", {"protocol": "-x"}),
        ("protocol", {"destination_port": 22}),
        ("protocol", {"not_protocol": "tcp", "source_port": 22}),
        ("not_source", {"source": "10.0.0.1", "not_source": "10.0.0.2"}),
        ("not_source", {"not_source": "10.0.0.1,10.0.0.2"}),
        ("source", {"source": "10.0.0.1/33"}),
        ("source", {"source": "fd00::1"}),
        ("source", {"source": "--help"}),
        ("source", {"source": "a;b"}),
        ("destination", {"destination": "10.0.0.1", "version": 6}),
        ("in_interface", {"in_interface": "x" * 16}),
        ("not_out_interface", {"not_out_interface": "-o"}),
        ("destination_port", {"protocol": "tcp", "destination_port": 65536}),
        ("destination_port", {"protocol": "tcp", "destination_port": "80,443"}),
        ("destination_port", {"protocol": "tcp", "destination_port": True}),
        ("source_port", {"protocol": "tcp", "source_port": "-1"}),
        ("to_destination", {"jump": "DNAT", "to_destination": "1.2.3.4"}),
        ("to_source", {"jump": "DNAT", "table": "nat", "to_source": "1.2.3.4"}),
        ("to_destination", {"jump": "DNAT", "table": "nat", "to_destination": "-x y"}),
        ("to_ports", {"to_ports": 80}),
        ("log_prefix", {"log_prefix": "x"}),
        ("log_prefix", {"jump": "LOG", "log_prefix": "x" * 30}),
        ("log_prefix", {"jump": "LOG", "log_prefix": "x\ny"}),
        ("extras", {"extras": "'"}),
        ("extras", {"extras": "-t nat"}),
        ("extras", {"extras": "--modprobe=/tmp/x"}),
        ("extras", {"extras": 5}),
    ],
)
def test_what_makes_no_sense_is_refused(argument: str, kwargs: dict[str, Any]):
    with pytest.raises(OperationError) as caught:
        rule(**kwargs)
    assert caught.value.details.argument == argument


def test_chains():
    assert chain(chain="new") == ["iptables -w -t filter -N new"]
    assert chain(chain="app") == chain(chain="INPUT", policy="ACCEPT") == chain(chain="x", present=False) == []
    assert chain(chain="app", present=False) == ["iptables -w -t filter -F app", "iptables -w -t filter -X app"]
    assert chain(chain="INPUT", policy="DROP") == ["iptables -w -t filter -P INPUT DROP"]
    assert chain(chain="OUTPUT", policy="ACCEPT") == [], "a table that nobody used shows no chains in some versions"
    facts = {Ip6tablesChains: {"PREROUTING": "ACCEPT"}}
    assert commands_of(iptables.chain, facts, chain="x", version=6, table="nat") == ["ip6tables -w -t nat -N x"]


@pytest.mark.parametrize(
    ("argument", "kwargs"),
    [
        ("chain", {"chain": "INPUT", "present": False}),
        ("policy", {"chain": "app", "policy": "DROP"}),
        ("policy", {"chain": "INPUT", "policy": "drop"}),
        ("policy", {"chain": "app", "policy": "DROP", "present": False}),
        ("chain", {"chain": ""}),
        ("chain", {"chain": 5}),
        ("version", {"chain": "app", "version": "4"}),
    ],
)
def test_what_chains_cannot(argument: str, kwargs: dict[str, Any]):
    with pytest.raises(OperationError) as caught:
        chain(**kwargs)
    assert caught.value.details.argument == argument
