"""The session suite on every POSIX shell that is installed here."""

from __future__ import annotations

import shutil

import pytest

from pyinfra._transport.local import LocalLink

from .session_suite import Place, SessionSuite

SHELLS = {
    "dash": ("dash",),
    "bash": ("bash",),
    "bash as sh": ("bash", "--posix"),
    "busybox": ("busybox", "sh"),
    "mksh": ("mksh",),
    "zsh": ("zsh", "--emulate", "sh"),
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> tuple[str, ...]:
    name, *arguments = SHELLS[request.param]
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return (path, *arguments)


class TestLocalSession(SessionSuite):
    @pytest.fixture
    def place(self, shell: tuple[str, ...], tmp_path) -> Place:
        return Place(lambda: LocalLink(command=shell), str(tmp_path))
