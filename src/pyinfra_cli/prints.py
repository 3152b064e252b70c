"""Functions by which programs that embed us print plans, results, facts and inventories.

Tables go to standard error, so that they never mix with what such a program prints itself; facts, inventories and JSON
go to standard output.

Example:
    >>> add_op(state, server.shell, commands="uptime")
    >>> print_meta(state)
    >>> run_ops(state)
    >>> print_results(state)
"""

from __future__ import annotations

import json
import logging
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from pyinfra._core.display import visible
from pyinfra._report.encoding import json_encode, plain, to_json_text, without_secrets
from pyinfra._report.plan import plan_report, shown_name
from pyinfra._report.results import run_report
from pyinfra._report.shapes import counts_shape, plan_shape, results_shape, totals_shape
from pyinfra.api.host import Host
from pyinfra.version import __version__

if TYPE_CHECKING:
    from pyinfra.api.state import State, StateOperationMeta

__all__ = [
    "Host",
    "build_plan_json",
    "build_results_json",
    "json_encode",
    "jsonify",
    "pretty_op_name",
    "print_fact",
    "print_facts",
    "print_facts_json",
    "print_groups_by_comparison",
    "print_inventory",
    "print_inventory_json",
    "print_json",
    "print_meta",
    "print_results",
    "print_rows",
    "print_run_json",
    "print_state_operations",
    "print_state_operations_json",
    "print_support_info",
    "truncate",
]

logger = logging.getLogger("pyinfra")

_INDENT = "    "
_GAP = 4  # columns between the columns of a table
_HOSTS_WIDTH = 48
_LIBRARIES = ("asyncssh", "click", "greenlet", "jinja2", "packaging", "typeguard")


# -- plan and results ----------------------------------------------------------------------


def print_meta(state: State) -> None:
    """Print what is going to change, as a table: each operation and the hosts that it changes."""
    rows: list[Sequence[str]] = [("Operation", "Change", "Conditional Change")]
    for operation in plan_report(state).operations:
        hosts = _hosts_cell(operation.hosts_with_change)
        cells = ("-", hosts) if operation.conditional else (hosts, "-")
        rows.append((operation.name, *cells))
    print_rows(rows)


def print_results(state: State) -> None:
    """Print what happened, as a table: each operation, on how many hosts it ran well, failed or changed nothing."""
    rows: list[Sequence[str]] = [("Operation", "Hosts", "Success", "Error", "No Change")]
    run = run_report(state)
    rows.extend((operation.name, *_count_cells(counts_shape(operation))) for operation in run.operations)
    rows.append(("Grand total", *_count_cells(totals_shape(run))))
    print_rows(rows)


def _count_cells(counts: Mapping[str, int]) -> list[str]:
    return [str(counts[key] or "-") for key in ("hosts", "success", "error", "no_change")]


def _hosts_cell(hosts: Sequence[str]) -> str:
    return f"{len(hosts)} ({truncate(', '.join(sorted(hosts)), _HOSTS_WIDTH)})" if hosts else "-"


def pretty_op_name(op_meta: StateOperationMeta) -> str:
    """Return the name of an operation, with its arguments when nobody named it."""
    return shown_name(op_meta.names, op_meta.args)


def build_plan_json(state: State) -> list[dict[str, Any]]:
    """Return the plan as ``plan`` of the JSON document has it."""
    return plan_shape(plan_report(state))


def build_results_json(state: State) -> dict[str, Any]:
    """Return what happened as ``results`` of the JSON document has it."""
    return results_shape(run_report(state))


def print_run_json(state: State, dry: bool) -> None:
    """Print plan and results as JSON.

    Args:
        state: the run.
        dry: whether nothing was run, so that there are no results.
    """
    print_json({"plan": build_plan_json(state), "results": None if dry else build_results_json(state)})


def print_state_operations(state: State) -> None:
    """Print the operations of each host, what they share, and their order: for looking into the tool itself."""
    shown = _state_operations(state)
    for title, value in (("Operations", "operations"), ("Operation meta", "op_meta"), ("Operation order", "op_order")):
        click.echo(f"--> {title}:", err=True)
        click.echo(jsonify(shown[value], indent=4), err=True)


def print_state_operations_json(state: State) -> None:
    """Print the same as JSON."""
    print_json(_state_operations(state))


def _state_operations(state: State) -> dict[str, Any]:
    order = state.get_op_order()
    return {
        "operations": {
            host.name: {op_hash: repr(data.operation_meta) for op_hash, data in state.ops[host].items()}
            for host in state.inventory
        },
        "op_meta": {op_hash: pretty_op_name(state.op_meta[op_hash]) for op_hash in order},
        "op_order": [
            {
                "op_hash": op_hash,
                "names": sorted(state.op_meta[op_hash].names),
                "hosts": [host.name for host in state.inventory if op_hash in state.ops[host]],
            }
            for op_hash in order
        ],
    }


# -- facts and inventory -------------------------------------------------------------------


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print facts.

    Args:
        facts: values by host, by the fact's name and arguments.
    """
    for name, data in facts.items():
        click.echo(f"--> Fact data for: {visible(name)}")
        print_fact(data)


def print_fact(fact_data: Any) -> None:
    """Print the values of one fact.

    Args:
        fact_data: values by host.
    """
    click.echo(jsonify(_by_name(fact_data), indent=4))


def print_facts_json(fact_data: dict[str, Any]) -> None:
    """Print facts as JSON.

    Args:
        fact_data: values by host, by the fact's name and arguments.
    """
    print_json({name: _by_name(values) for name, values in fact_data.items()})


def _by_name(values: Any) -> Any:
    """The API gives facts by host, not by its name."""
    if not isinstance(values, Mapping):
        return values
    return {key.name if isinstance(key, Host) else key: value for key, value in values.items()}


def print_inventory(state: State) -> None:
    """Print hosts, their groups and their data; what is named like a secret is masked."""
    for host in state.inventory:
        click.echo(visible(host.print_prefix.rstrip()))
        click.echo(f"--> Groups: {visible(', '.join(host.groups))}")
        click.echo("--> Data:")
        click.echo(jsonify(without_secrets(host.data), indent=4))
        click.echo()


def print_inventory_json(state: State) -> None:
    """Print the same as JSON."""
    print_json(
        [
            {"name": host.name, "groups": list(host.groups), "data": without_secrets(host.data)}
            for host in state.inventory
        ]
    )


# -- JSON and tables -----------------------------------------------------------------------


def jsonify(data: Any, *args: Any, **kwargs: Any) -> str:
    """Return JSON of anything.

    Args:
        data: what to write.
        args: for ``json.dumps``.
        kwargs: for ``json.dumps``.
    """
    if not args and set(kwargs) <= {"indent"}:
        return to_json_text(data, **kwargs)
    return json.dumps(plain(data), *args, **kwargs)


def print_json(payload: Any) -> None:
    """Print JSON on standard output."""
    click.echo(to_json_text(payload, indent=4))


def print_rows(rows: Iterable[Any]) -> None:
    """Print a table: columns as wide as their widest cell.

    Args:
        rows: lists of cells; or pairs of a function that prints a line, and such a list.
    """
    lines = [_row(row) for row in rows]
    widths: dict[int, int] = {}
    for _, cells in lines:
        for column, cell in enumerate(cells):
            widths[column] = max(widths.get(column, 0), len(cell))
    for write, cells in lines:
        text = "".join(cell.ljust(widths[column] + _GAP) for column, cell in enumerate(cells))
        write(f"{_INDENT}{text}".rstrip())


def _row(row: Any) -> tuple[Callable[[str], object], list[str]]:
    write: Callable[[str], object] = _echo_line
    if len(row) == 2 and callable(row[0]):
        write, row = row
    cells = [row] if isinstance(row, str) else row
    return write, [visible(str(cell)) for cell in cells]


def _echo_line(line: str) -> None:
    click.echo(line, err=True)


def print_groups_by_comparison(
    print_items: Iterable[Any], comparator: Callable[[Any], Any] = lambda item: item
) -> None:
    """Print items sorted, those that are alike on one line.

    Args:
        print_items: what to print.
        comparator: what makes two items alike.
    """
    for _, group in groupby(sorted(print_items, key=comparator), key=comparator):
        click.echo(_INDENT + ", ".join(visible(str(item)) for item in group), err=True)


def truncate(text: str, max_length: int) -> str:
    """Return a text cut to a length; three dots stand for the rest.

    Args:
        text: what to cut.
        max_length: in characters.

    Example:
        >>> truncate("web1, web2, web3", 10)
        'web1, w...'
    """
    if len(text) <= max_length:
        return text
    return text[: max_length - 3] + "..." if max_length > 3 else text[:max_length]


def print_support_info() -> None:
    """Print versions of everything that matters, for reports of bugs."""
    click.echo("Please add this to a report of a bug:\n")
    system = platform.uname()
    facts = {
        "pyinfra": f"v{__version__}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "System": f"{system.system} {system.release} {system.machine}",
        "Executable": sys.argv[0],
        **{name: _installed(name) for name in _LIBRARIES},
    }
    for name, value in facts.items():
        click.echo(f"{_INDENT}{name}: {value}")


def _installed(name: str) -> str:
    try:
        return f"v{version(name)}"
    except PackageNotFoundError:
        return "not installed"
