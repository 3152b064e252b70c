"""--limit and --exclude."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyinfra.api import Inventory
from pyinfra.api.exceptions import InventoryError
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.words.selection import matching_hosts, select_hosts


def make() -> Inventory:
    return Inventory(
        (["web1", "web2", "db1", "db2", "@local"], {}),
        web=(["web1", "web2"], {}),
        db=(["db2", "db1"], {}),
        nobody=([], {}),
    )


def names(limit: list[str], exclude: list[str] = []) -> list[str]:  # noqa: B006
    found = select_hosts(make(), limit, exclude)
    assert found is not None
    return [host.name for host in found]


def test_nothing_asked_for_is_no_limit():
    assert select_hosts(make(), [], []) is None


@pytest.mark.parametrize(
    ("limit", "exclude", "expected"),
    [
        (["web1"], [], ["web1"]),
        (["db"], [], ["db1", "db2"]),
        (["all"], [], ["web1", "web2", "db1", "db2", "@local"]),
        (["*1"], [], ["web1", "db1"]),
        (["db", "web1"], [], ["web1", "db1", "db2"]),
        (["db,web1"], [], ["web1", "db1", "db2"]),
        (["@local"], [], ["@local"]),
        (["[wd]*2"], [], ["web2", "db2"]),
        ([], ["web"], ["db1", "db2", "@local"]),
        (["web"], ["*2"], ["web1"]),
        (["web*"], ["web2", "db1"], ["web1"]),
        (["web"], ["other*"], ["web1", "web2"]),
    ],
)
def test_selection(limit: list[str], exclude: list[str], expected: list[str]):
    assert names(limit, exclude) == expected


@pytest.mark.parametrize(
    ("limit", "exclude", "text"),
    [
        (["wbe1"], [], "--limit wbe1: there is no such host or group (did you mean web"),
        (["wbe*"], [], "--limit wbe*"),
        (["web1", "db3"], [], "--limit db3"),
        (["nobody"], [], "--limit nobody: the group has no hosts"),
        ([","], [], "--limit is empty"),
        ([], ["db3"], "--exclude db3"),
        (["web"], ["web"], "no host is left"),
        ([], ["all"], "no host is left"),
        (["WEB1"], [], "did you mean web1"),
    ],
)
def test_nothing_matched(limit: list[str], exclude: list[str], text: str):
    with pytest.raises(CliError) as caught:
        select_hosts(make(), limit, exclude)
    assert text in caught.value.message
    assert caught.value.exit_code == 2


def test_one_of_several_patterns_without_a_match(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "pyinfra"):
        assert names(["web*", "cache*"]) == ["web1", "web2"]
    assert "--limit cache*" in caplog.text


def test_no_hosts_at_all():
    with pytest.raises(InventoryError, match="no hosts"):
        select_hosts(Inventory(([], {})), [], [])


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_the_exact_name_of_a_host_is_never_a_pattern(name: str):
    if name != "all" and not name.startswith("@"):
        inventory = Inventory((["plain", name], {}))
        assert [host.name for host in select_hosts(inventory, [name]) or []] == [name]


@settings(deadline=None)
@given(st.text())
def test_any_word_can_be_looked_for(pattern: str):
    matching_hosts(make(), pattern)
