"""Failures as blocks, of failures made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyinfra._core.events import EventBus, Failure, HostFailed, OperationEnded, OperationHostEnded, Phase
from pyinfra._core.locations import TraceLine
from pyinfra._core.records import changed
from pyinfra._report.console.failing import FailureTeller
from pyinfra._report.console.failures import failure_lines, same
from pyinfra._report.console.lines import Line
from pyinfra._report.view import Problem, ProblemKind

from .tape import HOSTILE, Tape, rerun

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

FULL = Failure(
    "web2", "the command failed with exit status 100", "hash", "Install nginx", "deploy.py:12",
    "apt-get install -y nginx\n--option *MASKED*", 100,
    ("Reading package lists...", "E: Unable to locate package nginx"),
    "run apt.update before, or set cache_time",
)  # fmt: skip
RAISED = Failure(
    "web1", "KeyError: 'port'", place="deploy.py:9", phase=Phase.DEPLOY,
    trace=(TraceLine("deploy.py:31", "<module>", "site(host.data)"),
           TraceLine("site.py:9", "site", "listen = data['port']")),
)  # fmt: skip


def text(*failures: Failure, **more: Any) -> str:
    lines = [line for hosts, failure in same(failures) for line in failure_lines(hosts, failure, 80, rerun, **more)]
    return "\n".join(line.render(False) for line in lines)


def with_host(failure: Failure, host: str, **more: Any) -> Failure:

    return changed(failure, host=host, **more)


def test_everything_that_can_be_known(snapshot: SnapshotAssertion) -> None:
    told = text(
        FULL,
        RAISED,
        Failure("web3", "sudo: a password is required", name="Start", command="systemctl start", exit_status=1),
        Failure("web4", "fact Users could not be read", phase=Phase.FACT, command="cat /etc/passwd", exit_status=2),
        Failure("web5", "no argument 'comands', did you mean 'commands'?", name="server.shell", place="deploy.py:3",
                phase=Phase.PLAN),
        Failure("web6", "", phase=Phase.EXECUTE),
    )  # fmt: skip
    assert told == snapshot


def test_the_same_on_many_hosts() -> None:
    hosts = [f"web{n}" for n in range(1, 41)]
    told = text(*(with_host(FULL, host, message=f"cannot write on {host}.") for host in hosts), total=40)
    assert told.startswith("--> Failed: Install nginx on all 40 hosts\n    cannot write on <host>.\n")
    assert "again:" not in told  # nobody wants to read that line


def test_what_only_looks_the_same() -> None:
    told = text(with_host(FULL, "web1", exit_status=1), with_host(FULL, "web2", exit_status=2))
    assert told.count("--> Failed") == 2
    told = text(with_host(FULL, "a", message="a bad day"), with_host(FULL, "b", message="a bad day"))
    assert told.count("--> Failed") == 2


def test_hostile_texts(snapshot: SnapshotAssertion) -> None:
    told = text(
        Failure(HOSTILE, HOSTILE, "hash", HOSTILE, HOSTILE, HOSTILE, 1, (HOSTILE, "--> Results"), HOSTILE,
                trace=(TraceLine(HOSTILE, HOSTILE, HOSTILE),))
    )  # fmt: skip
    assert sum(line.startswith("-->") for line in told.split("\n")) == 1
    assert not set(told) & set("\x1b\x07\r")
    assert told == snapshot


def test_problems(snapshot: SnapshotAssertion) -> None:
    tape = Tape()
    with tape.told() as view:
        for kind in ProblemKind:
            view.problem(Problem(kind, f"message of {kind.value}\nsecond line", "deploy.py:3", "do something else"))
        view.problem(Problem(ProblemKind.DEPLOY, "KeyError: 'port'", "site.py:9", trace=RAISED.trace))
        view.problem(Problem(ProblemKind.INTERNAL, HOSTILE, HOSTILE, HOSTILE))
        view.problem(Problem(ProblemKind.INTERRUPTED, ""))
    assert tape.out == ""
    assert tape.err == snapshot


def test_a_problem_does_not_repeat_what_failed() -> None:
    tape = Tape()
    view = tape.begin()
    view._failing._host_failed(0.0, HostFailed("web1", RAISED.message, RAISED))
    view.problem(Problem(ProblemKind.DEPLOY, RAISED.message, trace=RAISED.trace))
    view.problem(Problem(ProblemKind.FAILED, "No hosts remaining!", hint="web1: KeyError"))
    view.end(4)
    assert tape.err.count("site.py:9") == 1
    assert tape.err.endswith("--> Error: KeyError: 'port'\n--> Error: No hosts remaining!\n")


class Teller:
    """A teller of failures with a bus of its own."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.teller = FailureTeller(self._say, lambda: 80, ignored=True)
        self.handlers = self.teller.handlers()

    def _say(self, lines: list[Line]) -> None:
        self.told += [line.plain for line in lines]

    def happen(self, when: float, event: Any) -> None:
        self.handlers[type(event)](when, event)


def ended(failure: Failure, **more: Any) -> OperationHostEnded:
    return OperationHostEnded(failure.host, "hash", False, False, 1, 0.1, error=failure, **more)


def test_a_failure_is_told_once_though_it_is_heard_of_twice() -> None:
    teller = Teller()
    teller.happen(0, ended(FULL))
    teller.happen(0, HostFailed("web2", FULL.message, FULL))
    teller.teller.flush()
    assert sum(line.startswith("--> ") for line in teller.told) == 1


def test_failures_wait_for_others_but_not_for_long() -> None:
    teller = Teller()
    teller.happen(1.0, ended(FULL))
    teller.teller.tick(2.0)
    assert teller.told == []
    teller.happen(2.5, ended(with_host(FULL, "web3")))
    teller.teller.tick(4.1)
    assert teller.told[0] == "--> Failed: Install nginx on web2, web3"
    teller.told.clear()
    teller.happen(5.0, ended(with_host(FULL, "web4")))
    teller.teller.tick(9.0)
    assert teller.told == ["    Install nginx: failed in the same way on web4"]


def test_a_host_without_a_reason() -> None:
    teller = Teller()
    teller.happen(0, HostFailed("web1", "failed"))
    teller.teller.flush()
    assert teller.told == ["--> Failed on web1", "    failed"]


def test_events_that_nobody_here_knows_do_no_harm() -> None:
    tape = Tape()
    view = tape.begin()
    bus = EventBus()
    bus.subscribe(view._feed.put, OperationEnded)
    bus.emit(OperationEnded("no such operation", "x"))
    view.end(0)
    assert tape.text == ""
