from __future__ import annotations

import pytest

from .servers import Places


@pytest.fixture
def places(tmp_path, monkeypatch):
    places = Places(tmp_path)
    monkeypatch.setenv("HOME", str(places.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return places
