"""Every text survives a real shell."""

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import OperationValueError
from pyinfra._core.output import decode, encode
from pyinfra._core.quoting import is_environment_name, join, quote

# surrogates stand for bytes that are not UTF-8; NUL cannot be an argument of any program
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from("\udc80\udcff"))


@settings(max_examples=25, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=40))
@example(["it's", '"', "$(id)", "`id`", "\\", "-n", "--", "\n", "", " ", "!!", "*", "~", "#", "\udcff", "a\tb", "é"])
def test_texts_survive_a_shell(texts):
    line = f"printf '%s\\0' {join(texts)}"
    out = subprocess.run(["/bin/sh", "-c", encode(line)], capture_output=True, check=True).stdout
    assert [decode(piece) for piece in out.split(b"\0")[:-1]] == texts


def test_nul_is_refused():
    with pytest.raises(OperationValueError, match="NUL"):
        quote("a\0b")


@pytest.mark.parametrize(("name", "good"), [("PATH", True), ("_x1", True), ("1x", False), ("a-b", False), ("", False)])
def test_environment_names(name, good):
    assert is_environment_name(name) is good


def test_environment_name_with_newline():
    assert not is_environment_name("A\n")
