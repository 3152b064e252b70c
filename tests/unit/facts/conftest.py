from __future__ import annotations

import atexit
import shutil

import pytest

from .remote import Remote, busybox_directory, remotes


@pytest.fixture(params=remotes(), ids=lambda remote: remote.name)
def remote(request: pytest.FixtureRequest) -> Remote:
    """Each kind of shell in turn."""
    chosen: Remote = request.param
    return chosen


@atexit.register
def _remove_applets() -> None:
    directory = busybox_directory()
    if directory is not None:
        shutil.rmtree(directory, ignore_errors=True)
