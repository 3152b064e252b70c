"""What holds for all tests: those that need nothing run before those on real hosts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# What one test asks of a host is no lesson for others, nor for whoever runs the tests.
os.environ["PYINFRA_PREFETCH"] = "0"

# Suites and helpers are no test modules: without this a failed assertion in them does not say what it compared.
pytest.register_assert_rewrite("tests.contract.session_suite", "tests.system", "tests.unit")

# What a cheap area finds need not be looked for on real hosts. Within an area the order stays random.
AREAS = ("unit", "surface", "docs", "contract", "perf", "system")
HERE = Path(__file__).parent


def _area(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order by area, and mark the tests that count and those on real hosts.

    Networks, init systems and daemons of real hosts are late now and then on a busy machine: a test there that fails is
    run once more. That it failed is shown at the end, with everything that is known, for somebody to look at.
    """
    for item in items:
        if _area(item) == "perf":
            item.add_marker(pytest.mark.perf)
        if _area(item) == "system":
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: AREAS.index(_area(item)) if _area(item) in AREAS else 0)


_FAILED_FIRST = pytest.StashKey[list[pytest.TestReport]]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep what failed at first."""
    config.stash[_FAILED_FIRST] = reports = []

    class Keeper:
        @staticmethod
        def pytest_runtest_logreport(report: pytest.TestReport) -> None:
            if report.outcome == "rerun":
                reports.append(report)

    config.pluginmanager.register(Keeper())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show why tests were run again."""
    for report in config.stash[_FAILED_FIRST]:
        terminalreporter.section(f"failed at first: {report.nodeid}", sep="_")
        report.toterminal(terminalreporter._tw)
