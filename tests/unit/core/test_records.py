"""Values with named fields."""

from __future__ import annotations

import copy
import pickle
from typing import ClassVar

import pytest

from pyinfra._core.records import Record, changed


class Point(Record):
    """A place."""

    x: int
    y: int = 0
    planes: ClassVar[int] = 1


class Marked(Point):
    """A place with a name."""

    name: str = ""


def test_fields():
    assert Marked.record_fields == ("x", "y", "name")
    assert (Point(1).x, Point(1).y, Point(y=2, x=1).y) == (1, 0, 2)
    assert repr(Marked(1, 2, "a")) == "Marked(x=1, y=2, name='a')"


def test_equal_values_are_one():
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert Point(1) != Marked(1)
    assert {Point(1), Point(1, 0)} == {Point(1)}


@pytest.mark.parametrize(
    "call",
    [
        lambda: Point(),  # type: ignore[call-arg]
        lambda: Point(1, 2, 3),  # type: ignore[call-arg]
        lambda: Point(1, z=2),  # type: ignore[call-arg]
        lambda: Point(1, x=2),  # type: ignore[misc]
        lambda: changed(Point(1), z=2),
    ],
)
def test_what_does_not_fit_is_refused(call: object):
    with pytest.raises(TypeError):
        call()  # type: ignore[operator]


def test_they_stay_as_they_are():
    point = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del point.x
    assert changed(point, y=5) == Point(1, 5)
    assert point == Point(1)


def test_copies():
    assert copy.copy(Marked(1)) == copy.deepcopy(Marked(1)) == pickle.loads(pickle.dumps(Marked(1))) == Marked(1)
