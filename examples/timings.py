"""An observer that measures how long each operation takes on each host, and prints a table at the end.

    python examples/timings.py [HOST ...]

Without hosts it runs on this machine. It changes nothing.
"""

import sys
from time import perf_counter

from pyinfra.api import BaseStateCallback, Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server


class Timings(BaseStateCallback):
    """Durations by operation and host."""

    def __init__(self):
        self.started = {}
        self.rows = []

    def operation_host_start(self, state, host, op_hash):
        self.started[host, op_hash] = perf_counter()

    def operation_host_success(self, state, host, op_hash, retry_count=0):
        self.note(state, host, op_hash, "ok", retry_count)

    def operation_host_error(self, state, host, op_hash, retry_count=0, max_retries=0):
        self.note(state, host, op_hash, "failed", retry_count)

    def note(self, state, host, op_hash, result, retries):
        seconds = perf_counter() - self.started.pop((host, op_hash))
        name = ", ".join(sorted(state.get_op_meta(op_hash).names))
        self.rows.append((name, host.name, result, retries, seconds))

    def print_table(self):
        width = max([len(name) for name, *_ in self.rows] + [len("operation")])
        print(f"{'operation':{width}}  {'host':20}  {'result':6}  retries  seconds")
        for name, host, result, retries, seconds in sorted(self.rows):
            print(f"{name:{width}}  {host:20}  {result:6}  {retries:7}  {seconds:7.3f}")


def main(hosts):
    state = State(inventory=Inventory((hosts or ["@local"], {})), config=Config())
    timings = Timings()
    state.add_callback_handler(timings)
    connect_all(state)
    add_op(state, server.shell, name="Say who", commands=["whoami", "uname -a"])
    add_op(state, server.shell, name="Take a moment", commands=["sleep 0.2"])
    add_op(state, server.shell, name="Fail", commands=["false"], _ignore_errors=True)
    run_ops(state)
    disconnect_all(state)
    timings.print_table()


if __name__ == "__main__":
    main(sys.argv[1:])
