"""What holds for all tests: tests on real hosts need root, and run after those that need nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# The cheap areas first: what they find need not be looked for on real hosts. Random order is kept within an area.
AREAS = ("unit", "surface", "docs", "contract", "perf", "system")
HERE = Path(__file__).parent


def _area(item: pytest.Item) -> str:
    try:
        return item.path.relative_to(HERE).parts[0]
    except ValueError:
        return ""


def _why_no_hosts() -> str | None:
    if sys.platform != "linux":
        return "real hosts are network namespaces, which only Linux has"
    if os.geteuid() != 0:
        return "real hosts need root: run scripts/test as root"
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order by area; mark and, where they cannot run, skip the tests on real hosts."""
    reason = _why_no_hosts()
    for item in items:
        area = _area(item)
        if area == "system":
            item.add_marker(pytest.mark.system)
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=reason))
        elif area == "perf":
            item.add_marker(pytest.mark.perf)
    items.sort(key=lambda item: AREAS.index(_area(item)) if _area(item) in AREAS else 0)
