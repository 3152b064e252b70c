"""Every example in the documents runs as it stands, and prints what the page says.

The ``python`` blocks of a page are one program. Its hosts, and this machine, are replaced by hosts that answer every
command with success. A ``text`` block below a ``python`` block is what that block prints.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pyinfra._engine.model import connector_registry

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One ``python`` block: where it begins, and what it is to print, if the page says so."""

    page: Path
    line: int
    source: str
    output: str | None

    def run(self, namespace: dict[str, object]) -> str:
        """Run it so that tracebacks show the place in the page."""
        code = compile("\n" * self.line + self.source, str(self.page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, namespace)
        return printed.getvalue()


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    found = list(FENCE.finditer(text))
    for number, match in enumerate(found):
        if match[1] != "python":
            continue
        after = found[number + 1] if number + 1 < len(found) else None
        told = after is not None and after[1] == "text" and not text[match.end() : after.start()].strip()
        yield Block(page, text.count("\n", 0, match.start(2)), match[2], after[2] if told else None)


@pytest.fixture
def _no_real_hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = connector_registry.connector_points()
    for name in ("ssh", "local"):
        obliging = EntryPoint(name, "tests.docs.hosts:ObligingConnector", connector_registry.GROUP)
        monkeypatch.setitem(points, name, obliging)
    connector_registry.load_connector.cache_clear()
    yield
    connector_registry.load_connector.cache_clear()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
@pytest.mark.usefixtures("_no_real_hosts")
def test_examples_of_a_page_run(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYINFRA_FAKE_DELAY", "0")
    monkeypatch.setenv("PYINFRA_FAKE_DELAY_JITTER", "0")
    namespace: dict[str, object] = {"__name__": page.stem}
    for block in blocks(page):
        printed = block.run(namespace)
        if block.output is not None:
            assert printed == block.output, f"{page.name}:{block.line}"


def test_reference_is_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "lib" / "reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
