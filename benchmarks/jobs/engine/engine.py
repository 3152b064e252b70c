"""Work on hosts in memory and print what it took for each operation and host.

The first argument is the number of hosts, the second what is done: ``shell`` (20 commands) or ``server`` (as J2: hosts
have update-rc.d and nothing else, so that all operations change something), the third the connector of such hosts.
"""

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from operations import OPERATIONS  # type: ignore[import-not-found]

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server

count, connector = int(sys.argv[1]), sys.argv[3]
shell = [(server.shell, {"commands": [f"echo {number}"]}) for number in range(20)]
operations = shell if sys.argv[2] == "shell" else OPERATIONS


def memory() -> int:
    """KB at the highest point until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


before = memory()
names = [f"@{connector}/host{number}" for number in range(count)]
data = {"fake_delay": 0, "fake_delay_jitter": 0, "fake_responses": {"chkconfig rc-update": "update-rc.d"}}
state = State(inventory=Inventory((names, data)), config=Config())
connect_all(state)
at = [time.process_time()]
for operation, arguments in operations:
    add_op(state, operation, **arguments)
at.append(time.process_time())
run_ops(state)
at.append(time.process_time())
if state.failed_hosts:
    sys.exit(f"{len(state.failed_hosts)} hosts failed")
each = 1e6 / (count * len(operations))
figures = {
    "prepare": (at[1] - at[0]) * each,
    "run": (at[2] - at[1]) * each,
    "memory": (memory() - before) / count,
}
print(json.dumps(figures))
