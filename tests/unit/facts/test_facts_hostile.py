"""Any text as output, and any text as an argument."""

from __future__ import annotations

import contextlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra._engine.facts.keys import signature_of
from pyinfra.facts import files, server
from pyinfra.facts._files.contents import FileText

from .remote import remotes
from .test_recorded import CASES

FACTS = [
    *(
        fact
        for module in (server, files)
        for fact in map(vars(module).get, module.__all__)
        if isinstance(fact, type) and issubclass(fact, FactBase) and not fact.abstract
    ),
    FileText,
]
SOME_LINES = sorted(
    {line for case in CASES if case.parts[-3] in ("server", "files") for line in case.read_text().split("\n")}
)
LINES = st.lists(
    st.one_of(
        st.sampled_from(SOME_LINES),
        st.text(max_size=30),
        st.sampled_from(
            ["= 1", "- 1", "! 1", "@ 1", ">x", "= 1 2", "1:x", "1>x", "= 1 1", "user=a group=b mode=-rw-r--r--"]
        ),
        st.builds(
            lambda line, cut: line[:cut] + "\udcff" + line[cut:], st.sampled_from(SOME_LINES), st.integers(0, 60)
        ),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if fact.process is not FactBase.process], ids=lambda fact: fact.__name__
)
@settings(max_examples=40, deadline=None)
@given(lines=LINES)
def test_any_output_is_a_value_or_a_fact_process_error(fact: type[FactBase[Any]], lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(lines)


HOSTILE = [
    "$(touch marker)",
    "`touch marker`",
    "';touch marker;'",
    '";touch marker;"',
    "x\ntouch marker\n",
    "-rf",
    "--help",
    "a b",
    "\udcff",
    "*",
]
# One argument each that is no text; the rest of the command is as usual.
USUAL: dict[str, Any] = {
    "path": "/etc/hosts",
    "pattern": "x",
    "user": "root",
    "command": "ls",
    "port": 22,
    "keys": None,
}
RAW = {"server.Command"}


def parameters() -> list[tuple[type[FactBase[Any]], str]]:
    # Facts that inherit their command are tried once; links have more text of their own.
    several = {(fact.command, fact is files.Link): fact for fact in FACTS}
    return [
        (fact, name)
        for fact in several.values()
        if fact.name not in RAW
        for name in inspect.signature(fact().command).parameters
        if name not in ("interpolate_variables", "extended_regex", "quote_path")
    ]


# Quoting is the same in every shell: the first and the last, which is BusyBox where there is one, are enough.
@pytest.mark.parametrize("shell", {0, len(remotes()) - 1})
@pytest.mark.parametrize(("fact", "name"), parameters(), ids=lambda value: getattr(value, "__name__", value))
def test_no_argument_is_run(fact: type[FactBase[Any]], name: str, shell: int, tmp_path: Path) -> None:
    remote = remotes()[shell]
    signature = signature_of(fact)
    usual = {key: USUAL[key] for key in signature.names if key in USUAL and key not in signature.defaults}
    switches = [key for key in ("interpolate_variables", "quote_path") if key in signature.names]
    commands = []
    for text in HOSTILE:
        for flipped in (False, True) if switches else (False,):
            options = {key: not signature.defaults[key] for key in switches} if flipped else {}
            value: Any = [text] if name in ("args", "keys") else text
            try:
                commands.append(fact().command(**{**usual, name: value, **options}))
            except (ValueError, TypeError):
                continue  # refused
    (tmp_path / "-rf").write_text("")
    for command in commands:
        remote.run(command, cwd=tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["-rf"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_a_nul_is_refused(fact: type[FactBase[Any]]) -> None:
    signature = signature_of(fact)
    if "path" in signature.names and fact.name not in RAW:
        usual = {key: USUAL[key] for key in signature.names if key in USUAL and key not in signature.defaults}
        with pytest.raises(FactValueError):
            fact().command(**{**usual, "path": "/a\0b"})


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_facts_can_be_asked_without_an_engine(fact: type[FactBase[Any]]) -> None:
    signature = signature_of(fact)
    arguments = {**signature.defaults, **{key: USUAL[key] for key in signature.names if key not in signature.defaults}}
    one = fact()
    one.default()
    one.requires_command(**arguments)
    looked_at = one.resources(**arguments)
    assert looked_at is None or all(len(resource) == 2 for resource in looked_at)
    assert isinstance(one.describe(**arguments), str)
    assert one.command(**arguments)
    if not fact.cacheable:
        assert fact.__name__ in {
            "Command",
            "Date",
            "Last",
            "Lastb",
            "LoadAverage",
            "Port",
            "Ports",
            "Processes",
            "Uptime",
        }
