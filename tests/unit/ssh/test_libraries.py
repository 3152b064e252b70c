from __future__ import annotations

import ctypes.util
import subprocess
import sys

import pytest

from pyinfra._transport.ssh import libraries
from pyinfra._transport.ssh.libraries import no_compiler_for_libraries


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setattr(libraries, "_CACHE", tmp_path / "ld.so.cache")
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so.1")
    return tmp_path / "ld.so.cache"


def test_what_the_loader_does_not_know_is_not_looked_for(cache):
    cache.write_bytes(b"glibc-ld.so.cache1.1\0libz.so.1\0/lib/libz.so.1\0")
    before = ctypes.util.find_library
    with no_compiler_for_libraries():
        assert ctypes.util.find_library("z") == "libz.so.1"
        assert ctypes.util.find_library("oqs") is None
    assert ctypes.util.find_library is before


def test_without_a_cache_everything_is_looked_for(cache):
    with no_compiler_for_libraries():
        assert ctypes.util.find_library("oqs") == "liboqs.so.1"


def test_libraries_may_be_elsewhere(cache, monkeypatch):
    cache.write_bytes(b"libz.so.1\0")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    with no_compiler_for_libraries():
        assert ctypes.util.find_library("oqs") == "liboqs.so.1"


@pytest.mark.skipif(not libraries._CACHE.exists(), reason="the loader of this system has no cache")
def test_no_compiler_is_started():
    program = (
        "import sys; started = []\n"
        "sys.addaudithook(lambda event, what: started.append(what[0]) if event == 'subprocess.Popen' else None)\n"
        "from pyinfra._transport.ssh import libraries; libraries.load()\n"
        "sys.exit(repr(started) if any('ldconfig' not in str(one) for one in started) else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
