"""What a command line asks for."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyinfra_cli.exceptions import CliError
from pyinfra_cli.words.forms import Completion, DebugInventory, DeployFiles, Exec, Facts, Form, Function, Help, form_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("deploy.py", "web/app.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (["deploy.py"], DeployFiles(("deploy.py",))),
        (["deploy.py", "./web/app.py"], DeployFiles(("deploy.py", "./web/app.py"))),
        (["server.shell", "uptime", "_sudo=true"], Function("server.shell", ("uptime", "_sudo=true"))),
        (["server.script", "a.py"], Function("server.script", ("a.py",))),
        (["my.deploys:install"], Function("my.deploys:install")),
        (["deploys:install"], Function("deploys:install")),
        (["fact", "server.Os", "files.File", "path=/x"], Facts(("server.Os", "files.File", "path=/x"))),
        (["exec", "uptime"], Exec(("uptime",))),
        (["exec", "--", "uptime"], Exec(("uptime",))),
        (["exec", "echo", "--", "x"], Exec(("echo", "--", "x"))),
        (["debug-inventory"], DebugInventory()),
    ],
)
def test_forms(words: list[str], form: Form):
    assert form_of("web1", words) == form


def test_words_instead_of_an_inventory():
    assert form_of("help", ["server.user"]) == Help(("server.user",))
    assert form_of("completion", ["bash"]) == Completion(("bash",))


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ([], ["what is to be done with web1"]),
        (["deploi.py"], ["no deploy file deploi.py", "did you mean deploy.py"]),
        (["web/ap.py"], ["did you mean web/app.py"]),
        (["no/where.py"], ["no deploy file no/where.py"]),
        (["deploy.py", "server.shell"], ["'server.shell'", "after deploy.py"]),
        (["deploy"], ["did you mean deploy.py"]),
        (["debug-inventry"], ["did you mean debug-inventory"]),
        (["debug-inventory", "x"], ["'x'"]),
        (["facts"], ["did you mean fact"]),
        (["server", "shel"], ["server is a module", "did you mean server.shell"]),
        (["exec"], ["exec needs a command"]),
        (["exec", "--"], ["exec needs a command"]),
        (["exec", ""], ["exec needs a command"]),
        (["fact"], ["fact needs"]),
        (["uptime now"], ["'uptime now' makes no sense"]),
        (["\x1b[2J"], [r"'\x1b[2J'"]),
        (["-x"], ["'-x'"]),
        ([""], ["''"]),
    ],
)
def test_mistakes_are_named(words: list[str], texts: list[str]):
    with pytest.raises(CliError) as caught:
        form_of("web1", words)
    for text in texts:
        assert text in caught.value.message


def test_a_directory_is_no_deploy_file(folder: Path):
    (folder / "app.py").mkdir()
    with pytest.raises(CliError, match="is a directory"):
        form_of("web1", ["app.py"])


def test_a_path_that_begins_with_the_new_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.chdir(folder / "web")
    with caplog.at_level(logging.WARNING, "pyinfra"):
        assert form_of("web1", ["web/app.py"], chdir="web/") == DeployFiles(("app.py",))
    assert "--chdir" in caplog.text
    with pytest.raises(CliError):
        form_of("web1", ["other/app.py"], chdir="web/")


def test_one_word_of_exec_is_a_command_line():
    assert Exec(("echo $HOME | wc",)).command == "echo $HOME | wc"


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2))
def test_several_words_of_exec_stay_these_words(argv: list[str]):
    assert shlex.split(Exec(tuple(argv)).command) == argv
