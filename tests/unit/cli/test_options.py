"""Every option does what it says."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from pyinfra.version import __version__
from pyinfra_cli.main import cli

from .command import Directory, directory

__all__ = ["directory"]

SHOW = """
import json
from pyinfra import config, host, state
from pyinfra.operations import server
server.shell(name="Say", commands="echo hello")
with open("seen", "a") as file:
    file.write(json.dumps({**SHOWN}) + "\\n")
"""

CHECKS: dict[str, Callable[[Directory], None]] = {}


def exercises(*flags: str) -> Callable[[Callable[[Directory], None]], Callable[[Directory], None]]:
    def register(check: Callable[[Directory], None]) -> Callable[[Directory], None]:
        CHECKS.update(dict.fromkeys(flags, check))
        return check

    return register


def seen(directory: Directory, shown: str, *words: str, inventory: str = "@local", **environ: str) -> list[object]:
    """What a deploy file finds, on each host, under some options."""
    directory.write(deploy=SHOW.replace("{**SHOWN}", f"({shown})"))
    ended = directory.run(inventory, "deploy.py", "--dry", *words, **environ)
    assert ended.code == 0, ended.err
    found = [json.loads(line) for line in (directory.path / "seen").read_text().splitlines()]
    (directory.path / "seen").unlink()
    return found


# -- how much is said ----------------------------------------------------------------------


@exercises("-v")
def verbosity(directory: Directory) -> None:
    directory.write(
        deploy="""
from pyinfra import host
from pyinfra.facts.server import Os
from pyinfra.operations import files, server
host.get_fact(Os)
files.directory(path="/")
server.shell(commands="echo out $((20 + 3))")
"""
    )
    none, one, two, three = (directory.run("@local", "deploy.py", "-y", *["-v"] * n).err for n in range(4))
    assert "server.Os" not in none
    assert "server.Os" in one
    assert "uname" not in one
    assert "uname" in two
    assert "out 23" not in two
    assert "[@local] out 23" in three


@exercises("--debug")
def debug(directory: Directory) -> None:
    directory.write(deploy='from pyinfra import logger\nlogger.debug("deep")\n')
    assert "deep" not in directory.run("@local", "deploy.py", "-y").err
    assert "deep" in directory.run("@local", "deploy.py", "-y", "--debug").err


@exercises("--debug-all")
def debug_all(directory: Directory) -> None:
    directory.write(deploy='import logging\nlogging.getLogger("other").debug("elsewhere")\n')
    assert "elsewhere" not in directory.run("@local", "deploy.py", "-y", "--debug").err
    assert "elsewhere" in directory.run("@local", "deploy.py", "-y", "--debug-all").err


@exercises("--debug-facts")
def debug_facts(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import files\nfiles.directory(path="/nowhere")\n')
    ended = directory.run("@local", "deploy.py", "--debug-facts")
    assert ended.code == 0
    assert "files.Directory (path=/nowhere)" in ended.out
    assert not Path("/nowhere").exists()
    found = directory.run("@local", "deploy.py", "--debug-facts", "--json").json
    assert found["files.Directory (path=/nowhere)"] == {"@local": None}


@exercises("--debug-operations")
def debug_operations(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import server\nserver.shell(name="One", commands="touch made")\n')
    found = directory.run("@local", "deploy.py", "--debug-operations", "--json").json
    assert [item["names"] for item in found["op_order"]] == [["One"]]
    assert "One" in directory.run("@local", "deploy.py", "--debug-operations").err
    assert not Path("made").exists()


@exercises("--json")
def as_json(directory: Directory) -> None:
    directory.write(deploy='print("printed")\nfrom pyinfra.operations import server\nserver.shell(commands="echo x")\n')
    planned = directory.run("@local", "deploy.py", "--json")
    assert planned.json["results"] is None
    assert "printed" in planned.err
    ran = directory.run("@local", "deploy.py", "--json", "-y").json
    assert ran["results"]["totals"]["success"] == 1
    assert len(ran["plan"]) == 1
    assert directory.run("@local", "exec", "--json", "--", "true").json["results"] is not None
    assert directory.run("@local", "deploy.py", "--output", "json").json["plan"] == planned.json["plan"]


@exercises("--output")
def outputs(directory: Directory) -> None:
    directory.write(
        deploy='from pyinfra.operations import server\nserver.shell(name="Say", commands="echo $((40+2))")\n'
    )
    said = {name: directory.run("@local", "deploy.py", "-y", "--output", name) for name in ("normal", "quiet", "live")}
    assert "42" not in said["normal"].err
    assert "[@local] 42" in said["live"].err
    assert said["quiet"].out == ""
    assert len(said["quiet"].err.splitlines()) == 1
    lines = directory.run("@local", "deploy.py", "-y", "--output", "jsonl").out.splitlines()
    assert [json.loads(line)["type"] for line in (lines[0], lines[-1])] == ["start", "end"]


@exercises("--color")
def color(directory: Directory) -> None:
    assert "\x1b[" in directory.run("@local", "fact", "server.Os", "--color", "always").out
    assert "\x1b[" not in directory.run("@local", "fact", "server.Os").out
    assert "\x1b[" not in directory.run("@local", "fact", "server.Os", "--color", "always", "--json").out
    assert "\x1b[" in directory.run("@local", "fact", "server.Os", FORCE_COLOR="1").out
    assert "\x1b[" not in directory.run("@local", "fact", "server.Os", NO_COLOR="1", FORCE_COLOR="").out


@exercises("--junit")
def junit(directory: Directory) -> None:
    assert directory.run("@local", "exec", "--junit", "report.xml", "--", "exit 3").code == 1
    assert len(ET.parse("report.xml").getroot().findall(".//failure")) == 1
    assert directory.run("@local", "exec", "--junit", "/proc/none/report.xml", "--", "true").code == 1


@exercises("--github")
def github(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import server\nserver.shell(name="Say", commands="exit 3")\n')
    assert "::error file=deploy.py,line=2" in directory.run("@local", "deploy.py", "-y", "--github").out
    assert "::error" in directory.run("@local", "deploy.py", "-y", "--output", "ci", GITHUB_ACTIONS="true").out
    assert "::error" not in directory.run("@local", "deploy.py", "-y", "--output", "ci", GITHUB_ACTIONS="").out


@exercises("--support")
def support(directory: Directory) -> None:
    said = directory.run("--support")
    assert said.code == 0
    assert __version__ in said.out
    assert "Python" in said.out


@exercises("--version")
def version(directory: Directory) -> None:
    assert directory.run("--version").out == f"pyinfra: v{__version__}\n"


@exercises("-h", "--help")
def help_texts(directory: Directory) -> None:
    assert "INVENTORY" in directory.run("-h").out
    assert directory.run("--help").out == directory.run("-h").out


# -- what is run ---------------------------------------------------------------------------


@exercises("--dry", "--detailed-exitcode")
def dry(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import files\nfiles.file(path="made")\n')
    ended = directory.run("@local", "deploy.py", "--dry")
    assert (ended.code, (directory.path / "made").exists()) == (0, False)
    assert "will be created" in ended.out
    assert directory.run("@local", "deploy.py", "--dry", "--detailed-exitcode").code == 5


@exercises("--diff")
def diff(directory: Directory) -> None:
    (directory.path / "there").write_text("old\n")
    directory.write(
        deploy='from io import StringIO\nfrom pyinfra.operations import files\nfiles.put(StringIO("new\\n"), "there")\n'
    )
    assert "- old" not in directory.run("@local", "deploy.py", "--dry").out.replace("-old", "- old")
    shown = (
        directory.run("@local", "deploy.py", "--dry", "--diff").out.replace("-old", "- old").replace("+new", "+ new")
    )
    assert "- old" in shown
    assert "+ new" in shown


@exercises("-y", "--yes")
def yes(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import files\nfiles.file(path="made")\n')
    for words, environ in ((["-y"], {}), (["--yes"], {}), ([], {"PYINFRA_YES": "1"})):
        ended = directory.run("@local", "deploy.py", *words, **environ)
        assert ended.code == 0, ended.err
        assert "Plan: 1 of 1" in ended.out  # -y answers the question, and nothing else
        (directory.path / "made").unlink()


@exercises("--no-plan")
def no_plan(directory: Directory) -> None:
    directory.write(deploy='from pyinfra.operations import files\nfiles.file(path="made")\n')
    ended = directory.run("@local", "deploy.py", "-y", "--no-plan")
    assert ended.code == 0
    assert "will be created" not in ended.out
    assert (directory.path / "made").exists()


@exercises("--serial", "--no-wait", "--parallel")
def strategies(directory: Directory) -> None:
    directory.write(
        deploy="""
from pyinfra import host
from pyinfra.operations import python
def note(n):
    with open("order", "a") as file:
        file.write(f"{host.name}{n} ")
for n in range(2):
    python.call(note, n)
"""
    )
    for words, expected in (
        (["--serial"], "@fake/a0 @fake/a1 @fake/b0 @fake/b1 "),
        (["--parallel", "1"], "@fake/a0 @fake/b0 @fake/a1 @fake/b1 "),
        (["--parallel", "1", "--no-wait"], "@fake/a0 @fake/a1 @fake/b0 @fake/b1 "),
    ):
        ended = directory.run("@fake/a,@fake/b", "deploy.py", "-y", *words)
        assert ended.code == 0, ended.err
        order = directory.path / "order"
        assert order.read_text() == expected
        order.unlink()


@exercises("--retry", "--retry-delay")
def retry(directory: Directory) -> None:
    assert seen(directory, "config.RETRY, config.RETRY_DELAY") == [[0, 5]]
    assert seen(directory, "config.RETRY, config.RETRY_DELAY", "--retry", "2", "--retry-delay", "0") == [[2, 0]]
    directory.write(config="from pyinfra import config\nconfig.RETRY = 3\nconfig.RETRY_DELAY = 1\n")
    assert seen(directory, "config.RETRY, config.RETRY_DELAY") == [[3, 1]]  # defaults of options override nothing


@exercises("--fail-percent")
def fail_percent(directory: Directory) -> None:
    directory.write(
        deploy="""
from pyinfra import host
from pyinfra.operations import python, server
python.call(name="First", function=lambda: 1 / 0 if host.name == "@fake/a" else None)
server.shell(name="Second", commands="x")
"""
    )
    hosts = "@fake/a,@fake/b,@fake/c,@fake/d"

    def ran_second(*words: str) -> int:
        found = directory.run(hosts, "deploy.py", "-y", "--json", *words)
        assert found.code == 1
        return int(found.json["results"]["operations"][1]["success"])

    assert ran_second() == 3
    assert ran_second("--fail-percent", "30") == 3
    assert ran_second("--fail-percent", "20") == 0


# -- where ---------------------------------------------------------------------------------


@exercises("--limit", "--exclude")
def limit(directory: Directory) -> None:
    directory.write(inventory='web = ["@fake/web1", "@fake/web2"]\ndb = ["@fake/db1"]\n')

    def run(*words: str) -> list[str]:
        return [host["name"] for host in directory.run("inventory.py", "debug-inventory", "--json", *words).json]

    assert run() == ["@fake/web1", "@fake/web2", "@fake/db1"]
    assert run("--limit", "web") == ["@fake/web1", "@fake/web2"]
    assert run("--limit", "*1") == ["@fake/web1", "@fake/db1"]
    assert run("--limit", "all") == run()
    assert run("--limit", "@fake/web2", "--limit", "db") == ["@fake/web2", "@fake/db1"]
    assert run("--exclude", "db") == ["@fake/web1", "@fake/web2"]
    assert run("--limit", "web", "--exclude", "*2") == ["@fake/web1"]


@exercises("--data")
def data(directory: Directory) -> None:
    shown = "host.data.port, host.data.names, host.data.text"
    given = ["--data", "port=8080", "--data", 'names=["a"]', "--data", "text=a=b"]
    assert seen(directory, shown, *given) == [[8080, ["a"], "a=b"]]


@exercises("--group-data")
def group_data(directory: Directory) -> None:
    directory.write(
        group_data__all="a = 1\nb = 1\n", more__all="b = 2\n", single="c = 3\n", inventory='single = ["@local"]\n'
    )
    shown = 'host.data.get("a"), host.data.get("b"), host.data.get("c")'
    assert seen(directory, shown, inventory="inventory.py") == [[1, 1, None]]
    found = seen(directory, shown, "--group-data", "more", "--group-data", "single.py", inventory="inventory.py")
    assert found == [[1, 2, 3]]
    assert directory.run("@local", "deploy.py", "--dry", "--group-data", "nothing").code == 2


@exercises("--config")
def config_file(directory: Directory) -> None:
    directory.write(
        config="from pyinfra import config\nconfig.SHELL = 'bash'\n",
        other="from pyinfra import config\nconfig.ENV = {'A': '1'}\n",
    )
    assert seen(directory, "config.SHELL") == ["bash"]
    assert seen(directory, "config.SHELL, config.ENV", "--config", "other.py") == [["sh", {"A": "1"}]]
    assert directory.run("@local", "deploy.py", "--dry", "--config", "nothing.py").code == 2


@exercises("--chdir")
def chdir(directory: Directory) -> None:
    directory.write(
        below__deploy='from pathlib import Path\nfrom helper import NAME\nPath("made").write_text(NAME)\n',
        below__helper='NAME = "x"\n',
    )
    for deploy in ("deploy.py", "below/deploy.py"):
        os.chdir(directory.path)
        ended = directory.run("@local", deploy, "--dry", "--chdir", "below")
        assert ended.code == 0, ended.err
        assert (directory.path / "below" / "made").read_text() == "x"


# -- as whom -------------------------------------------------------------------------------


@exercises("--sudo", "--sudo-user", "--use-sudo-login")
def sudo(directory: Directory) -> None:
    shown = "config.SUDO, config.SUDO_USER, config.USE_SUDO_LOGIN"
    fake = "@fake/a"
    assert seen(directory, shown, inventory=fake) == [[False, None, False]]
    assert seen(directory, shown, "--sudo", "--use-sudo-login", inventory=fake) == [[True, None, True]]
    assert seen(directory, shown, "--sudo-user", "app", inventory=fake) == [[True, "app", False]]


@exercises("--su-user", "--dzdo", "--dzdo-user", "--doas", "--doas-user")
def other_users(directory: Directory) -> None:
    shown = "config.SU_USER, config.DZDO, config.DZDO_USER, config.DOAS, config.DOAS_USER"
    fake = "@fake/a"
    assert seen(directory, shown, "--su-user", "app", inventory=fake) == [["app", False, None, False, None]]
    assert seen(directory, shown, "--dzdo", inventory=fake) == [[None, True, None, False, None]]
    assert seen(directory, shown, "--dzdo-user", "app", inventory=fake) == [[None, True, "app", False, None]]
    assert seen(directory, shown, "--doas", inventory=fake) == [[None, False, None, True, None]]
    assert seen(directory, shown, "--doas-user", "app", inventory=fake) == [[None, False, None, True, "app"]]


@exercises("--same-sudo-password", "--use-sudo-password", "--ssh-password-prompt")
def password_prompts(directory: Directory) -> None:
    # With a terminal: tests/system/test_terminal.py
    directory.write(deploy="")
    for option in ("--same-sudo-password", "--use-sudo-password", "--ssh-password-prompt"):
        ended = directory.run("@local", "deploy.py", "-y", option)
        assert ended.code == 2
        assert "needs a terminal" in ended.err


@exercises("--shell-executable")
def shell_executable(directory: Directory) -> None:
    assert seen(directory, "config.SHELL", "--shell-executable", "bash") == ["bash"]
    assert seen(directory, "config.SHELL", "--shell-executable", "None") == [None]


@exercises("--ssh-user", "--user", "--ssh-port", "--port", "--ssh-key", "--key", "--ssh-key-password", "--key-password",
           "--ssh-password", "--password")  # fmt: skip
def ssh_data(directory: Directory) -> None:
    shown = (
        "host.data.ssh_user, host.data.ssh_port, host.data.ssh_key, host.data.ssh_key_password, host.data.ssh_password"
    )
    expected = [["app", 2222, "id", "k", "p"]]
    fake = "@fake/a"
    long = [
        "--ssh-user",
        "app",
        "--ssh-port",
        "2222",
        "--ssh-key",
        "id",
        "--ssh-key-password",
        "k",
        "--ssh-password",
        "p",
    ]
    short = ["--user", "app", "--port", "2222", "--key", "id", "--key-password", "k", "--password", "p"]
    assert seen(directory, shown, *long, inventory=fake) == expected
    assert seen(directory, shown, *short, inventory=fake) == expected
    # --data counts more
    assert seen(directory, "host.data.ssh_user", *long, "--data", "ssh_user=root", inventory=fake) == ["root"]


@pytest.mark.parametrize("check", dict.fromkeys(CHECKS.values()), ids=lambda check: check.__name__)
def test_option(directory: Directory, check: Callable[[Directory], None]):
    check(directory)


def test_every_option_is_exercised():
    flags = {flag for parameter in cli.params for flag in parameter.opts if flag.startswith("-")}
    assert set(CHECKS) == flags | {"-h", "--help"}


def test_the_options_of_the_surface():
    surface = json.loads((Path(__file__).parents[2] / "surface" / "options.json").read_text())
    ours = {parameter.name: parameter for parameter in cli.params if isinstance(parameter, click.Option)}
    for name, wanted in surface.items():
        option = ours[name]
        kind = "flag" if option.is_flag else "count" if option.count else "many" if option.multiple else "value"
        assert (sorted(option.opts), kind, option.envvar) == (sorted(wanted["flags"]), wanted["kind"], wanted["envvar"])
