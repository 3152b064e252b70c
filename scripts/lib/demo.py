"""A small deploy on this machine, in a scratch directory: facts, plan, run, and a second run that changes nothing.

Example:
    python scripts/lib/demo.py
"""

from __future__ import annotations

import sys
import tempfile
from io import StringIO
from pathlib import Path
from time import perf_counter

from pyinfra.api import Config, Host, Inventory, State, deploy
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.deploy import add_deploy
from pyinfra.api.facts import get_facts
from pyinfra.api.operations import run_ops
from pyinfra.facts.server import Arch, Hostname, Kernel, LinuxName, User
from pyinfra.operations import files, server

SETTINGS = "name = shop\nport = 80\nworkers = 2\n"
SCRIPT = "#!/bin/sh\nexec shop --settings settings.conf\n"
PAGE = "<h1>{{ title }}</h1>\n<p>on port {{ port }}</p>\n"


@deploy("Shop")
def shop(root: str) -> None:
    """Put a small application into a directory."""
    settings = f"{root}/app/settings.conf"
    files.directory(name="Its directory", path=f"{root}/app", mode="750")
    files.line(name="Its port", path=settings, line="port = .*", replace="port = 8080")
    files.line(name="Its workers", path=settings, line="workers = .*", replace="workers = 4")
    files.put(name="Its start script", src=StringIO(SCRIPT), dest=f"{root}/app/start", mode="755")
    page = files.template(
        name="Its page", src=StringIO(PAGE), dest=f"{root}/app/index.html", mode="644", title="Shop", port=8080
    )
    files.link(name="The present release", path=f"{root}/current", target=f"{root}/app")
    files.file(name="No more maintenance", path=f"{root}/maintenance", present=False)
    server.shell(name="Reload, if the page changed", commands=[f"echo reloaded {root}"], _if=page.did_change)


def main() -> int:
    """Run the deploy twice; fail if the second run changes anything."""
    with tempfile.TemporaryDirectory(prefix="pyinfra-demo-") as scratch:
        prepare(Path(scratch))
        state = State(inventory=Inventory((["@local"], {})), config=Config())
        connect_all(state)
        try:
            show_facts(state)
            first = run(state, scratch, "First run")
            second = run(state, scratch, "Second run")
        finally:
            disconnect_all(state)
    print(f"\nThe first run changed {first} things, the second {second}. The scratch directory is gone.")
    return 0 if first and not second else 1


def prepare(scratch: Path) -> None:
    """Leave something that is to change, and something that is to go."""
    (scratch / "app").mkdir()
    (scratch / "app" / "settings.conf").write_text(SETTINGS)
    (scratch / "maintenance").write_text("back soon\n")


def show_facts(state: State) -> None:
    """Print some facts of this machine."""
    print("Facts")
    for fact in (Hostname, Kernel, Arch, LinuxName, User):
        for host, value in get_facts(state, fact).items():
            print(f"  {host.name} {fact.__name__}: {value}")


def run(state: State, scratch: str, title: str) -> int:
    """Plan, show the plan, run; return how many operations changed something."""
    begin = perf_counter()
    before = set(state.get_op_order())
    add_deploy(state, shop, scratch)
    planned = perf_counter()
    print(f"\n{title}: the plan")
    (host,) = state.inventory
    hashes = [op_hash for op_hash in state.get_op_order() if op_hash not in before]
    for op_hash in hashes:
        show_plan(state, host, op_hash, scratch)
    executing = perf_counter()
    run_ops(state)
    done = perf_counter()
    print(f"{title}: the result, planned in {planned - begin:.2f} s, run in {done - executing:.2f} s")
    metas = {h: state.get_op_data_for_host(host, h).operation_meta for h in hashes}
    for op_hash, meta in metas.items():
        result = "changed" if meta.did_change else "as it was" if meta.did_succeed else "failed"
        print(f"  {result:9}  {title_of(state, op_hash)}" + (f": {meta.stdout}" if meta.stdout else ""))
    return sum(bool(meta.did_change) for meta in metas.values())


def title_of(state: State, op_hash: str) -> str:
    """Return the name of an operation."""
    return ", ".join(sorted(state.get_op_meta(op_hash).names))


def show_plan(state: State, host: Host, op_hash: str, scratch: str) -> None:
    """Print what an operation would change."""
    meta = state.get_op_data_for_host(host, op_hash).operation_meta
    conditions = state.get_op_data_for_host(host, op_hash).global_arguments["_if"]
    what = "nothing" if not meta.will_change else "may change" if conditions else "will change"
    print(f"  {what:11}  {title_of(state, op_hash)}")
    for change in meta.changes:
        after = str(change.after)
        resource = change.resource.replace(scratch, "")
        if "\n" in after:
            print(f"      {resource} {change.attribute}:")
            print("".join(f"        {line}\n" for line in after.replace(scratch, "").splitlines()), end="")
        else:
            print(f"      {resource} {change.attribute}: {shown(change.before)} -> {shown(after)}".replace(scratch, ""))


def shown(value: object) -> str:
    """Return a value on one line."""
    words = {"None": "nothing", "False": "nothing", "True": "there"}
    return words.get(str(value), str(value))


if __name__ == "__main__":
    sys.exit(main())
