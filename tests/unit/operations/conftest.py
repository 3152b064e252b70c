"""This machine, and a directory of it, to apply operations to."""

from __future__ import annotations

import pytest

from .machine import Machine


@pytest.fixture
def machine() -> Machine:
    return Machine()
