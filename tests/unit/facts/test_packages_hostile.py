"""Any text as output of package managers beside that of the system: a value or an error, never anything else."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts import brew, cargo, choco, flatpak, gem, go, npm, snap
from pyinfra.facts._brew.newer import FormulaNames, OutdatedCasks, OutdatedFormulae
from pyinfra.facts._cargo.newest import NewestCrates
from pyinfra.facts._choco.packages import InstalledChoco, OutdatedChoco
from pyinfra.facts._flatpak.installed import InstalledFlatpaks
from pyinfra.facts._gem.outdated import OutdatedGems
from pyinfra.facts._go.programs import InstalledPrograms, NewestModules
from pyinfra.facts._npm.outdated import OutdatedNpm
from pyinfra.facts._snap.installed import SnapChannels

PUBLIC = [
    fact
    for module in (brew, cargo, choco, flatpak, gem, go, npm, snap)
    for fact in map(vars(module).get, module.__all__)
    if isinstance(fact, type) and issubclass(fact, FactBase) and not fact.abstract
]
PRIVATE = [FormulaNames, OutdatedCasks, OutdatedFormulae, NewestCrates, InstalledChoco, OutdatedChoco,
           InstalledFlatpaks, OutdatedGems, InstalledPrograms, NewestModules, OutdatedNpm, SnapChannels]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["name", "version", "1.0", "code", "current"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["dependencies", "error", "formulae", "casks", "taps", "commands", "name", "version", "code",
                         "aliases", "oldnames", "current", "wanted", "latest", "pinned"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["=", "---", "Name Version Rev Tracking", "a (1.0)", "a (", "x: go1.19", "\tpath\tx", "\tmod\tx\tv1",
             "\tmod", "a v1.0:", "a|1|2|false", "a 1.0", "app/a.b/c/d", "app/a/b", "name: x", "installed: ",
             "  a-1.0", "a b"]
        ),
    ),
    max_size=6,
)  # fmt: skip


@pytest.mark.parametrize("fact", [*PUBLIC, *PRIVATE], ids=lambda fact: fact.__name__)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_output_is_a_value_or_a_fact_process_error(fact: type[FactBase[Any]], data: st.DataObject) -> None:
    lines = data.draw(LINES | JSON.map(json.dumps).map(lambda text: [text]))
    with contextlib.suppress(FactProcessError):
        value = fact().process(lines)
        assert value is None or isinstance(value, (dict, list, str))


ODD = [
    '{"formulae": [{"name": "a", "aliases": 1, "oldnames": {"x": 1}}], "casks": [1, {"name": 2}]}',
    '{"formulae": {"a": 1}, "casks": null, "taps": "abc", "commands": 1}',
    '{"error": 5}',
    '{"error": {"code": "E"}, "dependencies": 7}',
    '{"a": {"current": "1", "latest": 2, "wanted": null}, "b": [], "c": [1]}',
    '{"dependencies": {"a": {"version": 1}, "b": null}}',
    '{"casks": "abc", "commands": "abc", "formulae": "abc", "taps": "abc"}',
    "[[]]",
    "[" * 100_000,
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("fact", [*PUBLIC, *PRIVATE], ids=lambda fact: fact.__name__)
def test_odd_json(fact: type[FactBase[Any]], text: str) -> None:
    with contextlib.suppress(FactProcessError):
        value = fact().process([text])
        assert not isinstance(value, dict) or "a" not in (value.get("casks") or ())
