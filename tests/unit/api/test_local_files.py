"""Files of this machine."""

import hashlib
import os
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest

from pyinfra._core.context import current_file
from pyinfra.api.util import (
    get_file_io,
    get_file_md5,
    get_file_path,
    get_file_sha1,
    get_file_sha256,
    get_path_permissions_mode,
)


@pytest.mark.parametrize("source", [StringIO("é\n"), BytesIO("é\n".encode())])
def test_conversion_and_rewinding(source):
    for mode, expected in (("rb", "é\n".encode()), ("r", "é\n")) * 2:
        with get_file_io(source, mode) as file:
            assert file.read() == expected
    assert source.tell() == 0
    assert not source.closed


def test_paths(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"a\xff")
    with get_file_io(str(path)) as file:
        assert file.read() == b"a\xff"
    assert file.closed
    assert get_file_io(str(path)).cache_key == str(path)
    assert get_file_io(BytesIO()).cache_key is None
    with pytest.raises(TypeError):
        get_file_io(3)


def test_sums_follow_the_file(tmp_path):
    path = tmp_path / "x"
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        assert get_file_sha1(str(path)) == hashlib.sha1(content).hexdigest()
    os.utime(path, (1, 1))
    assert get_file_sha256(str(path)) == hashlib.sha256(b"three").hexdigest()
    assert get_file_md5(BytesIO(b"three")) == get_file_md5(StringIO("three")) == get_file_md5(str(path))


def test_sums_are_remembered(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"content")
    monkeypatch.setattr("pyinfra._engine.controller.files._SETTLED_AFTER_NS", -1)
    first = get_file_sha1(str(path))
    monkeypatch.setattr("pyinfra._engine.controller.files._digest", lambda *_: "anew")
    assert get_file_sha1(str(path)) == first
    path.write_bytes(b"longer content")
    assert get_file_sha1(str(path)) == "anew"


def test_where_files_are():
    state = SimpleNamespace(cwd="/work", current_exec_filename="/work/tasks/web.py")
    assert get_file_path(state, "a/b") == "/work/a/b"
    assert get_file_path(state, "/etc/x") == "/etc/x"
    assert get_file_path(state, "./x") == "/work/tasks/x"
    token = current_file.set("/other/deploy.py")
    try:
        assert get_file_path(state, "./x") == "/other/x"
    finally:
        current_file.reset(token)


def test_mode(tmp_path):
    path = tmp_path / "x"
    path.touch()
    path.chmod(0o1640)
    assert get_path_permissions_mode(str(path)) == "1640"
    path.chmod(0o640)
    assert get_path_permissions_mode(str(path)) == "640"
