"""``pyinfra help``: its pages, how they are laid out, and what is imported for them."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pyinfra._core.arguments import GLOBAL_ARGUMENTS
from pyinfra_cli import reference
from pyinfra_cli.exceptions import CliError, UnexpectedExternalError
from pyinfra_cli.main import cli
from pyinfra_cli.reference.docstrings import Section, parse_docstring, summary
from pyinfra_cli.reference.layout import Code, Heading, Prose, Terms, render
from pyinfra_cli.reference.signatures import facts_of, folded_call, operations_of, signature_of
from pyinfra_cli.reference.source import Kind, definition_of, definitions_in, module_summary, modules_of_here
from pyinfra_cli.reference.topics import topics
from pyinfra_cli.run.exit_codes import MEANINGS
from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules

from .terminals import Terminal

SOURCE = Path(__file__).parents[3] / "src"


def page(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    reference.show(words)
    return capsys.readouterr().out


# -- docstrings ----------------------------------------------------------------------------------

DOCSTRING = """Do it
well.

More: of it.

Args:
    path: where, with ``code``
        and more: of it.
    mode: how.

Raises:
    ValueError: never.

Example:
    do(
        path="/",
    )
"""


def test_sections() -> None:
    prose, args, raises, example = parse_docstring(inspect.cleandoc(DOCSTRING))
    assert prose == Section("", "Do it\nwell.\n\nMore: of it.")
    assert args.items == [("path", "where, with ``code`` and more: of it."), ("mode", "how.")]
    assert raises.items == [("ValueError", "never.")]
    assert example.is_code
    assert example.text == 'do(\n    path="/",\n)'
    assert summary(DOCSTRING) == "Do it well."


@pytest.mark.parametrize("text", ["", "\n", "Args:", "Args:\n\nRaises:\n"])
def test_nothing_is_said(text: str) -> None:
    assert parse_docstring(text) == []


def test_text_before_the_first_name() -> None:
    assert parse_docstring("Raises:\n    never\n    ValueError: if so.")[0].items == [
        ("", "never"),
        ("ValueError", "if so."),
    ]


# -- layout --------------------------------------------------------------------------------------


def test_layout() -> None:
    blocks = [
        Heading("files"),
        Prose("A ``word`` and another.\n\n- one\n  goes on\n- two\n\n    as it is:  2 blanks"),
        Prose(""),
        Heading("Arguments"),
        Terms([("path", "where"), ("an_argument_with_a_very_long_name", "what"), ("empty", "")]),
        Code("a = 1\n\nb = 2"),
    ]
    assert render(blocks, width=60).splitlines() == [
        "files",
        "  A word and another.",
        "",
        "  - one goes on",
        "  - two",
        "",
        "    as it is:  2 blanks",
        "",
        "Arguments",
        "  path   where",
        "  an_argument_with_a_very_long_name",
        "         what",
        "  empty",
        "",
        "  a = 1",
        "",
        "  b = 2",
    ]


@pytest.mark.parametrize("width", [1, 40, 60, 80, 100])
def test_lines_are_no_wider_than_the_terminal(width: int) -> None:
    text = render([Prose("several words " * 40), Terms([("name", "several words " * 20)])], width)
    assert max(map(len, text.splitlines())) <= max(width, 30)


def test_only_headings_are_bold() -> None:
    blocks = [Heading("files"), Prose("text")]
    assert render(blocks, 80, styled=True) == "\x1b[1mfiles\x1b[0m\n  text"


def test_signatures() -> None:
    def function(a: str, b: int | None = None, *rest: str, c: list[str] = [], **more: object) -> None:  # noqa: B006
        pass

    assert signature_of(function) == "(a: str, b: int | None = None, *rest: str, c: list[str] = [], **more: object)"
    assert folded_call("f(a: dict[str, int], b: int)", 80) == "f(a: dict[str, int], b: int)"
    assert folded_call("f(a: dict[str, int], b: int)", 20) == "f(\n    a: dict[str, int],\n    b: int,\n)"


# -- what is read without importing --------------------------------------------------------------


def names(parameters: object) -> list[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.kind not in kinds and p.name != "self"]


@pytest.mark.parametrize("noun", bundled_modules(OPERATIONS))
def test_the_source_tells_the_same_of_operations_as_the_module(noun: str) -> None:
    module = importlib.import_module(f"{OPERATIONS}.{noun}")
    read, loaded = definitions_in(module.__name__), dict(operations_of(module))
    assert sorted(read) == sorted(loaded)
    for name, function in loaded.items():
        assert [p.name for p in read[name].parameters] == names(inspect.signature(function).parameters.values())
        assert read[name].docstring == inspect.getdoc(function)
        assert read[name].summary


@pytest.mark.parametrize("noun", bundled_modules(FACTS))
def test_the_source_tells_the_same_of_facts_as_the_module(noun: str) -> None:
    module = importlib.import_module(f"{FACTS}.{noun}")
    read, loaded = definitions_in(module.__name__), dict(facts_of(module))
    assert sorted(read) == sorted(loaded)
    for name, fact in loaded.items():
        if hasattr(fact, "command"):
            assert [p.name for p in read[name].parameters] == names(inspect.signature(fact.command).parameters.values())
        assert read[name].docstring == (inspect.getdoc(fact) or "")


def test_code_of_ones_own_is_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text(
        "raise SystemExit\nfrom .deep import *\nfrom .deep import deep as top\n"
    )
    (tmp_path / "mine" / "deep.py").write_text(
        "import pyinfra.api as api\n"
        "@api.deploy('Deep', data_defaults={})\ndef deep(a, *, b: bool = True):\n    'Go deep.'\n"
        "@api.operation()\ndef op(): ...\n"
        "def helper(): ...\n"
        "class Base(api.FactBase[str]):\n    'Base.'\n    abstract: bool = True\n    def command(self, x): ...\n"
        "class Mine(Base): ...\n"
        "try:\n    class Circle(Circle): ...\nexcept NameError:\n    class Other(api.ShortFactBase): ...\n"
    )
    (tmp_path / "broken.py").write_text("def")
    (tmp_path / "odd.py").write_text('"""One \\""" two.\n\nMore."""\n1 / 0\n')
    with modules_of_here(str(tmp_path)):
        found = definitions_in("mine.deep")
        top = definition_of("mine", "top")
        assert module_summary("odd") == 'One """ two.'
        assert module_summary("mine") == module_summary("broken") == module_summary("no.such.module") == ""
        assert definitions_in("broken") == definitions_in("no.such.module") == definitions_in("sys") == {}
    assert {name: definition.kind for name, definition in found.items()} == {
        "deep": Kind.DEPLOY,
        "op": Kind.OPERATION,
        "Mine": Kind.FACT,
        "Other": Kind.FACT,
    }
    assert [(p.name, p.type, p.default) for p in found["deep"].parameters] == [("a", "", None), ("b", "bool", "True")]
    assert [p.name for p in found["Mine"].parameters] == ["x"]
    assert top is not None
    assert top.summary == "Go deep."


# -- pages ---------------------------------------------------------------------------------------


def test_an_operation(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "files.put")
    assert text.startswith("files.put\n  files.put(\n      src: str | IO[Any],\n      dest: str,\n")
    assert "\nArguments\n  src                path of the file on this machine, or an open file.\n" in text
    assert "\nRaises\n  OperationValueError  " in text
    assert '\nExample\n  files.put(src="templates/app.conf"' in text
    assert "\nOn the command line\n  pyinfra INVENTORY files.put src=... dest=...\n" in text
    assert "``" not in text
    assert "\x1b" not in text
    code = re.compile(r"  \w+\.\w+\(|      \w+:")
    assert not [line for line in text.splitlines() if len(line) > 80 and not code.match(line)]


def test_a_fact(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "facts.files.File")
    assert text.startswith("files.File\n  host.get_fact(File, path: str)\n")
    assert "What is known of a regular file" in text
    assert "pyinfra INVENTORY fact files.File path=...\n" in text
    assert page(capsys, "files.File") == text
    assert page(capsys, "pyinfra.facts.files.File") == text


def test_a_fact_without_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert "pyinfra INVENTORY fact server.LinuxName\n" in page(capsys, "server.LinuxName")


def test_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "files")
    assert "\nOperations\n  files.block " in text
    assert "  files.directory  Ensure that" in text
    assert "\nFacts\n" in text
    assert "files.Sha1File" in text
    assert "\nOperations\n" not in page(capsys, "facts.files")
    assert "\nFacts\n" not in page(capsys, "operations.files")
    assert page(capsys, "files.") == text


@pytest.mark.parametrize("package", [OPERATIONS, FACTS])
def test_all_that_there_is(capsys: pytest.CaptureFixture[str], package: str) -> None:
    text = page(capsys, package.rpartition(".")[2])
    for noun in bundled_modules(package):
        assert all(f"{noun}.{name}" in text for name in definitions_in(f"{package}.{noun}"))


def test_a_connector(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "@ssh")
    assert text.startswith("@ssh\n  Hosts over SSH")
    assert re.search(r"\n  ssh_port +Port \(int, default None\)\.\n", text)
    assert "state" not in text.partition("Host data")[0]
    assert page(capsys, "@ssh/web1") == text
    assert re.search(r"\n  @local +\S", page(capsys, "connectors"))


def test_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "arguments")
    assert all(f"\n  {name} " in text for name in GLOBAL_ARGUMENTS)
    assert re.search(r"\nPrivilege\n  _sudo +Run commands with sudo \(bool, default config\.SUDO\)\.\n", text)
    assert "config.SUDO" in page(capsys, "_sudo")


def test_settings_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.search(r"\n  PARALLEL +On how many hosts", page(capsys, "config"))
    text = page(capsys, "exit-codes")
    assert all(re.search(rf"\n  {int(code)} +\S", text) for code in MEANINGS)


def test_overview_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys)
    assert all(f"\n  {noun} " in text for noun in (*bundled_modules(OPERATIONS), *bundled_modules(FACTS)))
    assert "exit-codes" in text


def test_several_topics(capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, "exit-codes", "_sudo")
    assert text.index("Exit status") < text.index("\n\n_sudo\n")


def test_all_topics_have_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    for topic in dict(topics()):
        assert page(capsys, topic)


def test_deploys_of_ones_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours_for_help.py").write_text(
        '"""Our deploys."""\n'
        "from pyinfra.api import deploy\n"
        "@deploy('Install')\n"
        "def install(version: str):\n"
        '    """Install the application."""\n'
    )
    monkeypatch.chdir(tmp_path)
    assert "Install the application." in page(capsys, "ours_for_help")
    assert page(capsys, "ours_for_help.install").startswith(
        "ours_for_help.install\n  ours_for_help.install(version: str)"
    )


def test_code_of_ones_own_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_for_help.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnexpectedExternalError) as error:
        reference.show(["broken_for_help.install"])
    assert error.value.exit_code == 4
    assert isinstance(error.value.exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("files.directoryy", "there is no help on 'files.directoryy' (did you mean files.directory?)"),
        ("file.directory", "there is no help on 'file.directory' (did you mean files.directory?)"),
        ("files.Directoryy", "there is no help on 'files.Directoryy' (did you mean files.Directory?)"),
        ("facts.files.directory", "there is no help on 'facts.files.directory' (did you mean files.Directory?)"),
        ("sever", "there is no help on 'sever' (did you mean server?)"),
        ("exit-code", "there is no help on 'exit-code' (did you mean exit-codes?)"),
        ("_suod", "there is no help on '_suod' (did you mean _sudo?)"),
        ("@sssh", "there is no connector 'sssh' (did you mean ssh?)"),
        ("nonsense", "there is no help on 'nonsense'"),
        ("os.path.join", "there is no help on 'os.path.join'"),
        ("../x", "there is no help on '../x'"),
        ("", "there is no help on ''"),
        ("files.BSD_STAT_COMMAND", "there is no help on 'files.BSD_STAT_COMMAND'"),
    ],
)
def test_unknown_topics(topic: str, message: str) -> None:
    with pytest.raises(CliError) as error:
        reference.show([topic])
    assert str(error.value.message) == message
    assert error.value.hint


def test_the_command() -> None:
    done = CliRunner().invoke(cli, ["help", "exit-codes"])
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Exit status")
    failed = CliRunner().invoke(cli, ["help", "nonsense"])
    assert failed.exit_code == 2
    assert failed.stdout == ""


# -- what is imported ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "imported"),
    [
        ([], []),
        (["files"], []),
        (["operations"], []),
        (["arguments"], []),
        (["config"], []),
        (["connectors"], []),
        (["files.line"], ["operations.files"]),
        (["files.File"], ["facts.files"]),
        (["@local"], ["connectors.local"]),
    ],
)
def test_only_what_is_shown_is_imported(words: list[str], imported: list[str]) -> None:
    code = (
        "import sys; from pyinfra_cli import reference; reference.show(sys.argv[1:]);"
        "print(*(name.removeprefix('pyinfra.') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()[-1].split()
    public = re.compile(r"(operations|facts|connectors)\.(?!_|util|base|ssh_util)\w+")
    found = {name for name in modules if public.fullmatch(name)}
    assert set(imported) <= found
    # An operation may read facts of its own; other operations it does not need.
    kinds = {name.partition(".")[0] for name in imported}
    assert not {name for name in found - set(imported) if name.partition(".")[0] in kinds or not imported}


# -- terminals -----------------------------------------------------------------------------------


def help_at_terminal(tmp_path: Path, *words: str, rows: int, columns: int = 80, **more: str) -> Terminal:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "TERM": "xterm", "PAGER": "sed s/^/paged:/", **more}
    argv = [sys.executable, "-m", "pyinfra", "help", *words]
    return Terminal(argv, env, tmp_path, rows=rows, columns=columns)


def test_bold_headings_at_a_terminal(tmp_path: Path) -> None:
    with help_at_terminal(tmp_path, "exit-codes", rows=40) as terminal:
        text = terminal.read_all()
        assert "\x1b[1mExit status\x1b[0m" in terminal.raw
        assert "paged:" not in text
    with help_at_terminal(tmp_path, "exit-codes", rows=40, NO_COLOR="1") as terminal:
        terminal.read_all()
        assert "\x1b[" not in terminal.raw


def test_long_pages_go_through_a_pager(tmp_path: Path) -> None:
    with help_at_terminal(tmp_path, "exit-codes", rows=5) as terminal:
        assert "paged:  130  ended by Ctrl-C\n" in terminal.read_all()


def test_text_fills_the_terminal(tmp_path: Path) -> None:
    with help_at_terminal(tmp_path, "arguments", rows=500, columns=50) as terminal:
        assert 45 < max(map(len, terminal.read_all().splitlines())) <= 50
