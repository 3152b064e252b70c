"""J1 and J2 as a program."""

import sys
from pathlib import Path

from operations import OPERATIONS  # type: ignore[import-not-found]

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops

namespace: dict[str, object] = {}
exec(Path(sys.argv[1]).read_text(), namespace)
state = State(inventory=Inventory((namespace["hosts"], {})), config=Config())
connect_all(state)
for operation, arguments in OPERATIONS:
    add_op(state, operation, **arguments)
run_ops(state)
disconnect_all(state)
sys.exit(1 if state.failed_hosts else 0)
