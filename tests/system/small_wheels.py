"""Tools of Python on lab hosts, and small wheels for them in a directory of the host."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.lab import Host

from .small_languages import install

WHEELS = "opt/wheels"


def install_python(host: Host, folder: Path) -> None:
    """Put pip, virtualenv, pipx and uv on a host, which know no other packages than those of `publish_wheels`.

    Skips the test when they cannot be had.
    """
    (folder / "debs").mkdir()
    install(host, folder / "debs", "python3-venv", "python3-pip", "pipx", "virtualenv")
    (folder / "uv").mkdir()
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder / "uv"), "uv"],
        capture_output=True,
        check=False,
    )
    if fetched.returncode:
        pytest.skip("no wheel of uv")
    (wheel,) = (folder / "uv").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/scripts/uv")]
        (host.root / "usr/local/bin/uv").write_bytes(archive.read(name))
    host.sh(f"chmod 755 /usr/local/bin/uv; mkdir -p /{WHEELS} /etc/uv")
    (host.root / "etc/pip.conf").write_text(f"[global]\nno-index = true\nfind-links = /{WHEELS}\n")
    (host.root / "etc/uv/uv.toml").write_text(f'no-index = true\nfind-links = ["/{WHEELS}"]\n')


def publish_wheels(host: Host, *packages: tuple[str, str]) -> None:
    """Offer these packages, each with a program of its name, beside what new environments begin with."""
    folder = host.root / WHEELS
    host.sh(f"rm -rf /{WHEELS}; mkdir -p /{WHEELS}; cp /usr/share/python-wheels/*.whl /{WHEELS}")
    for name, version in packages:
        module = name.replace("-", "_").replace(".", "_").lower()
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        files = {
            f"{module}/__init__.py": f"def main():\n    print({version!r})\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/entry_points.txt": f"[console_scripts]\n{module} = {module}:main\n",
        }
        record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
        with zipfile.ZipFile(folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl", "w") as archive:
            for path, text in (*files.items(), (f"{info}/RECORD", record)):
                archive.writestr(path, text)
