"""The table of results, of reports made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyinfra._core.events import Failure, Phase
from pyinfra._report.console.results import results_lines
from pyinfra._report.results import HostStatus, OperationReport, Outcome, RunReport

from .tape import HOSTILE, widest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

WEB = tuple(f"web{n}" for n in range(1, 8))


def done(number: int, name: str, seconds: float = 0.0, nested: bool = False, **outcomes: Any) -> OperationReport:
    by_outcome = {Outcome[key.upper()]: tuple(hosts) for key, hosts in outcomes.items()}
    metas: dict[str, Any] = {host: None for hosts in by_outcome.values() for host in hosts}
    return OperationReport(f"h{number}", number, name, (name,), (), None, nested, metas, by_outcome, seconds, 0)


def text(*operations: OperationReport, statuses: dict[str, HostStatus] | None = None, width: int = 80,
         failures: tuple[Failure, ...] = (), names: bool = False, seconds: float = 8.1) -> str:  # fmt: skip
    found = statuses or dict.fromkeys(WEB, HostStatus.OK)
    lines = results_lines(RunReport(operations, found, failures, seconds), width, names)
    return "\n".join(line.render(False) for line in lines)


FULL = (
    done(1, "Install nginx", 4.123, changed=WEB[:5], failed=WEB[5:6], not_run=WEB[6:]),
    done(2, "Write the configuration of the web server and of everything that goes with it", 0.3,
         changed=WEB[:2], unchanged=WEB[2:5], not_run=WEB[5:]),
    done(3, "Account", unchanged=WEB[:5], not_run=WEB[5:]),
    done(4, "Perhaps", 75, ignored=WEB[:1], skipped=WEB[1:5], not_run=WEB[5:]),
    done(5, "Restart", 0.2, nested=True, changed=WEB[:1]),
)  # fmt: skip
FAILED = {**dict.fromkeys(WEB[:5], HostStatus.OK), "web6": HostStatus.FAILED, "web7": HostStatus.UNREACHABLE}
WHY = (
    Failure("web6", "the command failed with exit status 100\nand more", name="Install nginx"),
    Failure("web7", "cannot connect to web7: connection refused", phase=Phase.CONNECT),
)


def test_everything(snapshot: SnapshotAssertion) -> None:
    told = text(*FULL, statuses=FAILED, failures=WHY)
    assert widest(told) <= 80
    assert told == snapshot


def test_quiet_operations_are_folded_unless_asked_for(snapshot: SnapshotAssertion) -> None:
    quiet = [done(n, f"Operation {n}", unchanged=WEB) for n in range(2, 11)]
    loud = done(1, "Install nginx", 4.1, changed=WEB)
    assert text(loud, *quiet) == snapshot
    assert "Operation 7" in text(loud, *quiet, names=True)
    assert text(*quiet).split("\n")[2].split() == ["9", "operations", "63"]


@pytest.mark.parametrize("width", [60, 100, 120])
def test_other_widths(width: int) -> None:
    assert widest(text(*FULL, statuses=FAILED, failures=WHY, width=width)) <= width


def test_no_failed_host_is_hidden() -> None:
    names = [f"host{n:03}.example.org" for n in range(200)]
    statuses = {name: HostStatus.FAILED if n % 2 else HostStatus.OK for n, name in enumerate(names)}
    failures = tuple(Failure(name, f"{name}: no space left") for name in names[1::2])
    told = text(done(1, "Write", failed=names[1::2], changed=names[::2]), statuses=statuses, failures=failures)
    assert all(name in told for name in names[1::2])
    assert "failed: <host>: no space left" in told
    assert widest(told) <= 80


def test_hosts_that_failed_without_a_reason() -> None:
    told = text(statuses={"web1": HostStatus.FAILED})
    assert told == "--> Results\n    web1  failed\n    1 host: 1 failed (8.1 s)"


def test_nothing_ran() -> None:
    assert text(statuses={"web1": HostStatus.OK}, seconds=0.0) == "--> Results\n    1 host: 1 ok"


def test_hostile_names(snapshot: SnapshotAssertion) -> None:
    told = text(
        done(1, HOSTILE, failed=[HOSTILE]), statuses={HOSTILE: HostStatus.FAILED}, failures=(Failure(HOSTILE, HOSTILE),)
    )
    assert sum(line.startswith("-->") for line in told.split("\n")) == 1
    assert told == snapshot
