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
    """Order by area, and mark the tests that count."""
    for item in items:
        if _area(item) == "perf":
            item.add_marker(pytest.mark.perf)
    items.sort(key=lambda item: AREAS.index(_area(item)) if _area(item) in AREAS else 0)
