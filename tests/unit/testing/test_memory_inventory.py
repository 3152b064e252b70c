from __future__ import annotations

import re

from pyinfra.api import Config, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.facts import get_facts
from pyinfra.facts.server import Command as CommandFact
from pyinfra.testing import Upload, commands_of, memory_inventory, requests_of


def test_hosts_answer_and_remember() -> None:
    inventory = memory_inventory(
        {"web1": {"hostname": "one"}, "web2": lambda request: ("two", "", 0)},
        data={"colour": "blue"},
        groups={"odd": ["web1"]},
    )
    state = State(inventory=inventory, config=Config())
    connect_all(state)
    web1, web2 = inventory.get_host("web1"), inventory.get_host("web2")
    assert get_facts(state, CommandFact, kwargs={"command": "hostname"}) == {web1: "one", web2: "two"}
    assert web1.data.colour == "blue"
    assert web1.groups == ["odd"]
    assert commands_of(web1) == ["hostname"]
    disconnect_all(state)
    assert commands_of(web2) == ["hostname"]


def test_files_are_kept_too(tmp_path) -> None:
    inventory = memory_inventory(["web1"], user="deploy")
    state = State(inventory=inventory, config=Config())
    connect_all(state)
    host = inventory.get_host("web1")
    (tmp_path / "file").write_text("x")
    assert host.put_file(str(tmp_path / "file"), "/etc/motd")
    [request] = requests_of(host)
    assert isinstance(request, Upload)
    assert request.path == "/etc/motd"
    disconnect_all(state)


def test_patterns_and_failures() -> None:
    inventory = memory_inventory({"web1": {re.compile("^rm"): False}})
    state = State(inventory=inventory, config=Config())
    connect_all(state)
    host = inventory.get_host("web1")
    from pyinfra.api import StringCommand

    assert host.run_shell_command(StringCommand("rm", "/x"))[0] is False
    assert host.run_shell_command(StringCommand("ls"))[0] is True
    disconnect_all(state)
