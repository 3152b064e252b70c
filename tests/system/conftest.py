"""Fixtures for tests against real hosts; tests/lab/README.md tells what they give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import Host, Lab, ensure_base, ensure_busybox, why_not

_HERE = Path(__file__).parent
_LAB = pytest.StashKey[Lab]()


def _ours(items: list[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if _HERE in item.path.parents]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = _ours(items)
    reason = why_not() if ours else None
    for item in ours:
        item.add_marker(pytest.mark.system)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish(session: pytest.Session) -> None:
    # Building takes longer than a single test may, so it is done before the first; workers wait for each other.
    if _ours(session.items) and not session.config.option.collectonly and why_not() is None:
        ensure_base()
        ensure_busybox()


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config) -> Iterator[Lab]:
    with Lab() as lab:
        pytestconfig.stash[_LAB] = lab
        yield lab
        del pytestconfig.stash[_LAB]


@pytest.fixture(autouse=True)
def _faults_healed(pytestconfig: pytest.Config) -> Iterator[None]:
    yield
    if lab := pytestconfig.stash.get(_LAB, None):  # most tests of a run may not use it: it is not started for them
        lab.reset()


@pytest.fixture(scope="session")
def plain_hosts(lab: Lab) -> list[Host]:
    return lab.up(3)


@pytest.fixture(scope="session")
def hosts10(lab: Lab, plain_hosts: list[Host]) -> list[Host]:
    return [*plain_hosts, *lab.up(10 - len(plain_hosts))]


@pytest.fixture(scope="session")
def systemd_host(lab: Lab) -> Host:
    return lab.up(1, "systemd")[0]


@pytest.fixture(scope="session")
def busybox_host(lab: Lab) -> Host:
    return lab.up(1, "busybox")[0]


@pytest.fixture
def fresh_host(lab: Lab) -> Iterator[Host]:
    host = lab.take()
    yield host
    if host in lab.hosts:  # the test may have removed it
        lab.remove(host)
