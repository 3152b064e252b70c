"""One of several runs at the same time: plans its operations, says so, waits for a word, and runs them.

Gets the host, its data and calls of ``files.*`` as JSON on standard input, a line; then the word. Prints what it is
doing, and at the end what became of each operation: an empty text, or the error.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import add_ops
from pyinfra.api.operations import run_ops
from pyinfra.operations import files


def main() -> None:
    given = json.loads(sys.stdin.readline())
    state = State(Inventory(([(given["host"], given["data"])], {})), Config(FAIL_PERCENT=100))
    connect_all(state)
    calls: list[Any] = [(getattr(files, name), {**how, "_ignore_errors": True}) for name, how in given["calls"]]
    metas = [meta for found in add_ops(state, calls) for meta in found.values()]
    print("planned", flush=True)
    sys.stdin.readline()
    run_ops(state)
    print(json.dumps(["" if meta.did_succeed() else meta.stderr or "failed" for meta in metas]), flush=True)
    disconnect_all(state)


if __name__ == "__main__":
    main()
