"""Packages of Python with pip, pipx and uv on a real host; what came of it the environments' own Python tells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.pip import PipPackages
from pyinfra.facts.pipx import PipxEnvironment, PipxPackages
from pyinfra.facts.uv import UvInstalledPythonsByVersion, UvPipPackages, UvTools, UvVersion
from pyinfra.operations import pip, pipx, uv
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_wheels import WHEELS, install_python, publish_wheels

PLACE = "/srv/my app"
VENV = f"{PLACE}/venv"
BREAK = "--break-system-packages"


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="2g")
    install_python(host, tmp_path_factory.mktemp("python"))
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without packages of ours."""
    shared.sh(f"rm -rf '{PLACE}' /usr/local/lib/python3*/dist-packages/*; mkdir '{PLACE}'")
    shared.sh("cd /root; rm -rf .local .cache .config .bash_* .z*; echo : >.profile; echo : >.bashrc")
    publish_wheels(shared, ("Toy_Box", "1.0.0"), ("Toy_Box", "1.2.0"), ("other", "0.1.0"))
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


def version(host: Host, python: str, name: str = "toy-box") -> str | None:
    """The version of a package, as the interpreter itself sees it."""
    program = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = host.run([python, "-c", program], check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


class TestPip:
    def test_from_nothing_to_installed_and_back(self, host: Host, machine: Machine) -> None:
        meta = machine.apply(pip.venv, path=VENV)
        assert f"virtual environment {VENV}" in {change.resource for change in meta.plan.changes}
        python = f"{VENV}/bin/python"
        assert host.run([python, "-c", "import sys; print(sys.prefix)"]).stdout.strip() == VENV
        meta = machine.apply(pip.packages, packages=["toy-box==1.0.0", "Other"], virtualenv=VENV)
        assert shown(meta) == {("package toy-box", None, "1.0.0"), ("package other", None, "installed")}
        assert (version(host, python), version(host, python, "other")) == ("1.0.0", "0.1.0")
        assert machine.fact(PipPackages, pip=f"{VENV}/bin/pip")["Toy_Box"] == {"1.0.0"}
        same = [
            "toy.box",
            "TOY_BOX==1.0",
            "toy-box>=1,<2",
            "other[extra]~=0.1",
            f"/{WHEELS}/other-0.1.0-py3-none-any.whl",
        ]
        machine.unchanged(pip.packages, packages=same, virtualenv=VENV)
        machine.apply(pip.packages, packages="toy-box>1.1", virtualenv=VENV, again=True)
        assert version(host, python) == "1.2.0"
        machine.unchanged(pip.packages, packages="toy-box==1.0.0", virtualenv=VENV, present=False)
        meta = machine.apply(pip.packages, packages=["Toy.Box", "other==0.1"], virtualenv=VENV, present=False)
        assert shown(meta) == {("package Toy_Box", "1.2.0", None), ("package other", "0.1.0", None)}
        assert (version(host, python), version(host, python, "other")) == (None, None)
        machine.apply(pip.venv, path=VENV, present=False)
        assert not (host.root / VENV[1:]).exists()
        machine.unchanged(pip.packages, packages="other", virtualenv=VENV, present=False)

    def test_the_newest(self, host: Host, machine: Machine) -> None:
        made = {"venv": True}
        machine.apply(pip.packages, packages="toy-box==1.0.0", virtualenv=VENV, virtualenv_kwargs=made)
        machine.unchanged(pip.packages, packages="toy-box==1.0.0", virtualenv=VENV, latest=True)
        meta = machine.apply(pip.packages, packages=["toy-box", "other"], virtualenv=VENV, latest=True)
        assert shown(meta) == {("package Toy_Box", "1.0.0", "1.2.0"), ("package other", None, "installed")}
        assert version(host, f"{VENV}/bin/python") == "1.2.0"

    def test_a_file_of_requirements(self, host: Host, machine: Machine) -> None:
        machine.apply(pip.venv, path=VENV)
        file = host.root / PLACE[1:] / "wanted.txt"
        file.write_text("# ours\n--prefer-binary\nToy-Box==1.0.0 \\\n  # pinned\nother>=0.1\n")
        arguments = {"requirements": f"{PLACE}/wanted.txt", "virtualenv": VENV}
        machine.apply(pip.packages, **arguments)
        assert version(host, f"{VENV}/bin/python") == "1.0.0"
        file.write_text("toy-box==1.2.0\n")
        machine.apply(pip.packages, **arguments)
        assert version(host, f"{VENV}/bin/python") == "1.2.0"
        machine.apply(pip.packages, **arguments, present=False)
        assert version(host, f"{VENV}/bin/python") is None
        assert version(host, f"{VENV}/bin/python", "other") == "0.1.0"

    def test_packages_of_the_system(self, host: Host, machine: Machine) -> None:
        meta = machine.once(pip.packages, packages="other", _ignore_errors=True)
        assert any("externally-managed-environment" in line for line in meta.stderr_lines)
        machine.apply(pip.packages, packages="other", extra_install_args=BREAK)
        assert version(host, "python3", "other") == "0.1.0"
        machine.apply(pip.packages, packages="other", present=False, extra_install_args=BREAK)
        assert version(host, "python3", "other") is None
        for program in ("pip3", "python3 -m pip"):
            machine.apply(pip.packages, packages="other", pip=program, extra_install_args=BREAK)
            machine.apply(pip.packages, packages="other", pip=program, present=False, extra_install_args=BREAK)

    def test_virtualenv(self, host: Host, machine: Machine) -> None:
        machine.apply(pip.virtualenv, path=f"{VENV}/", python="python3", site_packages=True, always_copy=True)
        settings = (host.root / VENV[1:] / "pyvenv.cfg").read_text()
        assert "include-system-site-packages = true" in settings
        assert not (host.root / VENV[1:] / "bin/python3").is_symlink()
        machine.apply(pip.virtualenv, path=VENV, present=False)
        (host.root / "bin/activate").touch()
        assert "not going to be removed" in str(machine.fails(pip.venv, path="/", present=False))
        (host.root / "bin/activate").unlink()


class TestPipx:
    def test_from_nothing_to_installed_and_back(self, host: Host, machine: Machine) -> None:
        meta = machine.apply(pipx.packages, packages=["toy-box==1.0.0", "other"])
        assert shown(meta) == {("package toy-box", None, "1.0.0"), ("package other", None, "installed")}
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "1.0.0\n"
        assert machine.fact(PipxPackages)["other"] == {"0.1.0"}
        machine.unchanged(pipx.packages, packages=["Toy_Box", "toy.box>=1,<2", "other==0.1"])
        machine.apply(pipx.packages, packages="toy-box==1.2.0", again=False)
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "1.2.0\n"
        machine.apply(pipx.packages, packages=["toy-box", "other==0.1.0"], present=False)
        assert not (host.root / "root/.local/bin/toy_box").is_symlink()
        assert machine.fact(PipxPackages) == {}

    def test_the_newest(self, host: Host, machine: Machine) -> None:
        machine.apply(pipx.packages, packages="toy-box==1.0.0")
        meta = machine.apply(pipx.packages, packages="toy-box", latest=True)
        assert shown(meta) == {("package toy-box", "1.0.0", "1.2.0")}
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "1.2.0\n"
        machine.unchanged(pipx.upgrade_all)
        publish_wheels(host, ("Toy_Box", "2.0.0"))
        machine.apply(pipx.upgrade_all)
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "2.0.0\n"

    def test_programs_are_found(self, host: Host, machine: Machine) -> None:
        assert machine.fact(PipxEnvironment)["PIPX_BIN_DIR"] == "/root/.local/bin"
        shutil.copy(host.root / "etc/skel/.profile", host.root / "root/.profile")
        machine.unchanged(pipx.ensure_path)  # that has it below $HOME
        (host.root / "root/.profile").write_text("umask 022\n")
        machine.apply(pipx.ensure_path)
        assert "/root/.local/bin" in host.run(["bash", "-lc", "echo $PATH"]).stdout


class TestUv:
    def test_from_nothing_to_installed_and_back(self, host: Host, machine: Machine) -> None:
        where = {"extra_args": ["--python", VENV]}
        meta = machine.apply(uv.venv, path=VENV, python="/usr/bin/python3")
        assert f"virtual environment {VENV}" in {change.resource for change in meta.plan.changes}
        meta = machine.apply(uv.packages, packages=["toy-box==1.0.0", "Other"], **where)
        assert shown(meta) == {("package toy-box", None, "1.0.0"), ("package other", None, "installed")}
        python = f"{VENV}/bin/python"
        assert (version(host, python), version(host, python, "other")) == ("1.0.0", "0.1.0")
        machine.unchanged(uv.packages, packages=["Toy_Box", "toy.box>=1,<2"], **where)
        meta = machine.apply(uv.packages, packages=["toy-box", "other"], latest=True, **where)
        assert shown(meta) == {("package toy-box", "1.0.0", "1.2.0")}
        assert version(host, python) == "1.2.0"
        machine.apply(uv.packages, packages=["toy-box", "other==0.1"], present=False, **where)
        assert version(host, python) is None
        machine.apply(uv.venv, path=VENV, present=False)
        assert not (host.root / VENV[1:]).exists()

    def test_the_environment_of_the_working_directory(self, host: Host, machine: Machine) -> None:
        assert machine.fact(UvPipPackages) is not None
        machine.apply(uv.venv, path=f"{PLACE}/.venv", seed=True)
        (host.root / PLACE[1:] / "wanted.txt").write_text("toy_box<1.1\n")
        machine.apply(uv.packages, packages=[], requirements="wanted.txt", _chdir=PLACE)
        assert version(host, f"{PLACE}/.venv/bin/python") == "1.0.0"
        assert (host.root / PLACE[1:] / ".venv/bin/pip").exists()

    def test_what_is_in_the_way_of_an_environment(self, host: Host, machine: Machine) -> None:
        (host.root / VENV[1:]).mkdir()
        (host.root / VENV[1:] / "notes").touch()
        assert machine.once(uv.venv, path=VENV, _ignore_errors=True).did_error()
        machine.apply(uv.venv, path=VENV, allow_existing=True)
        assert (host.root / VENV[1:] / "notes").exists()

    def test_tools(self, host: Host, machine: Machine) -> None:
        machine.apply(uv.tools, tools=["toy-box==1.0.0", "other"])
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "1.0.0\n"
        assert machine.fact(UvTools) == {"toy-box": {"1.0.0"}, "other": {"0.1.0"}}
        machine.unchanged(uv.tools_upgrade_all)
        meta = machine.apply(uv.tools, tools="toy_box", latest=True)
        assert shown(meta) == {("package toy-box", "1.0.0", "1.2.0")}
        publish_wheels(host, ("Toy_Box", "2.0.0"))
        machine.apply(uv.tools_upgrade_all)
        assert host.run(["/root/.local/bin/toy_box"]).stdout == "2.0.0\n"
        machine.apply(uv.tools_update_shell)
        assert "/root/.local/bin" in host.run(["bash", "-lc", "echo $PATH"]).stdout
        machine.apply(uv.tools, tools=["toy-box", "other"], present=False)
        assert not (host.root / "root/.local/bin/toy_box").is_symlink()

    def test_pythons_that_the_host_has(self, host: Host, machine: Machine) -> None:
        number = host.run(["python3", "-c", "import platform; print(platform.python_version())"]).stdout.strip()
        assert number in machine.fact(UvInstalledPythonsByVersion, is_managed=False)
        assert machine.fact(UvVersion).startswith("uv ")
        machine.unchanged(uv.pythons, versions=[number, number.rpartition(".")[0]], managed=False)
        machine.unchanged(uv.pythons, versions="3.12", present=False)
