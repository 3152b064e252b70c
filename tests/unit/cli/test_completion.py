"""Completion: what is offered, that it cannot do harm, and real shells that insert it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, CompletionItem
from click.testing import CliRunner

from pyinfra_cli.completion import script
from pyinfra_cli.completion.quiet import quietly
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.main import cli

from .terminals import Terminal

SOURCE = Path(__file__).parents[3] / "src"
INVENTORY = """
print("noise on standard output")
web = ["web1", "web2"]
databases = (["db1"], {"port": 5432})
"""
DEPLOYS = '''
"""Deploys of our own."""
from pyinfra.api import deploy

raise RuntimeError("completion must not run this")

@deploy("Install the application")
def install(version: str, force: bool = False):
    """Install the application.

    Args:
        version: which one.
    """
'''


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with an inventory and deploys, and a home directory with a configuration of ssh."""
    home = tmp_path / "home"
    (home / ".ssh" / "conf.d").mkdir(parents=True)
    (home / ".ssh" / "config").write_text("Include conf.d/*\nHost *.example.org !x\nHost bastion gateway\n  User me\n")
    (home / ".ssh" / "conf.d" / "a").write_text("Host included\n")
    folder = tmp_path / "project"
    (folder / "inventories").mkdir(parents=True)
    (folder / "inventory.py").write_text(INVENTORY)
    (folder / "inventories" / "production.py").write_text("hosts = ['prod1']\n")
    (folder / "deploy.py").write_text("")
    (folder / "with space.py").write_text("")
    (folder / "notes.txt").write_text("")
    (folder / "ours.py").write_text(DEPLOYS)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(folder)
    return folder


def items(*words: str) -> list[CompletionItem[str]]:
    """What is offered for the last of some words."""
    shell = BashComplete(cli, {}, "pyinfra", "_PYINFRA_COMPLETE")
    return shell.get_completions(list(words[:-1]), words[-1])


def values(*words: str) -> list[str]:
    return [item.value for item in items(*words)]


# -- the inventory -------------------------------------------------------------------------------


def test_inventories_are_files_hosts_and_connectors() -> None:
    found = values("")
    assert found[:5] == ["deploy.py", "inventories/", "inventory.py", "ours.py", "with space.py"]
    assert {"bastion", "gateway", "included", "web1", "db1", "@local", "@ssh", "help", "completion"} < set(found)
    assert not [value for value in found if "*" in value or "!" in value or value == "notes.txt"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("inventories/", ["inventories/production.py"]),
        ("web1,", ["web1,web2"]),
        ("web1,bas", ["web1,bastion"]),
        ("@lo", ["@local"]),
        ("web1,@lo", ["web1,@local"]),
        ("@ssh/gate", ["@ssh/gateway"]),
        ("nothing", []),
        ("no/such/folder/", []),
        ("~nobody-at-all/", []),
    ],
)
def test_inventory_words(word: str, expected: list[str]) -> None:
    offered = values(word)
    assert [value for value in offered if value in expected] == expected
    assert expected or not offered


def test_connectors_say_what_they_are() -> None:
    (local,) = items("@loc")
    assert "machine" in str(local.help)


# -- operations, facts and their arguments -------------------------------------------------------


def test_first_word_is_an_operation_a_file_or_one_of_three_words() -> None:
    found = values("web1", "")
    assert {"files.", "server.", "exec", "fact", "debug-inventory", "deploy.py", "inventories/", "ours."} < set(found)
    assert not [value for value in found if value.startswith(("_", "util"))]


def test_operations_of_a_module_with_what_they_do() -> None:
    found = {item.value: item.help for item in items("web1", "files.")}
    assert {"files.line", "files.put", "files.directory"} < set(found)
    assert found["files.get"] == "Ensure that a file of the host is on this machine."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["files.li"], ["files.line", "files.link"]),
        (["ours."], ["ours.install", "ours.py"]),
        (["deploy.py", "inventories/p"], ["inventories/production.py"]),
        (["deploy.py", "dep"], []),
        (["debug-inventory", ""], []),
        (["exec", ""], ["--"]),
        (["exec", "--", ""], []),
        (["exec", "--", "ls", ""], []),
        (["files.line", "present="], ["present=true", "present=false"]),
        (["files.line", "_sudo=t"], ["_sudo=true"]),
        (["files.line", "_sudo_u"], ["_sudo_user="]),
        (["files.line", "_if="], []),
        (["files.line", "pat"], ["path="]),
        (["files.line", "path=/x", "pat"], []),
        (["files.line", "/x", "pat"], []),
        (["files.line", "no_such="], []),
        (["files.put", "src=de"], ["src=deploy.py"]),
        (["files.put", "src=inventories/"], ["src=inventories/production.py"]),
        (["files.put", "dest=de"], []),
        (["files.put", "group=de"], []),
        (["ours.install", "ver"], ["version="]),
        (["ours.install", "force="], ["force=true", "force=false"]),
        (["ours:install", "ver"], ["version="]),
        (["no.such", "_sud"], ["_sudo=", "_sudo_user=", "_sudo_password="]),
        (["fact", "files.Fi"], ["files.File", "files.FileContents"]),
        (["fact", "files.File", "pat"], ["path="]),
        (["fact", "files.File", "path=/x", "pat"], []),
        (["fact", "files.File", "path=/x", "server.Os"], ["server.Os", "server.OsRelease", "server.OsVersion"]),
        (["fact", "files.File", "server.Os", "pat"], []),
        (["fact", "files.File", "name"], []),
        (["fact", "server.Os", "_su_u"], ["_su_user="]),
    ],
)
def test_words(words: list[str], expected: list[str]) -> None:
    found = values("web1", *words)
    assert found[: len(expected)] == expected
    assert expected or not found


def test_own_arguments_come_before_those_of_all_operations() -> None:
    found = values("web1", "files.line", "")
    assert found[:3] == ["path=", "line=", "present="]
    assert found.index("_sudo=") > found.index("extended_regex=")
    assert {"name=", "_if=", "_serial="} < set(found)


def test_modules_of_facts_and_operations_are_kept_apart() -> None:
    assert "files.Link" not in values("web1", "files.")
    assert "files.link" not in values("web1", "fact", "files.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["help", "files.lin"], ["files.line", "files.link"]),
        (["help", "facts.files.Lin"], ["facts.files.Link"]),
        (["help", "@s"], ["@ssh"]),
        (["help", "exit"], ["exit-codes"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["completion", "bash", ""], []),
    ],
)
def test_help_and_completion(words: list[str], expected: list[str]) -> None:
    assert values(*words) == expected


def test_options_and_their_values() -> None:
    assert values("--outp") == ["--output"]
    assert "json" in values("--output", "")
    assert next(item for item in items("--dry")).help


def test_another_directory() -> None:
    assert values("--chdir", "inventories", "") != values("")
    assert "production.py" in values("--chdir", "inventories", "prod")
    assert values("--chdir", "no-such-directory", "") == []


# -- hosts and groups ----------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--limit", "--exclude"])
@pytest.mark.parametrize("words", [["inventory.py"], ["inventory.py", "deploy.py"], ["--sudo", "inventory.py"]])
def test_hosts_and_groups_of_the_inventory(option: str, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    found = {item.value: item.help for item in items(*words, option, "")}
    assert found["web"] == "group, 2 hosts"
    assert found["databases"] == "group, 1 host"
    assert "databases" in str(found["db1"])
    assert {"web1", "web2"} < set(found)
    assert capfd.readouterr() == ("", "")


def test_several_hosts() -> None:
    found = values("inventory.py", "--limit", "web1,")
    assert "web1,web2" in found
    assert "web1,web1" not in found


def test_inventories_of_other_kinds() -> None:
    assert values("a,b", "--limit", "") == ["a", "b"]
    assert "@local" in values("@local", "--limit", "")
    assert values("--limit", "") == []
    assert values("help", "--limit", "") == []


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('no')",
        "import sys; sys.exit(3)",
        "raise KeyboardInterrupt",
        "hosts = [input('which? ')]",
        "syntax error",
        "import os; os.system('echo loud; echo loud >&2'); import logging; logging.error('loud'); 1 / 0",
        "import warnings; warnings.warn('loud'); raise RuntimeError",
        "class hosts(1): pass",
    ],
)
def test_an_inventory_that_fails_gives_nothing(project: Path, code: str, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "bad.py").write_text(code)
    assert values("bad.py", "--limit", "") == []
    assert capfd.readouterr() == ("", "")


def test_an_inventory_that_is_no_file() -> None:
    assert values("no/such/file.py", "--limit", "") == []
    assert values("@nonsense/x", "--limit", "") == []


def test_names_that_a_shell_could_stumble_over_stay_one_line(project: Path) -> None:
    (project / "inventory.py").write_text(r"hosts = ['ok', 'two\nlines', 'tab\t', '\x1b[31mred']")
    assert [value for value in values("") if not value.isprintable()] == []


def test_what_takes_too_long_is_given_up() -> None:
    begun = time.monotonic()
    assert quietly(lambda: time.sleep(30), otherwise="given up", seconds=0.05) == "given up"
    assert time.monotonic() - begun < 20


def test_after_being_quiet_everything_is_as_before(capfd: pytest.CaptureFixture[str]) -> None:
    assert quietly(lambda: print("unheard") or 5, otherwise=0) == 5
    print("heard")
    assert capfd.readouterr() == ("heard\n", "")


# -- what it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("pyinfra web1 files.lin", "files.line"),
        ("pyinfra web1 files.line prese", "present="),
        ("pyinfra web1 fact files.Fi", "files.File"),
        ("pyinfra web", "web1"),
        ("pyinfra @l", "@local"),
        ("pyinfra help files.lin", "files.line"),
    ],
)
def test_nothing_is_imported(words: str, value: str) -> None:
    code = "import sys, atexit; atexit.register(lambda: print(*sys.modules)); from pyinfra_cli.main import main; main()"
    count = len(words.split()) - 1
    env = {**os.environ, "_PYINFRA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    *offered, modules = done.stdout.splitlines()
    assert f"plain,{value}" in offered
    loaded = set(modules.split())
    assert not {
        name for name in loaded if name.startswith(("pyinfra.operations.", "pyinfra.facts.", "pyinfra.connectors."))
    }
    assert not {"asyncssh", "jinja2", "rich"} & loaded
    assert done.stderr == ""


# -- scripts -------------------------------------------------------------------------------------


def test_scripts_of_unknown_shells() -> None:
    with pytest.raises(CliError, match=r"no completion for 'bsh' \(did you mean bash\?\)") as error:
        script("bsh")
    assert error.value.hint == "shells: bash, zsh, fish"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_both_ways_to_a_script_are_one(shell: str) -> None:
    printed = CliRunner().invoke(cli, ["completion", shell], prog_name="pyinfra").stdout
    assert printed == script(shell) + "\n"
    asked = CliRunner().invoke(cli, [], prog_name="pyinfra", env={"_PYINFRA_COMPLETE": f"{shell}_source"})
    assert asked.stdout.strip() == printed.strip()


# -- real shells ---------------------------------------------------------------------------------


@pytest.fixture
def env(tmp_path: Path, project: Path) -> dict[str, str]:
    """An environment with a ``pyinfra`` that completes, and otherwise only notes its arguments."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "pyinfra"
    program.write_text(
        "#!/bin/sh\n"
        f'if [ "${{_PYINFRA_COMPLETE-}}" ] || [ "$1" = completion ]; then exec {sys.executable} -m pyinfra "$@"; fi\n'
        f"for word do printf '<%s>' \"$word\"; done >{tmp_path}/noted.new\nmv {tmp_path}/noted.new {tmp_path}/noted\n"
    )
    program.chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "PYTHONPATH": str(SOURCE),
        "TERM": "dumb",
        "INPUTRC": "/dev/null",
        "LC_ALL": "C.UTF-8",
        "PS1": "ready: ",
    }


STARTS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        'bind "set enable-bracketed-paste off"; eval "$(pyinfra completion bash)"',
    ),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit && compinit -u -D; eval "$(pyinfra completion zsh)"'),
}


@pytest.fixture(params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, env: dict[str, str], project: Path) -> Iterator[Terminal]:
    """A shell that waits for a command line, with completion set up."""
    argv, setup = STARTS[request.param]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    with Terminal(argv, env, project, columns=200) as terminal:
        terminal.read_until("ready: ")
        terminal.type(f" {setup}; PS1='set''up: '\n")
        terminal.read_until("setup: ")
        yield terminal


def run(shell: Terminal, noted: Path, line: str) -> str:
    """Type a line, tabs included, and return the arguments that the command got."""
    shell.type(line + "\n")
    end = time.monotonic() + 20
    while not noted.exists():
        assert time.monotonic() < end, shell.read_until("", 0)
        time.sleep(0.02)
    return noted.read_text()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pyinfra inventories/\tdep\t", "<inventories/production.py><deploy.py>"),
        (
            "pyinfra inventory.py files.dir\tpath=/x prese\tf\t",
            "<inventory.py><files.directory><path=/x><present=false>",
        ),
        ("pyinfra @loc\tfact files.FileC\t", "<@local><fact><files.FileContents>"),
        ("pyinfra inventory.py --limit data\tserver.ho\t", "<inventory.py><--limit><databases><server.hostname>"),
        ("pyinfra inventory.py --limit=web1,data\tdeploy.py", "<inventory.py><--limit=web1,databases><deploy.py>"),
        ("pyinfra bast\tfiles.put src=wi\tdest=/x", "<bastion><files.put><src=with space.py><dest=/x>"),
        ('pyinfra bastion "wi\tdep\t', "<bastion><with space.py><deploy.py>"),
        ("pyinfra bastion files.put 'src=wi\tdest=/x", "<bastion><files.put><src=with space.py><dest=/x>"),
    ],
    ids=str,
)
def test_a_shell_inserts_what_is_offered(shell: Terminal, tmp_path: Path, line: str, expected: str) -> None:
    assert run(shell, tmp_path / "noted", line) == expected


@pytest.mark.parametrize("typed", ["--limit x\t", '--limit "x\t', "--limit 'x\t", "--limit=x\t"])
def test_names_of_hosts_never_become_commands(shell: Terminal, project: Path, tmp_path: Path, typed: str) -> None:
    name = f"x$(touch {tmp_path}/harm)`touch {tmp_path}/harm`;a b's\"\\&*"
    (project / "inventory.py").write_text(f"hosts = [{name!r}]")
    noted = run(shell, tmp_path / "noted", f"pyinfra inventory.py {typed} dep\t")
    separator = "=" if "=" in typed else "><"
    assert noted == f"<inventory.py><--limit{separator}{name}><deploy.py>"
    assert not (tmp_path / "harm").exists()


def test_a_shell_lists_what_can_follow(shell: Terminal) -> None:
    shell.type("pyinfra web1 files.li\t\t\t")
    assert "files.line" in shell.read_until("files.link")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pyinfra web1 files.li", ["files.line\tEnsure that a line is in a file", "files.link\tEnsure"]),
        ("pyinfra web1 files.line prese", ["present=\t"]),
        ("pyinfra web1 files.line 'path=a b' prese", ["present=\t"]),
        ("pyinfra web1 files.line ", ["path=\t", "line=\t"]),
        ("pyinfra @loc", ["@local\t"]),
        ("pyinfra inventory.py --limit=da", ["--limit=databases\tgroup, 1 host"]),
        ("pyinfra inventory.py --limit da", ["databases\tgroup, 1 host"]),
        ("pyinfra --ssh-key=inventory", ["--ssh-key=inventory.py"]),
    ],
)
def test_fish(env: dict[str, str], project: Path, line: str, expected: list[str]) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    code = f'pyinfra completion fish | source; complete -C "{line}"'
    done = subprocess.run(["fish", "--no-config", "-c", code], env=env, cwd=project, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert [line[: len(begin)] for line, begin in zip(lines, expected, strict=False)] == expected
    assert done.stderr == ""


def test_bash_parts_words_and_we_put_them_together_again(env: dict[str, str], project: Path) -> None:
    # As bash calls the function, without a terminal.
    code = """
        eval "$(pyinfra completion bash)"
        COMP_LINE='pyinfra web1 files.line  path=/x present=t' COMP_POINT=42
        COMP_WORDS=(pyinfra web1 files.line path = /x present = t) COMP_CWORD=8
        _pyinfra_completion pyinfra t =
        printf '<%s>' "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "--norc", "-c", code], env=env, cwd=project, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("<true>", "")
