"""How each contestant does a job: its command line and its environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import environments

# A message that is empty when all is well: the status of a process in the background is not waited for one by one.
_FLOOR = """
out=$(for h in $(cat "$2.names"); do ssh -F "$2.ssh" "$h" sh <"$1" >/dev/null || echo "$h" & done 2>&1; wait)
[ -z "$out" ] || { echo "$out"; exit 1; }
"""


@dataclass(frozen=True)
class Task:
    """One run to do.

    Attributes:
        job: the name of its file, without ending.
        hosts: where the hosts are written down, without the endings of the files.
        count: how many they are.
        state: a folder that the contestant keeps from run to run.
    """

    job: str
    hosts: Path
    count: int
    state: Path


@dataclass(frozen=True)
class Call:
    """A process to start.

    Attributes:
        command: its words.
        environment: variables beyond those of this process.
    """

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def call(who: str, task: Task, number: int) -> Call:
    """Return how a contestant does a task.

    Args:
        who: its name.
        task: what is to be done.
        number: of the run; ``ours`` has no record of earlier ones, ``ours-again`` has.
    """
    match who:
        case "ours":
            return _ours(["-m", "pyinfra", *_files(task), "-y"], task.state / f"new{number}")
        case "ours-again":
            return _ours(["-m", "pyinfra", *_files(task), "-y"], task.state)
        case "ours-api":
            return _ours(["api.py", f"{task.hosts}.py"], task.state / f"new{number}")
        case "rival":
            return Call([str(environments.rival()), "-m", "pyinfra", *_files(task), "-y"])
        case "rival-api":  # patched, as its command line is: that is the faster way
            python = str(environments.rival())
            return Call([python, "-m", "gevent.monkey", "api.py", f"{task.hosts}.py"])
        case "floor":
            return Call(["sh", "-c", _FLOOR, "floor", f"{task.job}.sh", str(task.hosts)])
        case "ansible":
            return _ansible(task, number, {})
        case "mitogen":
            return _ansible(task, number, _mitogen())
    raise ValueError(f"nobody is called {who!r}")


def _files(task: Task) -> list[str]:
    return [f"{task.hosts}.py", f"{task.job}.py"]


def _ours(words: Sequence[str], state: Path) -> Call:
    return Call([sys.executable, *words], {**environments.ours(), "XDG_STATE_HOME": str(state)})


def _ansible(task: Task, number: int, more: Mapping[str, str]) -> Call:
    playbook = environments.ansible().with_name("ansible-playbook")
    settings = {
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_FORKS": str(task.count),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(task.state / f"c{number}"),  # none is left open by the run before
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_HOME": str(task.state / "home"),
        "LC_ALL": "C.UTF-8",
    }
    return Call([str(playbook), "-i", f"{task.hosts}.ini", "ansible/server.yml"], {**settings, **more})


def _mitogen() -> dict[str, str]:
    found = environments.ansible().parents[1].glob("lib/python*/site-packages/ansible_mitogen/plugins/strategy")
    return {"ANSIBLE_STRATEGY": "mitogen_linear", "ANSIBLE_STRATEGY_PLUGINS": str(next(found))}
