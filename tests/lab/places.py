"""Where the lab keeps things on this machine."""

from __future__ import annotations

import os
from pathlib import Path

RUN = Path("/run/pyinfra-lab")  # one folder for each running lab
PROJECT = Path(__file__).resolve().parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class LabError(Exception):
    """The lab cannot do what was asked."""


def cache() -> Path:
    """The folder of built root file systems."""
    if given := os.environ.get("LAB_CACHE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pyinfra-lab"


def state(name: str) -> Path:
    return RUN / name


def host_state(name: str, host: str) -> Path:
    return state(name) / "hosts" / host
