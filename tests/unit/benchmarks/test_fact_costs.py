from __future__ import annotations

from benchmarks import fact_costs

from pyinfra.facts.deb import DebPackages
from pyinfra.facts.files import File
from pyinfra.facts.server import Kernel
from tests.system.hostile_values import all_facts


def test_all_facts_are_asked_with_the_arguments_of_their_examples() -> None:
    asked = {name: (command, program) for name, command, program in fact_costs.questions()}
    assert set(asked) == set(all_facts())
    assert len(asked) > 100
    assert all(command for command, _ in asked.values())
    assert "/etc/passwd" in asked["files.Sha1File"][0], "what an example speaks of, hosts may not have"


def test_commands_are_those_of_the_engine() -> None:
    assert fact_costs.question(Kernel, {}) == (Kernel().command(), "")
    assert fact_costs.question(DebPackages, {})[1] == "dpkg"
    batch = File().batch_command([{"path": "/etc"}]).get_raw_value()
    assert fact_costs.question(File, {"path": "/etc"}) == (batch, "")
