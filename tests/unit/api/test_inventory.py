"""Inventories: order, groups, data, and precise messages for bad input."""

import logging

import pytest

from pyinfra._engine.model import connector_registry
from pyinfra.api import Inventory, InventoryError
from pyinfra.api.connectors import get_all_connectors, get_execution_connector
from pyinfra.api.exceptions import NoConnectorError, NoGroupError, NoHostError
from pyinfra.api.inventory import extract_name_data
from pyinfra.connectors.base import BaseConnector


class Ssh(BaseConnector):
    handles_execution = True


class Cloud(BaseConnector):
    @classmethod
    def make_names_data(cls, name=None):
        for number in (1, 2):
            yield f"@cloud/{name}{number}", {"_sudo": True, "size": number}, ["@cloud", "sized"]


class Broken(BaseConnector):
    @staticmethod
    def make_names_data(name=None):
        yield "just a name"


@pytest.fixture(autouse=True)
def _connectors(monkeypatch):
    connectors = {"ssh": Ssh, "cloud": Cloud, "broken": Broken}

    def load(name):
        if name not in connectors:
            raise NoConnectorError(f"there is no connector {name!r}")
        return connectors[name]

    monkeypatch.setattr("pyinfra._engine.model.inventory.load_connector", load)
    monkeypatch.setattr("pyinfra._engine.model.inventory.get_execution_connector", load)


def names(hosts):
    return [host.name for host in hosts]


def test_order_groups_and_data():
    inventory = Inventory(
        (["c", ("a", {"port": 1, "only": "a"}), "b"], {"port": 0, "base": True}),
        override_data={"over": 1},
        web=(["b", "a"], {"port": 2, "over": 2, "role": "web"}),
        eu=(["a", ("b", {"b_data": 1})], {"role": "eu"}),
    )
    assert names(inventory) == ["c", "a", "b"]
    assert len(inventory) == 3
    assert names(inventory.get_group("web")) == ["a", "b"]
    assert names(inventory.get_group("all")) == ["c", "a", "b"]
    a, b = inventory.get_host("a"), inventory.get_host("b")
    assert a.groups == ["web", "eu"]
    assert (a.data.port, a.data.over, a.data.role, a.data.base) == (1, 1, "eu", True)
    assert (b.data.port, b.data.b_data) == (2, 1)
    assert inventory.get_host("c").groups == []
    assert inventory.get_groups_data(["web", "eu"])["role"] == "eu"
    assert inventory.get_group_data("all") == {"port": 0, "base": True}
    assert inventory.get_host_data("a") == {"port": 1, "only": "a"}
    assert inventory.get_active_hosts() == []
    assert list(inventory.iter_activated_hosts()) == []
    assert inventory.len_active_hosts() == inventory.len_activated_hosts() == 0


def test_connectors_make_hosts():
    inventory = Inventory((["@cloud/x", "plain"], {}), mine=(["@cloud/x"], {"m": 1}))
    assert names(inventory) == ["@cloud/x1", "@cloud/x2", "plain"]
    host = inventory.get_host("@cloud/x2")
    assert host.groups == ["mine", "@cloud", "sized"]
    assert names(inventory.get_group("mine")) == ["@cloud/x1", "@cloud/x2"]
    assert (host.data._sudo, host.data.size, host.data.m) == (True, 2, 1)
    assert host.connector_cls is Ssh


def test_data_of_the_inventory_is_over_that_of_the_connector():
    inventory = Inventory(([("@cloud/x", {"size": 9})], {}))
    assert [host.data.size for host in inventory] == [9, 9]


def test_data_may_be_a_function():
    inventory = Inventory((["a"], lambda: {"x": 1}), g=(["a"], lambda: {"y": 2}))
    assert (inventory.get_host("a").data.x, inventory.get_host("a").data.y) == (1, 2)


def test_missing():
    inventory = Inventory((["web1"], {}), webs=(["web1"], {}))
    with pytest.raises(NoHostError, match="did you mean web1"):
        inventory.get_host("wbe1")
    with pytest.raises(NoGroupError, match="did you mean webs"):
        inventory.get_group("wbes")
    assert inventory.get_host("x", default=None) is None
    assert inventory.get_group("x", default=[]) == []
    assert len(Inventory.empty()) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("web1", "not a pair of hosts and data, but a str"),
        (["web1"], "but a list of 1"),
        (("web1", {}), "a single text, 'web1'"),
        ((3, {}), "no list, but a int"),
        (({"web1": {}}, {}), "no list, but a dict"),
        (([3], {}), "no text and no pair, but a int"),
        (([["a", {}]], {}), "no text and no pair, but a list"),
        (([("a",)], {}), "no pair of name and data, but 1 things"),
        (([(1, {})], {}), "whose name is no text, but a int"),
        (([("a", 3)], {}), "the data of the host 'a' is no dictionary, but a int"),
        ((["a"], [1]), "the data of the inventory is no dictionary, but a list of 1"),
        (([""], {}), "empty name"),
        ((["  "], {}), "empty name"),
        ((["a\nb"], {}), "control characters: 'a\\\\nb'"),
        ((["a\x1b"], {}), "control characters"),
        ((["a "], {}), "begins or ends with a blank"),
        (([("a", {"x": 1}), ("a", {"x": 2})], {}), "the host 'a' is given twice in the inventory.*: x"),
        ((["@broken"], {}), "made 'just a name'"),
    ],
)
def test_bad_input(given, message):
    with pytest.raises(InventoryError, match=message):
        Inventory(given)


def test_bad_group():
    with pytest.raises(InventoryError, match="the hosts of the group 'web' are a single text"):
        Inventory((["a"], {}), web=("a", {}))


def test_unknown_connector():
    with pytest.raises(NoConnectorError, match="no connector 'nope'"):
        Inventory((["@nope/x"], {}))


def test_duplicates_collapse_with_a_warning(caplog):
    with caplog.at_level(logging.WARNING, "pyinfra"):
        inventory = Inventory((["a", ("a", {"x": 1}), ("a", {"x": 1})], {}), g=(["a", "a", "b"], {}))
    assert names(inventory) == ["a"]
    assert inventory.get_host("a").data.x == 1
    assert inventory.get_host("a").groups == ["g"]
    assert "'a' is given twice in the inventory" in caplog.text
    assert "host 'b' that the inventory does not have" in caplog.text


def test_public_extract():
    assert extract_name_data(["a", ("b", {"x": 1})]) == [("a", {}), ("b", {"x": 1})]
    assert [name for name, _ in extract_name_data({"b", "a"})] == ["a", "b"]


def test_registry():
    assert {"ssh", "local", "fake"} <= set(connector_registry.connector_points())
    with pytest.raises(NoConnectorError, match="did you mean local"):
        get_execution_connector("locla")
    assert callable(get_all_connectors)
