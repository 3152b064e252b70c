"""The engine in a process whose standard library was patched by gevent before we were imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("gevent")

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import time
import gevent
from pyinfra._core.context import host
from pyinfra._engine.prepare.adding import add_op
from pyinfra._engine.execute.runs import run_ops
from tests.unit.engine.test_execution import call
from tests.unit.engine.toy import run, toy_state

def work():
    time.sleep(0.01)
    print(host.name, run("say nested").stdout)

state = toy_state(["one", "two"])
add_op(state, call, work, _serial=True)
result = add_op(state, run, "say hello")
run_ops(state)
print([meta.stdout for meta in result.values()], gevent.spawn(lambda: "gevent goes on").get())
"""


def test_a_patched_process():
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.stdout.splitlines() == ["one nested", "two nested", "['hello', 'hello'] gevent goes on"], ran.stderr
