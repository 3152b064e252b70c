"""Nothing from a host acts on the terminal."""

import pytest

from pyinfra._core.display import visible


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain é 漢 \t", "plain é 漢 \t"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\x9bc", "a\\x0db\\x9bc"),
        ("caf\udce9", "caf\\xe9"),
        ("\u2028", "\\u2028"),
    ],
)
def test_visible(line, shown):
    assert visible(line) == shown
