"""Reading and importing what deploy files will ask for, while the hosts are still answering."""

from __future__ import annotations

import dis
import importlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType

from pyinfra._core.importing import when_nothing_is_urgent
from pyinfra._engine.controller.user_files import compile_file
from pyinfra_cli.run.foreseen import Foreseen, foreseen_facts

_OURS = ("pyinfra.facts", "pyinfra.operations")


@contextmanager
def reading_ahead(paths: Sequence[str]) -> Iterator[list[Foreseen]]:
    """Import what is ours and files name, beside what is done inside. Nothing of the user's is imported.

    Args:
        paths: of deploy files.

    Yields:
        A list, which has the facts that the files will ask for when the block has ended.
    """
    found: list[Foreseen] = []
    worker = threading.Thread(target=_read_all, args=(paths, found), name="pyinfra-ahead", daemon=True)
    worker.start()
    try:
        yield found
    finally:
        worker.join()


def modules_of(code: CodeType) -> Iterator[tuple[str, str]]:
    """Name what a file imports of facts and operations: modules, and names in them.

    Args:
        code: of the file; what its functions import is left for later.
    """
    origin = ""
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            origin = step.argval
        elif step.opname == "IMPORT_FROM" and origin in _OURS:
            module = f"{origin}.{step.argval}"
            yield from ((module, name) for name in code.co_names)
        elif step.opname == "IMPORT_FROM" and origin.startswith(_OURS):
            yield origin, step.argval


def _read_all(paths: Sequence[str], found: list[Foreseen]) -> None:
    for path in paths:
        with suppress(Exception):  # what is wrong with a file shows when it is run
            for module, name in modules_of(compile_file(path)):
                _import(module, name)
            source = Path(path).read_bytes()
            if b"get_fact" in source:
                found += foreseen_facts(source)


def _import(module: str, name: str) -> None:
    when_nothing_is_urgent()
    with suppress(Exception):
        found = importlib.import_module(module)
        if name in found.__all__:  # some modules import what they export when it is asked for
            getattr(found, name)
