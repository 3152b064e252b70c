"""The command line on a small deploy: facts, a plan, a run, and a second run that changes nothing.

The deploy is that of ``examples/shop``. It is copied into a scratch directory, and so is what it makes.

Example:
    python scripts/lib/demo.py
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

from pyinfra_cli.main import cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"
CHANGED = re.compile(r"; (\d+) of \d+ operations? changed something")
PENDING = 5


def main() -> int:
    """Plan and run the deploy, twice; fail if the second run changes anything."""
    with tempfile.TemporaryDirectory(prefix="pyinfra-demo-") as scratch, chdir(scratch):
        root = prepare(Path(scratch))
        os.environ["XDG_STATE_HOME"] = str(Path(scratch, "state"))  # what runs remember goes with everything else
        deploy = ["@local", "deploy.py", "--data", f"root={root}"]
        say("Facts of this machine")
        pyinfra("@local", "fact", "server.Hostname", "server.LinuxName", "server.User")
        say("The plan. Nothing is changed; the exit status says that there is something to change")
        pyinfra("--dry", "--diff", "--detailed-exitcode", *deploy, status=PENDING)
        say("The run. Without --yes it would ask now")
        first = changed_by(pyinfra("--yes", *deploy))
        say("The second run")
        second = changed_by(pyinfra("--yes", *deploy))
        say("A last look: the exit status says that nothing is to be changed")
        pyinfra("--dry", "--detailed-exitcode", "--output", "quiet", *deploy)
    say(f"The first run changed {first} things, the second {second}. The scratch directory is gone")
    return 0 if first and not second else 1


def prepare(scratch: Path) -> Path:
    """Make the directories; leave something that is to change, and something that is to go."""
    shutil.copytree(EXAMPLE, scratch, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    root = scratch / "srv"
    (root / "app").mkdir(parents=True)
    (root / "app" / "settings.conf").write_text("name = shop\nport = 80\nworkers = 2\n")
    (root / "maintenance").write_text("back soon\n")
    return root


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n# {text}.", flush=True)


class Heard:
    """Standard output that remembers what was written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.text = ""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write and remember text."""
        self.text += text
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def pyinfra(*words: str, status: int = 0) -> str:
    """Run a command line, and return what it prints on standard output.

    Raises:
        SystemExit: it ended with another status.
    """
    print(f"$ pyinfra {shlex.join(words)}", flush=True)
    heard = Heard(sys.stdout)
    with redirect_stdout(heard):
        code = cli.main(list(words), prog_name="pyinfra", standalone_mode=False)
    if code != status:
        raise SystemExit(f"demo: this ended with {code} instead of {status}")
    return heard.text


def changed_by(printed: str) -> int:
    """Return how many operations changed something, as the last line of a run says."""
    found = CHANGED.search(printed)
    return int(found[1]) if found else -1


if __name__ == "__main__":
    sys.exit(main())
