"""Packet filters on a real host, in a network namespace of its own, with both kinds of iptables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.iptables import Ip6tablesChains, IptablesChains, IptablesRules
from pyinfra.operations import iptables
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install


@pytest.fixture(scope="module")
def filtered(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1)
    install(host, tmp_path_factory.mktemp("iptables"), "iptables")
    host.sh("echo '192.0.2.77 db.example.test' >>/etc/hosts")
    yield host
    lab.remove(host)


@pytest.fixture(params=["nft", "legacy"])
def host(filtered: Host, request: pytest.FixtureRequest) -> Iterator[Host]:
    for tool in ("iptables", "ip6tables"):
        filtered.sh(f"update-alternatives --quiet --set {tool} /usr/sbin/{tool}-{request.param}")
        done = filtered.run([tool, "-L", "-n"], check=False)
        if done.returncode:
            pytest.skip(f"{tool}-{request.param} does not run here: {done.stderr}")
        for table in ("filter", "mangle", "nat"):
            filtered.sh(f"{tool} -t {table} -N toy")  # nothing leads there: the connection to the host is not to be cut
    yield filtered
    for tool in ("iptables", "ip6tables"):
        filtered.sh(f"for table in filter nat mangle; do {tool} -t $table -F; {tool} -t $table -X; done")


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


NAT: dict[str, Any] = {"table": "nat", "protocol": "tcp", "destination_port": 80}
# what is asked for, and the line that iptables-save has then
RULES: list[tuple[dict[str, Any], str]] = [
    ({"jump": "ACCEPT"}, "-j ACCEPT"),
    ({"jump": "ACCEPT", "protocol": "TCP"}, "-p tcp -j ACCEPT"),
    ({"jump": "ACCEPT", "protocol": "6", "destination_port": 22}, "-p tcp -m tcp --dport 22 -j ACCEPT"),
    ({"jump": "DROP", "not_protocol": "udp"}, "! -p udp -j DROP"),
    ({"jump": "DROP", "source": "10.1.2.3/8", "not_destination": "10.9.9.9"},
     "-s 10.0.0.0/8 ! -d 10.9.9.9/32 -j DROP"),
    ({"jump": "DROP", "not_source": "10.1.0.0/255.255.0.0", "destination": "10.2.3.4"},
     "! -s 10.1.0.0/16 -d 10.2.3.4/32 -j DROP"),
    ({"jump": "DROP", "in_interface": "eth+", "not_out_interface": "lo"},
     "-i eth+ ! -o lo -j DROP"),
    ({"jump": "DROP", "not_in_interface": "eth1", "out_interface": "eth0"},
     "! -i eth1 -o eth0 -j DROP"),
    ({"jump": "ACCEPT", "protocol": "udp", "source_port": "1024:", "destination_port": ":53"},
     "-p udp -m udp --sport 1024:65535 --dport 0:53 -j ACCEPT"),
    ({"jump": "ACCEPT", "protocol": "tcp", "extras": "-m multiport --dports 80,443"},
     "-p tcp -m multiport --dports 80,443 -j ACCEPT"),
    ({"jump": "ACCEPT", "protocol": "tcp", "extras": "! --syn"},
     "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT"),
    ({"jump": "ACCEPT", "protocol": "icmp", "extras": "--icmp-type echo-request"},
     "-p icmp -m icmp --icmp-type 8 -j ACCEPT"),
    ({"jump": "ACCEPT", "extras": "-m state --state RELATED,ESTABLISHED"},
     "-m state --state RELATED,ESTABLISHED -j ACCEPT"),
    ({"jump": "REJECT", "protocol": "tcp", "extras": "--reject-with tcp-reset"},
     "-p tcp -j REJECT --reject-with tcp-reset"),
    ({"jump": "REJECT"}, "-j REJECT --reject-with icmp-port-unreachable"),
    ({"jump": "LOG", "log_prefix": "it's $(a) \"b\": "}, r'-j LOG --log-prefix "it\'s $(a) \"b\": "'),
    ({"jump": "LOG", "log_prefix": "-x", "extras": "--log-level debug"}, "-j LOG --log-prefix -x --log-level 7"),
    ({"jump": "ACCEPT", "extras": "-m comment --comment 'for the $(website)'"},
     '-m comment --comment "for the $(website)" -j ACCEPT'),
    ({"jump": "ACCEPT", "extras": "-m limit --limit 5/minute"}, "-m limit --limit 5/min -j ACCEPT"),
    # for iptables itself to compare
    ({"jump": "ACCEPT", "source": "db.example.test"}, "-s 192.0.2.77/32 -j ACCEPT"),
    ({"jump": "ACCEPT", "extras": "-m mark --mark 1"}, "-m mark --mark 0x1 -j ACCEPT"),
    ({"jump": "ACCEPT", "extras": "-m limit"}, "-m limit --limit 3/hour -j ACCEPT"),
    ({"jump": "MARK", "table": "mangle", "extras": "--set-mark 5"},
     "-j MARK --set-xmark 0x5/0xffffffff"),
    ({**NAT, "jump": "DNAT", "to_destination": "10.0.0.5:8080"},
     "-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080"),
    ({**NAT, "jump": "REDIRECT", "to_ports": 8080}, "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080"),
    ({"table": "nat", "jump": "SNAT", "source": "10.0.0.0/8", "to_source": "192.0.2.1-192.0.2.1"},
     "-s 10.0.0.0/8 -j SNAT --to-source 192.0.2.1"),
    ({"table": "nat", "jump": "MASQUERADE", "protocol": "tcp", "out_interface": "eth0", "to_ports": "1000-2000"},
     "-o eth0 -p tcp -j MASQUERADE --to-ports 1000-2000"),
]  # fmt: skip


def saved(host: Host, table: str = "filter", tool: str = "iptables") -> list[str]:
    """What the host says of a table."""
    return [line for line in host.sh(f"{tool}-save -t {table}").split("\n") if line.startswith("-A ")]


def apply_all(machine: Machine, present: bool, changes: bool) -> None:
    """Have all rules in one run, and see that each of them is as it was planned."""

    def deploy() -> None:
        for wanted, _ in RULES:
            iptables.rule(**{"chain": "toy", **wanted}, present=present)

    with machine.run() as state:
        add_deploy(state, deploy)
        (one,) = state.inventory
        metas = [state.ops[one][key].operation_meta for key in state.get_op_order()]
        assert [meta.will_change for meta in metas] == [changes] * len(RULES)
        run_ops(state)
        assert [meta.did_change() for meta in metas] == [changes] * len(RULES)


def test_all_kinds_of_rules_come_and_go(machine: Machine, host: Host) -> None:
    apply_all(machine, present=True, changes=True)
    for table in ("filter", "nat", "mangle"):
        expected = [f"-A toy {line}" for wanted, line in RULES if wanted.get("table", "filter") == table]
        assert saved(host, table) == expected
    apply_all(machine, present=True, changes=False)
    apply_all(machine, present=False, changes=True)
    assert [*saved(host), *saved(host, "nat"), *saved(host, "mangle")] == []
    apply_all(machine, present=False, changes=False)


@pytest.mark.parametrize(
    "wanted",
    [{"protocol": "tcp", "destination_port": 22}, {"source": "db.example.test"}, {"extras": "-m mark --mark 1"},
     {"extras": "-m comment --comment 'for the $(website)'"}],
    ids=str,
)  # fmt: skip
def test_one_rule_keeps_its_promises(machine: Machine, host: Host, wanted: dict[str, Any]) -> None:
    meta = machine.apply(iptables.rule, chain="toy", jump="ACCEPT", **wanted)
    assert [(change.attribute, change.after) for change in meta.plan.changes] == [("present", True)]
    assert len(saved(host)) == 1
    machine.apply(iptables.rule, chain="toy", jump="ACCEPT", **wanted, present=False)
    assert saved(host) == []


def test_ipv6(machine: Machine, host: Host) -> None:
    wanted: dict[str, Any] = {"chain": "toy", "jump": "ACCEPT", "version": 6}
    rules: list[tuple[dict[str, Any], str]] = [
        ({"source": "FD00:0::1", "protocol": "tcp", "destination_port": 22},
         "-A toy -s fd00::1/128 -p tcp -m tcp --dport 22 -j ACCEPT"),
        ({"protocol": "icmpv6", "extras": "--icmpv6-type echo-request"},
         "-A toy -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT"),
        ({"not_destination": "fd00::ff/64"}, "-A toy ! -d fd00::/64 -j ACCEPT"),
    ]  # fmt: skip
    for more, _ in rules:
        machine.apply(iptables.rule, **wanted, **more)
    assert saved(host, tool="ip6tables") == [line for _, line in rules]
    machine.apply(iptables.chain, chain="app", version=6)
    assert machine.fact(Ip6tablesChains, table="filter")["app"] == "-"
    machine.apply(iptables.rule, **wanted, **rules[0][0], present=False)
    assert len(saved(host, tool="ip6tables")) == 2


def test_chains(machine: Machine, host: Host) -> None:
    machine.apply(iptables.chain, chain="app")
    machine.apply(iptables.chain, chain="FORWARD", policy="DROP")
    assert machine.fact(IptablesChains) == {
        "INPUT": "ACCEPT",
        "FORWARD": "DROP",
        "OUTPUT": "ACCEPT",
        "toy": "-",
        "app": "-",
    }
    assert "-P FORWARD DROP" in host.sh("iptables -S")
    machine.apply(iptables.chain, chain="FORWARD", policy="ACCEPT")
    machine.apply(iptables.rule, chain="app", jump="DROP")
    machine.apply(iptables.rule, chain="toy", jump="app")
    meta = machine.once(iptables.chain, chain="app", present=False, _ignore_errors=True)
    assert meta.did_error(), "a rule leads there"
    machine.apply(iptables.rule, chain="toy", jump="app", present=False)
    machine.apply(iptables.chain, chain="app", present=False)
    assert "app" not in host.sh("iptables-save")


def test_in_front_and_behind_and_what_others_wrote(machine: Machine, host: Host) -> None:
    host.sh("iptables -A toy -j ACCEPT -m comment --comment mine -m tcp -p tcp --dport 22 --sport 5; "
            "iptables -A toy -p tcp -j DROP; iptables -A toy -p tcp -j DROP -m tcp")  # fmt: skip
    wanted: dict[str, Any] = {
        "chain": "toy",
        "jump": "ACCEPT",
        "protocol": "tcp",
        "destination_port": 22,
        "source_port": 5,
    }
    machine.unchanged(iptables.rule, **wanted, extras="-m comment --comment mine")
    machine.apply(iptables.rule, chain="toy", jump="DROP", source="10.0.0.1,10.0.0.2", append=False)
    machine.apply(iptables.rule, chain="toy", jump="RETURN")
    lines = saved(host)
    assert [line.split()[3] for line in lines[:2]] == ["10.0.0.1/32", "10.0.0.2/32"]
    assert lines[-1] == "-A toy -j RETURN"
    assert [rule["jump"] for rule in machine.fact(IptablesRules)] == [
        "DROP",
        "DROP",
        "ACCEPT",
        "DROP",
        "DROP",
        "RETURN",
    ]
    machine.apply(iptables.rule, chain="toy", jump="DROP", protocol="tcp", present=False)
    machine.apply(iptables.rule, **wanted, extras="-m comment --comment mine", present=False)
    assert len(saved(host)) == 3


def test_a_whole_filter_is_planned_at_once(machine: Machine, host: Host) -> None:
    def deploy() -> None:
        iptables.chain(chain="app")
        iptables.rule(chain="app", jump="ACCEPT", protocol="tcp", destination_port=443)
        iptables.rule(chain="toy", jump="app", extras="-m comment --comment website")
        iptables.rule(chain="app", jump="ACCEPT", protocol="tcp", destination_port="443:443")
        iptables.chain(chain="FORWARD", policy="DROP")

    for expected in ([True, True, True, False, True], [False] * 5):
        with machine.run() as state:
            add_deploy(state, deploy)
            (one,) = state.inventory
            metas = [state.ops[one][key].operation_meta for key in state.get_op_order()]
            assert [meta.will_change for meta in metas] == expected
            run_ops(state)
            assert [meta.did_change() for meta in metas] == expected
    assert len(saved(host)) == 2
    host.sh("iptables -P FORWARD ACCEPT")
