"""JSON of anything: valid for every parser, and without secrets."""

from __future__ import annotations

import io
import json
import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._report.encoding import json_encode, plain, to_json_text, without_secrets
from pyinfra.api import FileUploadCommand, HiddenValue, MaskString, QuoteString, StringCommand
from pyinfra.api.operation import add_op
from pyinfra.operations import server

from ..engine.toy import run, toy_state


class Colour(StrEnum):
    RED = "red"


@dataclass
class Point:
    x: int
    secret: HiddenValue


class Own:
    def to_json(self) -> Any:
        return {"own": True}


class Broken:
    def to_json(self) -> Any:
        raise RuntimeError("no")


def read(value: Any, **options: Any) -> Any:
    """What another program reads; strict, so NaN is an error."""

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is not JSON")

    text = to_json_text(value, **options)
    assert text.isascii()
    made = json.loads(text, parse_constant=refuse)
    json.dumps(made, ensure_ascii=False).encode("utf-8")  # no lone surrogates
    return made


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (datetime(2026, 2, 3, 4, 5, tzinfo=UTC), "2026-02-03T04:05:00+00:00"),
        (date(2026, 2, 3), "2026-02-03"),
        (timedelta(minutes=2), 120.0),
        ({"b", "a"}, ["a", "b"]),
        (frozenset({2, "a"}), [2, "a"]),
        (b"caf\xc3\xa9 \xff", "café \ufffd"),
        (PurePosixPath("/srv/app"), "/srv/app"),
        (Path("relative"), "relative"),
        (HiddenValue("hunter2"), "*MASKED*"),
        (HiddenValue("hunter2", "<password>"), "<password>"),
        (StringCommand("echo", QuoteString("a b"), HiddenValue("x")), "StringCommand(\"echo 'a b' *MASKED*\")"),
        (FileUploadCommand("local", "/remote"), "FileUploadCommand('local', '/remote')"),
        (json, "json"),
        (math.floor, "floor"),
        (read, "read"),
        (Own, "Own"),
        (Own(), {"own": True}),
        (Colour.RED, "red"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (ip_address("192.0.2.1"), "192.0.2.1"),
        (Decimal("1.10"), "1.10"),
        (Point(1, HiddenValue("hunter2")), {"x": 1, "secret": "*MASKED*"}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        (io.StringIO("content"), "StringIO(hash=040f06fd774092478d450774f5ba30c5da78acc8)"),
    ],
)
def test_values_that_json_lacks(value: Any, wanted: Any) -> None:
    assert json.loads(json.dumps(value, default=json_encode)) == wanted
    assert read({"value": [value]}) == {"value": [wanted]}


def test_an_open_file_is_its_name(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_text("x")
    with path.open() as text, path.open("rb") as binary:
        assert json_encode(text) == json_encode(binary) == str(path)


@pytest.mark.parametrize("value", [object(), iter([1]), 1j])
def test_what_has_no_json_is_a_type_error_or_a_name(value: Any) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        json_encode(value)
    assert read([value]) == [f"<{type(value).__qualname__}>"]


def test_an_operation_is_its_description() -> None:
    state = toy_state()
    (meta,) = add_op(state, run, "say hello").values()
    assert json_encode(meta) == repr(meta)
    assert json_encode(server.shell) == "shell"


def test_data_of_a_host_has_no_secrets() -> None:
    state = toy_state(data={"port": 80, "ssh_password": "hunter2", "db": {"root_token": "hunter2", "name": "app"}})
    (host,) = state.inventory
    wanted = {"port": 80, "ssh_password": "*MASKED*", "db": {"root_token": "*MASKED*", "name": "app"}}
    assert json_encode(host.data) == without_secrets(host.data) == wanted
    assert "hunter2" not in to_json_text({"data": host.data})


@pytest.mark.filterwarnings("ignore:MaskString")
def test_secrets_deep_in_data() -> None:
    data = {"users": [{"name": "bob", "password": "hunter2"}], "key": MaskString("hunter2"), "no_password": ""}
    assert without_secrets(data) == {
        "users": [{"name": "bob", "password": "*MASKED*"}], "key": "*MASKED*", "no_password": "",
    }  # fmt: skip


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks_are_null(value: float) -> None:
    assert read({"load": value, "list": [1.5, value]}) == {"load": None, "list": [1.5, None]}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("a\udcffb", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("\ud800x\udc00", "\ufffdx\ufffd"),
        ("\U0001f600", "\U0001f600"),
        (r"\ud800", r"\ud800"),
        ("\\\ud800", "\\\ufffd"),
        ("\\\\ud800", "\\\\ud800"),
    ],
)
def test_bytes_that_are_no_text(value: str, wanted: str) -> None:
    assert read([value, {value: 1}]) == [wanted, {wanted: 1}]


def test_keys_of_any_kind() -> None:
    value = {("a", 1): 1, b"k": 2, Colour.RED: 3, None: 4, True: 5, 1.5: 6, frozenset("x"): 7, PurePosixPath("/y"): 8}
    wanted = {"a, 1": 1, "k": 2, "red": 3, "null": 4, "true": 5, "1.5": 6, "x": 7, "/y": 8}
    assert read(value) == wanted


def test_circles_and_depths_end() -> None:
    circle: dict[str, Any] = {"n": 1}
    circle["self"] = [circle, circle]
    assert read(circle) == {"n": 1, "self": ["...", "..."]}
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert "..." in to_json_text(deep)
    assert read({"huge": 10**6000, "small": 10**30})["small"] == 10**30


def test_an_object_that_raises_is_the_name_of_its_type() -> None:
    assert read({"fine": 1, "broken": Broken()}) == {"fine": 1, "broken": "<Broken>"}


def test_plain_keeps_what_is_fine() -> None:
    value = OrderedDict(a=1, b=[True, None, "x", 1.5])
    assert plain(value) == value


def test_indented() -> None:
    assert to_json_text({"a": [1]}, indent=1) == '{\n "a": [\n  1\n ]\n}'


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))
    | st.binary() | st.dates() | st.sampled_from([object(), Own(), Broken(), Colour.RED, HiddenValue("hunter2")]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.binary() | st.none(), inner)
    | st.tuples(inner, inner),
    max_leaves=12,
)  # fmt: skip


@given(anything)
def test_anything_at_all(value: Any) -> None:
    read(value)
    assert "hunter2" not in to_json_text(value) or "hunter2" in repr(value)
