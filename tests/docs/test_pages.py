"""Every example in the documents runs as it stands, and prints what the page says.

The ``python`` blocks of a page are one program. Its hosts, and this machine, are replaced by hosts that answer every
command with success. A ``text`` block below a ``python`` block is what that block prints. A block that is a file is
for the command line: see ``test_console``.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pyinfra._engine.model import connector_registry
from tests.docs.pages import PAGES, ROOT, Block, blocks_of


@dataclass(frozen=True)
class Example:
    """One ``python`` block: what it is, and what it is to print, if the page says so."""

    block: Block
    output: str | None

    def run(self, namespace: dict[str, object]) -> str:
        """Run it so that tracebacks show the place in the page."""
        code = compile("\n" * self.block.line + self.block.text, str(self.block.page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, namespace)
        return printed.getvalue()


def examples(page: Path) -> Iterator[Example]:
    found = blocks_of(page)
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block.language == "python" and block.filename is None:
            told = after is not None and after.language == "text" and after.follows
            yield Example(block, after.text if after is not None and told else None)


@pytest.fixture
def _no_real_hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("ssh", "local"):
        monkeypatch.setitem(connector_registry.BUNDLED, name, "tests.docs.hosts:ObligingConnector")
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
    for example in examples(page):
        printed = example.run(namespace)
        if example.output is not None:
            assert printed == example.output, f"{page.name}:{example.block.line}"


def test_reference_is_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "lib" / "reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
