"""Old place of the command's parts; kept for programs that import them from here."""

from __future__ import annotations

from pyinfra import logger
from pyinfra.api import Config, Host, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.exceptions import NoGroupError, PyinfraError
from pyinfra.api.facts import get_facts
from pyinfra.api.operations import run_ops
from pyinfra.api.state import StateStage
from pyinfra.api.util import get_kwargs_str
from pyinfra.context import ctx_config, ctx_inventory, ctx_state, state
from pyinfra_cli.commands import get_facts_and_args, get_func_and_args
from pyinfra_cli.exceptions import CliError, UnexpectedExternalError, UnexpectedInternalError, WrappedError
from pyinfra_cli.inventory import make_inventory
from pyinfra_cli.log import setup_logging
from pyinfra_cli.main import cli
from pyinfra_cli.prints import (
    print_facts,
    print_facts_json,
    print_inventory,
    print_inventory_json,
    print_meta,
    print_results,
    print_run_json,
    print_state_operations,
    print_state_operations_json,
    print_support_info,
)
from pyinfra_cli.util import exec_file, load_deploy_file, load_func, parse_cli_arg
from pyinfra_cli.virtualenv import init_virtualenv

__all__ = [
    "CliCommands",
    "CliError",
    "Config",
    "Host",
    "Inventory",
    "NoGroupError",
    "PyinfraError",
    "State",
    "StateStage",
    "UnexpectedExternalError",
    "UnexpectedInternalError",
    "WrappedError",
    "cli",
    "connect_all",
    "ctx_config",
    "ctx_inventory",
    "ctx_state",
    "disconnect_all",
    "exec_file",
    "get_facts",
    "get_facts_and_args",
    "get_func_and_args",
    "get_kwargs_str",
    "init_virtualenv",
    "load_deploy_file",
    "load_func",
    "logger",
    "make_inventory",
    "parse_cli_arg",
    "print_facts",
    "print_facts_json",
    "print_inventory",
    "print_inventory_json",
    "print_meta",
    "print_results",
    "print_run_json",
    "print_state_operations",
    "print_state_operations_json",
    "print_support_info",
    "run_ops",
    "setup_logging",
    "state",
]


class CliCommands:
    """What a command line can ask for."""

    DEBUG_INVENTORY = "DEBUG_INVENTORY"
    FACT = "FACT"
    SHELL = "SHELL"
    DEPLOY_FILES = "DEPLOY_FILES"
    FUNC = "FUNC"
