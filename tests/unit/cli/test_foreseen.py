"""Which facts the text of a deploy file says it will ask for."""

from __future__ import annotations

import pytest

from pyinfra_cli.run.ahead import reading_ahead
from pyinfra_cli.run.foreseen import Foreseen, foreseen_facts

IMPORTS = """
from pyinfra import host
from pyinfra.facts import deb, server
from pyinfra.facts.files import File as Known
from pyinfra.facts.server import Users
from elsewhere.facts import Groups
"""
USERS = Foreseen("pyinfra.facts.server:Users", (), {})
PACKAGES = Foreseen("pyinfra.facts.deb:DebPackages", (), {})


def seen(text: str) -> list[Foreseen]:
    return foreseen_facts(IMPORTS + text)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("host.get_fact(Users)", [USERS]),
        ("x = host.get_fact(deb.DebPackages)", [PACKAGES]),
        ("for fact in (Users, deb.DebPackages):\n    host.get_fact(fact)", [USERS, PACKAGES]),
        ("host.get_fact(Known, '/etc/hosts')", [Foreseen("pyinfra.facts.files:File", ("/etc/hosts",), {})]),
        ("host.get_fact(Known, path='/a')", [Foreseen("pyinfra.facts.files:File", (), {"path": "/a"})]),
        ("if 'ann' in host.get_fact(Users):\n    host.get_fact(server.Date)", [USERS]),
        ("a = x or host.get_fact(Users)", []),
        ("a = host.get_fact(Users) if x else None", []),
        ("while x:\n    host.get_fact(Users)", []),
        ("def later(users: Users):\n    host.get_fact(Users)", []),
        ("later = lambda: host.get_fact(Users)", []),
        ("try:\n    host.get_fact(Users)\nexcept OSError:\n    host.get_fact(server.Date)", [USERS]),
        ("match host.get_fact(Users):\n    case _:\n        host.get_fact(server.Date)", [USERS]),
        ("users: Users = host.get_fact(Users)", [USERS]),
        ("users: Users", []),
    ],
)
def test_what_runs_in_any_case(text: str, facts: list[Foreseen]) -> None:
    assert seen(text) == facts


@pytest.mark.parametrize(
    "call",
    ["Known, path=where", "Users, _sudo=True", "Users, **options", "Known, *paths", "Groups", "host.data.fact"],
)
def test_what_the_text_does_not_tell_is_left_alone(call: str) -> None:
    assert seen(f"host.get_fact({call})") == []


def test_arguments_are_read_too() -> None:
    assert seen("host.get_fact(Known, path=host.get_fact(Users)['ann']['home'])") == [USERS]


def test_files_are_read_ahead(tmp_path) -> None:
    (tmp_path / "one.py").write_text(IMPORTS + "host.get_fact(Users)")
    (tmp_path / "two.py").write_text("from pyinfra.operations import server\n")
    (tmp_path / "wrong.py").write_text("get_fact(")
    with reading_ahead([str(tmp_path / name) for name in ("wrong.py", "one.py", "two.py", "none.py")]) as facts:
        pass
    assert facts == [USERS]
