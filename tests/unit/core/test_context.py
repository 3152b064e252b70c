"""Proxies stand for what is set, and everything that is set for a block is gone after it."""

import contextvars
import copy
import threading

import pytest

from pyinfra._core.context import ContextManager, ContextNotSetError, ContextObject, LocalContextObject
from pyinfra.context import BaseLoader


class Thing:
    kind = "class"

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Thing) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __len__(self):
        return 2

    def __iter__(self):
        return iter("ab")

    def __repr__(self):
        return f"Thing({self.name})"


@pytest.fixture(params=[ContextObject, LocalContextObject])
def manager(request):
    return ContextManager("thing", request.param)


def test_unset(manager):
    proxy = manager.context
    assert not manager.isset()
    assert not proxy
    with pytest.raises(ContextNotSetError, match=r"no thing here.*thing\.name"):
        _ = proxy.name
    assert not hasattr(proxy, "name")
    with pytest.raises(TypeError):
        proxy.name = "x"
    manager.set_base(Thing)
    assert proxy.kind == "class"
    with pytest.raises(AttributeError):
        _ = proxy.name


def test_the_base_may_be_loaded_later(manager):
    loaded = []
    manager.set_base(BaseLoader(lambda: loaded.append(1) or Thing))
    assert loaded == []
    assert (manager.context.kind, manager.context.kind) == ("class", "class")
    assert loaded == [1]


def test_delegation(manager):
    thing, proxy = Thing("a"), manager.context
    manager.set(thing)
    assert proxy.name == "a"
    proxy.name = "b"
    assert thing.name == "b"
    assert list(proxy) == ["a", "b"]
    assert len(proxy) == 2
    assert "a" in proxy
    assert proxy == Thing("b")
    assert hash(proxy) == hash(thing)
    assert "name" in dir(proxy)
    assert str(proxy) == "Thing(b)"
    assert "Thing(b)" in repr(proxy)
    assert copy.copy(proxy) is proxy
    assert copy.deepcopy([proxy])[0] is proxy
    del proxy.name
    assert not hasattr(proxy, "name")
    manager.reset()
    assert manager.get() is None


def test_use_restores_after_an_error(manager):
    manager.set("outer")

    def fails():
        with manager.use("inner"):
            assert manager.get() == "inner"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert manager.get() == "outer"
    with manager.use("inner"):
        manager.set("changed")
        assert manager.get() == "changed"
    assert manager.get() == "outer"


def test_a_block_left_in_another_context(manager):
    def generator():
        with manager.use("inner"):
            yield

    running = generator()
    next(running)
    contextvars.copy_context().run(running.close)
    manager.reset()


def _in_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_what_threads_see():
    shared, local = ContextManager("shared", ContextObject), ContextManager("local", LocalContextObject)
    shared.set(1)
    local.set(1)
    assert (_in_thread(shared.get), _in_thread(local.get)) == (1, None)
    with shared.use(2):
        assert (shared.get(), _in_thread(shared.get)) == (2, 1)
    shared.set_local(3)
    assert (shared.get(), _in_thread(shared.get)) == (3, 1)
