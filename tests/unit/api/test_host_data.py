"""Data of hosts: the first layer that has a key gives its value."""

import pytest

from pyinfra._engine.model.host_data import data_version
from pyinfra.api.host import HostData, extract_callable_datas


def make(**top):
    return HostData("web1", top, lambda: {"a": 1, "items": [1], "version": "1.2"}, {"a": 2, "b": 3, "none": None})


def test_layers():
    data = make(t=0)
    assert (data.t, data.a, data.b, data.none) == (0, 1, 3, None)
    assert data.dict() == {"a": 1, "b": 3, "items": [1], "none": None, "t": 0, "version": "1.2"}
    assert data.version == "1.2"
    assert data.get("b") == 3
    assert data.get("zzz", 5) == 5
    assert data.get("none", 5) is None
    assert "b" in data
    assert "zzz" not in data


def test_assignment_is_over_all():
    data = make(a=0)
    before = data_version(data)
    data.a = 7
    assert data.a == 7
    assert data_version(data) != before
    assert data.override_datas == {"a": 7}
    del data.a
    assert data.a == 0
    with pytest.raises(AttributeError):
        del data.b


def test_containers_are_copies():
    data = make()
    data.items.append(2)
    data.get("items").append(3)
    assert data.items == [1]


def test_what_cannot_be_copied_is_given_out_itself():
    class Stubborn:
        def __reduce_ex__(self, protocol):
            raise RuntimeError

    thing = Stubborn()
    assert make(thing=thing).thing is thing


def test_missing_keys():
    with pytest.raises(AttributeError, match=r"web1 has no data 'item' \(did you mean items\?\)"):
        _ = make().item
    assert not hasattr(make(), "__wrapped__")


def test_repr_shows_no_values():
    assert "hunter2" not in repr(make(ssh_password="hunter2"))
    assert "ssh_password" in str(make(ssh_password="hunter2"))


def test_layers_may_be_functions_of_functions():
    assert list(extract_callable_datas([lambda: lambda: {"a": 1}, {}, {"b": 1}])) == [{"a": 1}, {"b": 1}]
