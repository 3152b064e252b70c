"""What contestants need: virtual environments, and Python for hosts that ansible works on. Made once and kept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab import Host

ROOT = Path(__file__).parents[1]
CACHE = Path.home() / ".cache" / "pyinfra-bench"
RIVAL = "pyinfra==3.10.0"
ANSIBLE = ("ansible-core", "mitogen")


def python_with(name: str, *requirements: str) -> Path:
    """Return the interpreter of a virtual environment that has some packages and nothing else."""
    folder = CACHE / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print(f"installing {', '.join(requirements)}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *requirements], check=True)
        (folder / "ready").touch()
    return python


def rival() -> Path:
    """Return the interpreter with pyinfra 3.10."""
    return python_with(RIVAL.replace("==", "-"), RIVAL)


def ansible() -> Path:
    """Return the interpreter with ansible-core and mitogen."""
    return python_with("ansible", *ANSIBLE)


def clean(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for what is measured: this one without what would change how Python starts, and more."""
    strange = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYINFRA_PREFETCH", "XDG_STATE_HOME", "VIRTUAL_ENV")
    return {**{name: value for name, value in os.environ.items() if name not in strange}, **more}


def ours() -> dict[str, str]:
    """Return the variables with which Python finds this checkout, whatever else is installed."""
    return {"PYTHONPATH": str(ROOT / "src")}


def compile_ours() -> None:
    """Compile the modules of this checkout, as an installation does."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "src")], env=clean({}), check=True)


def version(python: Path | str, package: str) -> str:
    """Return the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def give_python(hosts: list[Host]) -> None:
    """Put Python and python-apt on hosts, which have none: ansible needs them there."""
    archive = CACHE / "host-python.tar"
    if not archive.exists():
        _make_host_python(hosts[0], archive)
    for host in hosts:
        _unpack(archive, host)


def _make_host_python(host: Host, archive: Path) -> None:
    """Make an archive of what the hosts lack: unpacked Debian packages, with their modules compiled."""
    new = archive.with_suffix(".new")
    installed = set(host.sh("dpkg-query -W -f '${Package}\\n'").split())
    subprocess.run(["apt-get", "--quiet", "--quiet", "update"], check=False, stdout=subprocess.DEVNULL)
    depends = ["apt-cache", "depends", "--recurse", "--important", "python3-apt"]
    lines = subprocess.run(depends, capture_output=True, text=True, check=True).stdout.splitlines()
    wanted = sorted({line for line in lines if line[:1].isalnum()} - installed)
    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as scratch:
        subprocess.run(["apt-get", "--quiet", "download", *wanted], cwd=scratch, check=True, capture_output=True)
        tree = Path(scratch, "tree")
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(tree)], check=True)
        subprocess.run(["tar", "-C", str(tree), "-cf", str(new), "."], check=True)
    _unpack(new, host)
    host.sh("python3 -m compileall -q /usr/lib/python3* >/dev/null || true")
    compiled = sorted(str(path.relative_to(host.root)) for path in (host.root / "usr/lib").glob("python3*"))
    subprocess.run(["tar", "-C", str(host.root), "-rf", str(new), *compiled], check=True)
    new.rename(archive)


def _unpack(archive: Path, host: Host) -> None:
    subprocess.run(["tar", "-C", str(host.root), "--keep-directory-symlink", "-xf", str(archive)], check=True)
