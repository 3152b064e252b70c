"""The web server of ``examples/webserver``, from the command line, on booted hosts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab import Host, Lab

from .debian_repository import fetch, serve

EXAMPLE = Path(__file__).parents[2] / "examples" / "webserver"
PACKAGES = ("nginx-light", "git", "cron")


class Project:
    """The example with an inventory of lab hosts and a site of our own."""

    def __init__(self, path: Path, hosts: list[Host], user: str) -> None:
        shutil.copytree(EXAMPLE, path)
        self.path = path
        self.hosts = hosts
        names = [(host.name, {**host.ssh_data(user), "server_name": f"{host.name}.test"}) for host in hosts]
        (path / "inventory.py").write_text(f"web = {names!r}\n")
        (path / "group_data" / "local.py").write_text('site_repository = "/opt/site.git"\n')
        (path / "group_data" / "web.py").write_text(
            (path / "group_data" / "web.py").read_text().replace("https://git.example.org/site.git", "/opt/site.git")
        )

    def run(
        self, *words: str, code: int = 0, files: tuple[str, ...] = ("deploy.py",)
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pyinfra", "inventory.py", *files, *words]
        done = subprocess.run(
            command, cwd=self.path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run("--json", *words, code=code).stdout)

    def publish(self, text: str) -> None:
        """Give every host a new version of the site."""
        site = self.path / "site"
        if not site.exists():
            subprocess.run(["git", "init", "-q", "-b", "main", site], check=True)
        (site / "index.html").write_text(text)
        for words in (["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", text]):
            subprocess.run(["git", "-C", site, *words], check=True)
        for host in self.hosts:
            where = host.root / "opt/site.git"
            shutil.rmtree(where, ignore_errors=True)
            shutil.copytree(site / ".git", where)
            host.sh("chown -R root:root /opt/site.git")

    def shown(self, *awaited: str) -> set[str]:
        """What the web servers answer, asked by a client on each host.

        A reload of nginx returns before its new workers are there, and old ones answer a little longer: what is
        awaited has ten seconds to be all that is shown.
        """
        ask = 'exec 3<>/dev/tcp/127.0.0.1/80; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; tail -n 1 <&3'
        until = time.monotonic() + 10
        while True:
            answers = {host.run(["bash", "-c", ask]).stdout.strip() for host in self.hosts}
            if answers == set(awaited) or time.monotonic() > until:
                return answers
            time.sleep(0.1)


@pytest.fixture(scope="module")
def packages(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    host = lab.up(1, "systemd")[0]
    fetched = fetch(host, tmp_path_factory.mktemp("packages"), *PACKAGES)
    lab.remove(host)
    return fetched


@pytest.fixture
def hosts(lab: Lab, packages: Path) -> Iterator[list[Host]]:
    """New ones for each try: what an earlier one has installed is no first run any more."""
    hosts = lab.up(3, "systemd")
    serve(hosts, packages)
    yield hosts
    lab.remove(*hosts)


def _change(project: Project, number: int) -> None:
    project.publish(f"version {number}")
    data = project.path / "group_data" / "web.py"
    data.write_text(data.read_text() + f'\njobs = [{{"name": "report", "hour": {number}, "command": "true"}}]\n')


@pytest.mark.timeout(300)
def test_a_web_server(hosts: list[Host], tmp_path: Path):
    project = Project(tmp_path / "project", hosts, "deploy")
    project.publish("version 1")

    # The plan says what is missing, and changes nothing, here or there.
    before = {path: path.stat().st_mtime_ns for path in project.path.rglob("*")}
    stamps = [host.sh("touch /stamp && sleep 0.1 && echo stamp") for host in hosts]
    snapshots = [host.snapshot() for host in hosts]
    plan = project.json("--dry", "--detailed-exitcode", code=5)
    assert plan["results"] is None
    assert all(len(operation["hosts_with_change"]) == 3 for operation in plan["plan"][:2])
    assert {path: path.stat().st_mtime_ns for path in project.path.rglob("*")} == before
    assert stamps == ["stamp\n"] * 3
    for host, snapshot in zip(hosts, snapshots, strict=True):
        assert host.leaks(snapshot) == []
        # logging in is noted by the host itself
        noted = host.sh("find / -xdev -newer /stamp -type f ! -path '/var/log/*' ! -path '/run/*' ! -path '/proc/*'")
        assert noted == "", noted

    # The first run.
    done = project.run("-y", "-vvv")
    assert "[h" in done.stderr
    assert project.shown("version 1") == {"version 1"}
    for host in hosts:
        assert host.sh("systemctl is-active nginx; systemctl is-enabled nginx").split() == ["active", "enabled"]
        assert host.sh("dpkg-query -W -f='${db:Status-Abbrev}' nginx-light").startswith("ii")
        assert host.sh("stat -c %U:%G:%a /srv/site /srv/site/checkout/index.html").split()[0] == "site:site:755"
        assert "compress-logs" in host.sh("crontab -l -u site")
        assert f"server_name {host.name}.test;" in host.sh("cat /etc/nginx/sites-available/site")
        assert host.sh("cat /srv/site/deployed").startswith("20")

    # The second run has nothing to do, and says so beforehand.
    again = project.json("-y", "--detailed-exitcode")
    assert (again["results"]["totals"]["success"], again["results"]["totals"]["error"]) == (0, 0)
    assert [operation["name"] for operation in again["plan"] if operation["hosts_with_change"]] == []
    assert "nothing to change" in project.run("--dry", "--detailed-exitcode").stdout

    # Something new, on one host, host by host, and every host at its own pace: what is planned is what happens.
    for number, words in enumerate((("--limit", hosts[0].name), ("--serial",), ("--no-wait",)), 2):
        _change(project, number)
        ran = project.json("-y", *words)
        expected = 1 if words[0] == "--limit" else 3
        planned = {item["name"] for item in ran["plan"]
                   if item["hosts_with_change"] or item["hosts_with_conditional_change"]}  # fmt: skip
        changed = {item["name"] for item in ran["results"]["operations"]
                   if any(found["changed"] for found in item["by_host"].values())}  # fmt: skip
        assert planned == changed
        assert {"Check out the site", "Job report", "Tell when the site was deployed"} <= changed
        assert len(ran["hosts"]) == expected
        shown = {"version 1", "version 2"} if expected == 1 else {f"version {number}"}
        assert project.shown(*shown) == shown
    assert project.json("-y")["results"]["failed_hosts"] == []


def test_two_deploy_files_on_several_hosts_and_this_machine(hosts: list[Host], tmp_path: Path):
    project = Project(tmp_path / "project", hosts, "root")
    mark = tmp_path / "mark"
    (project.path / "config.py").write_text("")
    (project.path / "one.py").write_text(
        "from pyinfra import host\nfrom pyinfra.operations import files\n"
        f"files.file(path='{mark}' if host.name == '@local' else '/srv/mark')\n"
    )
    (project.path / "two.py").write_text(
        "from pyinfra import host\nfrom pyinfra.operations import files\n"
        f"files.line(path='{mark}' if host.name == '@local' else '/srv/mark', line='two')\n"
    )
    inventory = project.path / "inventory.py"
    inventory.write_text(inventory.read_text() + "local = ['@local']\n")
    plan = project.run("--dry", files=("one.py", "two.py")).stdout
    assert "2 of 2 operations change something on 4 hosts" in plan
    project.run("-y", files=("one.py", "two.py"))
    assert mark.read_text() == "two\n"
    assert {host.sh("cat /srv/mark") for host in hosts} == {"two\n"}
    assert "nothing to change" in project.run("--dry", files=("one.py", "two.py")).stdout
    for host in hosts:
        host.sh("rm /srv/mark")
