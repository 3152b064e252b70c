"""The outputs for programs, from the command line itself; and the examples of docs/json.md."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from .runs import check

PAGE = Path(__file__).parents[3] / "docs" / "json.md"
FENCE = re.compile(r"^```sh\n(.*?)^```\n\n^```(jsonl?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INVENTORY = """
hosts = [
    ("@fake/web1", {"fake_responses": {"uname": "Linux"}}),
    ("@fake/web2", {"fake_responses": {"break": {"success": False, "stderr": "50% ::error::x \\x1b[31m"}}}),
]
"""
DEPLOYS = {
    "success": "from pyinfra.operations import server\nserver.shell(name='Say', commands='say')\n",
    "partial": "from pyinfra.operations import server\nserver.shell(name='Break', commands='break')\n"
    "server.shell(name='Say', commands='say')\n",
    "total": "from pyinfra.operations import server\nserver.shell(name='Break', commands='break', _timeout=3)\n",
    "exception": "raise LookupError('no such key')\n",
    "syntax": "def (:\n",
    "interrupt": "from pyinfra.operations import python\nimport time, pathlib\n"
    "def nap():\n    pathlib.Path('ready').touch()\n    time.sleep(20)\n"
    "python.call(function=nap)\n",
}


def start(*words: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pyinfra", *words], cwd=cwd, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_for(path: Path) -> None:
    limit = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def deploys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYINFRA_FAKE_DELAY", "0")
    monkeypatch.setenv("PYINFRA_FAKE_DELAY_JITTER", "0")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "inventory.py").write_text(INVENTORY)
    for name, source in DEPLOYS.items():
        (tmp_path / f"{name}.py").write_text(source)
    return tmp_path


def run_deploy(name: str, directory: Path, *options: str) -> tuple[int, str, str]:
    """Run a deploy and return exit status, standard output and standard error."""
    hosts = "@fake/web2" if name == "total" else "inventory.py"
    process = start(*options, "--yes", "inventory.py", f"{name}.py", *(["--limit", hosts] if name == "total" else []),
                    cwd=directory)  # fmt: skip
    if name == "interrupt":
        wait_for(directory / "ready")
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@pytest.mark.parametrize("name", DEPLOYS)
def test_document(name: str, deploys: Path) -> None:
    code, out, err = run_deploy(name, deploys, "--json")
    document = check(json.loads(out), "run")
    assert document["exit_code"] == code, err
    assert (code == 0) == (name == "success")
    if name in ("partial", "total"):
        assert document["results"]["failed_hosts"] == ["@fake/web2"]
        assert document["failures"][0]["place"] == f"{name}.py:2"
    if name == "interrupt":
        assert code == 130
        assert document["problem"]["kind"] == "interrupted"


@pytest.mark.parametrize("name", DEPLOYS)
def test_all_others_at_once(name: str, deploys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(deploys / "summary.md"))
    code, out, err = run_deploy(name, deploys, "--output", "jsonl", "--junit", "report.xml", "--github")
    events = [check(json.loads(line), "events") for line in out.splitlines()]
    assert [events[0]["type"], events[-1]["type"]] == ["start", "end"]
    assert events[-1]["exit_code"] == code
    root = ET.fromstring((deploys / "report.xml").read_bytes())
    bad = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert bool(bad) == bool(code)
    assert ("::error " in err) == bool(code)
    assert f"Exit status {code}." in (deploys / "summary.md").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "inventory.py", "missing.py"],
        ["--json", "missing_inventory.py", "success.py"],
        ["--json", "inventory.py", "server.shel", "x"],
        ["--json", "--limit", "nobody", "inventory.py", "success.py"],
    ],
    ids=lambda words: " ".join(words[1:]),
)
def test_runs_that_cannot_begin(words: list[str], deploys: Path) -> None:
    process = start(*words, cwd=deploys)
    out, err = process.communicate(timeout=30)
    document = check(json.loads(out), "run")
    assert document["exit_code"] == process.returncode != 0
    assert document["problem"]["message"], err


def test_plan_only_without_yes(deploys: Path) -> None:
    process = start("--json", "inventory.py", "success.py", cwd=deploys)
    document = check(json.loads(process.communicate(timeout=30)[0]), "run")
    assert process.returncode == 0
    assert document["results"] is None
    assert document["plan"][0]["hosts_with_change"] == ["@fake/web1", "@fake/web2"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("facts", ["inventory.py", "fact", "server.Kernel"]),
        ("facts", ["inventory.py", "fact", "server.NoSuchFact"]),
        ("inventory", ["inventory.py", "debug-inventory"]),
        ("inventory", ["syntax.py", "debug-inventory"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_facts_and_inventories(schema: str, words: list[str], deploys: Path) -> None:
    process = start("--json", *words, cwd=deploys)
    out, err = process.communicate(timeout=30)
    document = json.loads(out)
    if isinstance(document, dict) and "plan" in document:  # it could not be understood what was asked for
        assert document["run"] is None, err
        schema = "run"
    check(document, schema)
    assert (process.returncode == 0) == (not isinstance(document, dict) or not document.get("problem"))


# -- the page ------------------------------------------------------------------------------


def levelled(value: Any, key: str = "") -> Any:
    """Return a document in which what differs from run to run is the same."""
    if isinstance(value, dict):
        return {name: levelled(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [levelled(item) for item in value]
    fixed = {"seconds": 0.0, "op_hash": "#", "operation": "#", "time": "now", "pyinfra": "version"}
    return fixed[key] if key in fixed and value is not None else value


EXAMPLES = list(FENCE.finditer(PAGE.read_text()))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[1].strip()[:50])
def test_examples_of_the_page(example: re.Match[str], tmp_path: Path) -> None:
    program, *words = shlex.split(example[1])
    assert program == "pyinfra"
    out, _ = start(*words, cwd=tmp_path).communicate(timeout=30)
    if example[2] == "json":
        assert levelled(json.loads(out)) == levelled(json.loads(example[3]))
        return
    real = [levelled(json.loads(line)) for line in out.splitlines()]
    for line in example[3].splitlines():
        shown = levelled(json.loads(line))
        check(json.loads(line), "events")
        assert shown in real
        del real[: real.index(shown) + 1]  # the order is the same too


def test_the_page_has_examples_of_every_shape() -> None:
    assert len(EXAMPLES) == 4
    check(json.loads(EXAMPLES[0][3]), "run")
    check(json.loads(EXAMPLES[1][3]), "facts")
    check(json.loads(EXAMPLES[2][3]), "inventory")
