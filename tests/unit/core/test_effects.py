"""Which changes can be seen by what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.effects import EVERYTHING, NOTHING, Effects, Resource, TouchedIndex, named, overlap, path, tree

NAMES = st.lists(st.sampled_from("abc"), max_size=4).map(lambda parts: "/" + "/".join(parts))
RESOURCES = st.one_of(NAMES.map(path), NAMES.map(tree), st.sampled_from("xy").map(named))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (path("/etc/motd"), path("/etc/motd"), True),
        (path("/etc/motd"), path("/etc/motd/"), True),
        (path("/etc/motd"), path("/etc/motd.d"), False),
        (path("/etc"), path("/etc/motd"), False),
        (tree("/etc"), path("/etc/motd"), True),
        (tree("/etc"), path("/etcetera"), False),
        (tree("/"), path("/anything"), True),
        (tree("/etc/a"), tree("/etc"), True),
        (named("users"), named("users"), True),
        (named("users"), path("/users"), False),
    ],
)
def test_overlap(one: Resource, other: Resource, expected: bool):
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def test_nothing_is_seen_by_nobody_and_everything_by_all():
    assert not NOTHING.overlap(None)
    assert EVERYTHING.overlap([named("x")])
    assert Effects.of([path("/a")]).overlap(None)
    assert EVERYTHING.overlap(None)


@given(st.lists(st.tuples(st.lists(RESOURCES, max_size=3), st.booleans()), max_size=5), RESOURCES, st.integers(0, 5))
def test_the_index_agrees_with_overlap(history: list[tuple[list[Resource], bool]], looked_at: Resource, then: int):
    index = TouchedIndex()
    effects = [Effects(frozenset(resources), everything and not resources) for resources, everything in history]
    for at, effect in enumerate(effects, start=1):
        index.add(effect, at)
    expected = any(effect.overlap([looked_at]) for at, effect in enumerate(effects, start=1) if at > then)
    assert index.since([looked_at], then) is expected
