"""What figures were measured on and with."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import environments


def about(who: set[str], runs: int) -> dict[str, str]:
    """Return when, where and with which versions it is measured; installs what is missing."""
    facts = {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "runs": str(runs),
        "processor": f"{os.cpu_count()} cores, {_field('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GB",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "python": platform.python_version(),
        "ours": _ours(),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }
    if shutil.which("ssh"):
        facts["ssh"] = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr.split(",")[0]
    if any(name.startswith("rival") for name in who):
        facts["rival"] = f"pyinfra {environments.version(environments.rival(), 'pyinfra')}"
    if who & {"ansible", "mitogen"}:
        python = environments.ansible()
        facts.update({name: environments.version(python, name) for name in environments.ANSIBLE})
    return facts


def _field(file: str, name: str) -> str:
    lines = Path(file).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")


def _ours() -> str:
    """The version, and the commit when this is a clone."""
    git = ["git", "-c", f"safe.directory={environments.ROOT}", "-C", str(environments.ROOT), "describe", "--always"]
    commit = subprocess.run([*git, "--dirty"], capture_output=True, text=True, check=False).stdout.strip()
    code = "import pyinfra; print(pyinfra.__version__)"
    words = [sys.executable, "-c", code]
    version = subprocess.run(
        words, env=environments.clean(environments.ours()), capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"pyinfra {version} ({commit})" if commit else f"pyinfra {version}"
