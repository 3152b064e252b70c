"""Where lessons are kept: a file for each job, which only its owner can read."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from pyinfra._engine.facts.lesson_entries import Entry

logger = logging.getLogger("pyinfra")

OFF_SWITCH = "PYINFRA_PREFETCH"
_VERSION = 1


class LessonsFile:
    """A file with lessons. One that is missing, unreadable or strange is as good as an empty one.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of_job(cls, *words: str) -> LessonsFile | None:
        """Return the file of a job; None when the environment variable ``PYINFRA_PREFETCH`` is ``0``.

        Args:
            words: what tells the job from others: paths of its files.
        """
        if not words or os.environ.get(OFF_SWITCH, "").lower() in ("0", "no", "off", "false"):
            return None
        home = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
        name = hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return cls(Path(home, "pyinfra", "lessons", f"{name}.json"))

    @classmethod
    def of_program(cls) -> LessonsFile | None:
        """Return the file of the program that this process runs; None for one without a file."""
        path = getattr(sys.modules.get("__main__"), "__file__", None)
        return cls.of_job(str(Path(path).resolve())) if path else None

    def read(self) -> dict[str, list[Entry]]:
        """Return what each host was asked for."""
        try:
            found = json.loads(self._path.read_bytes())
            if found["version"] != _VERSION:
                return {}
            lists = [[found["facts"][number] for number in numbers] for numbers in found["lists"]]
            return {host: lists[number] for host, number in found["hosts"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            logger.debug("%s is of no use: %s", self._path, error)
            return {}

    def write(self, lessons: dict[str, list[Entry]]) -> None:
        """Keep what each host was asked for: a new file in the place of the old one, at once."""
        content = json.dumps(_folded(lessons), separators=(",", ":"))
        temporary = None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", errors="surrogatepass", dir=self._path.parent, prefix=".", delete=False
            ) as file:
                temporary = Path(file.name)
                file.write(content)
            temporary.replace(self._path)
        except OSError as error:
            logger.debug("%s could not be written: %s", self._path, error)
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink()


def _folded(lessons: dict[str, list[Entry]]) -> dict[str, Any]:
    """Hosts are often asked for the same: facts and lists of them are written once."""
    facts: dict[str, int] = {}
    lists: dict[tuple[int, ...], int] = {}
    hosts = {}
    numbers: dict[int, int] = {}  # by identity of the entry: hosts share them
    for host, entries in lessons.items():
        for entry in entries:
            if id(entry) not in numbers:
                numbers[id(entry)] = facts.setdefault(json.dumps(entry), len(facts))
        folded = tuple(numbers[id(entry)] for entry in entries)
        hosts[host] = lists.setdefault(folded, len(lists))
    return {
        "version": _VERSION,
        "facts": [json.loads(fact) for fact in facts],
        "lists": [list(numbers) for numbers in lists],
        "hosts": hosts,
    }
