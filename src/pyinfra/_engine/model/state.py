"""One run: which hosts take part, which operations are planned for them, and what came of it."""

from __future__ import annotations

import logging
import os
import resource
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, cast

from pyinfra._core.errors import PyinfraError, RunStoppedError
from pyinfra._core.events import EventBus, Failure, HostFailed
from pyinfra._engine.model.callbacks import BaseStateCallback
from pyinfra._engine.model.config import Config
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.model.ordered_set import OrderedSet
from pyinfra._engine.prepare.ordering import order_operations
from pyinfra._transport.base import PLAIN, ExecOptions

if TYPE_CHECKING:
    from types import EllipsisType

    from pyinfra._core.commands import PyinfraCommand
    from pyinfra._engine.facts.lessons import Lessons
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.inventory import Inventory
    from pyinfra._engine.prepare.arguments import Resolved
    from pyinfra._engine.prepare.calls import OperationCall
    from pyinfra._engine.prepare.decisions import Decisions
    from pyinfra._engine.prepare.identity import Identity
    from pyinfra._engine.prepare.plans import Plan

logger = logging.getLogger("pyinfra")

# A connection needs a socket, and now and then a file that is being transferred.
_FILES_PER_HOST = 3
_MOST_HOSTS_AT_ONCE = 500


class StateStage(IntEnum):
    """How far a run has come; the command line sets it, programs need not."""

    Setup = 1
    Connect = 2
    Prepare = 3
    Execute = 4
    Disconnect = 5


class StateOperationMeta:
    """What all hosts share of one operation.

    Args:
        op_order: sort key among the operations of the run.
    """

    def __init__(self, op_order: tuple[int, ...]) -> None:
        self.names: set[str] = set()
        self.args: list[str] = []
        self.op_order = op_order
        self.global_arguments: dict[str, Any] = {}
        self.place: str | None = None  # "deploy.py:12"

    @property
    def name(self) -> str:
        """The names, joined."""
        return ", ".join(sorted(self.names))


class StateOperationHostData:
    """One operation on one host.

    Args:
        command_generator: makes a fresh iterator over the operation's commands.
        global_arguments: resolved global arguments.
        operation_meta: the handle that the caller got.
        parent_op_hash: the operation whose callback called this one.
    """

    __slots__ = ("_generator", "call", "deploy_data", "global_arguments", "operation_meta", "options",
                 "parent_op_hash", "plan", "position")  # fmt: skip

    def __init__(
        self,
        command_generator: Callable[[], Iterator[PyinfraCommand]],
        global_arguments: Any,
        operation_meta: OperationMeta,
        parent_op_hash: str | None = None,
    ) -> None:
        self._generator: Callable[[], Iterator[PyinfraCommand]] | None = command_generator
        self.global_arguments = global_arguments
        self.operation_meta = operation_meta
        self.parent_op_hash = parent_op_hash
        self.plan: Plan | None = None
        self.options: ExecOptions = PLAIN
        self.call: OperationCall | None = None
        self.deploy_data: Mapping[str, Any] | None = None
        self.position: int | None = None  # among the operations of its host, while they are executed

    @property
    def command_generator(self) -> Callable[[], Iterator[PyinfraCommand]]:
        """Makes a fresh iterator over the commands: the body runs again."""
        return cast("Callable[[], Iterator[PyinfraCommand]]", self._generator)


class StateHostMeta:
    """What prepare counted for one host."""

    def __init__(self) -> None:
        self.ops = 0
        self.ops_change = 0
        self.ops_no_change = 0
        self.op_hashes: set[str] = set()


class StateHostResults:
    """What execute counted for one host."""

    def __init__(self) -> None:
        self.ops = 0
        self.success_ops = 0
        self.error_ops = 0
        self.ignored_error_ops = 0
        self.partial_ops = 0


class State:
    """One run over an inventory.

    Args:
        inventory: the hosts; may be given later with ``init``.
        config: defaults of the run.
        check_for_changes: False to skip planning: every operation is worked out when it runs.
        kwargs: ``initial_limit``: hosts to keep to.

    Example:
        >>> state = State(inventory=Inventory((["@local"], {})), config=Config())
        >>> connect_all(state)
    """

    initialised: bool = False
    current_stage: StateStage = StateStage.Setup
    is_executing: bool = False
    print_noop_info: bool = False
    print_fact_info: bool = False
    print_input: bool = False
    print_fact_input: bool = False
    print_output: bool = False
    print_fact_output: bool = False
    cwd: str | None = None
    current_deploy_filename: str | None = None
    current_exec_filename: str | None = None
    current_op_file_number: int = 0
    should_raise_failed_hosts: Callable[[State], bool] | None = None
    verify_promises: bool = False
    job: tuple[str, ...] | None = None  # what tells this run from others; None: the program's file; empty: nothing does
    lessons: Lessons | EllipsisType | None = ...  # of earlier runs of this job; ... before anybody asked

    inventory: Inventory
    config: Config

    def __init__(
        self,
        inventory: Inventory | None = None,
        config: Config | None = None,
        check_for_changes: bool = True,
        **kwargs: Any,
    ) -> None:
        self.check_for_changes = check_for_changes
        self.stage_warnings: dict[StateStage, int] = defaultdict(int)
        self.callback_handlers: list[BaseStateCallback] = []
        self.events = EventBus()
        self.failures: list[Failure] = []
        self.last_error: BaseException | None = None  # what made the last host fail, when that was an exception
        self.broken_promises: list[Failure] = []  # see verify_promises
        if inventory is not None:
            self.init(inventory, config, **kwargs)

    def init(self, inventory: Inventory, config: Config | None, initial_limit: Iterable[Host] | None = None) -> None:
        """Complete a state that was made empty, and attach the hosts to it."""
        self.inventory = inventory
        self.config = config = config or Config()
        inventory.state = self
        config.state = self
        if self.cwd is None:
            self.cwd = os.getcwd()  # noqa: PTH109 - the public attribute is a string
        self.limit_hosts = list(initial_limit) if initial_limit is not None else None
        self._limit = frozenset(self.limit_hosts) if self.limit_hosts is not None else None
        self.activated_hosts: OrderedSet[Host] = OrderedSet()
        self.active_hosts: OrderedSet[Host] = OrderedSet()
        self.failed_hosts: OrderedSet[Host] = OrderedSet()
        self.op_meta: dict[str, StateOperationMeta] = {}
        self.ops: dict[Host, dict[str, StateOperationHostData]] = {}
        self.meta: dict[Host, StateHostMeta] = {}
        self.results: dict[Host, StateHostResults] = {}
        self.private_keys: dict[str, Any] = {}
        self.calls_made = 0  # of add_op and add_deploy: gives each a place in the order
        self.run_once_hosts: dict[str, Host] = {}
        self.identities: dict[Any, Identity] = {}  # of calls in deploy code: made once for all hosts
        self.decisions: dict[Any, Decisions] = {}  # of operation bodies: hosts that answer alike share their plans
        self.shared_arguments: Resolved | None = None
        self.pool = self.fact_pool = None  # old names: there are no pools, hosts are not threads
        for host in inventory:
            host.init(self)
            self.ops[host] = {}
            self.meta[host] = StateHostMeta()
            self.results[host] = StateHostResults()
        if not config.PARALLEL:
            config.PARALLEL = _parallel_hosts(len(inventory))
        self.initialised = True

    def __getattr__(self, name: str) -> Any:
        if self.initialised or name[:2] == "__":
            raise AttributeError(f"a State has no attribute {name!r}")
        raise AttributeError(
            f"this State has no {name} yet: it was made without an inventory; call state.init(inventory, config)"
        )

    # -- stages ----------------------------------------------------------------------------

    def set_stage(self, stage: StateStage) -> None:
        """Go on to a later stage."""
        if stage < self.current_stage:
            raise PyinfraError(f"the stage cannot go back from {self.current_stage.name} to {stage.name}")
        self.current_stage = stage

    @property
    def in_execute_stage(self) -> bool:
        """Whether operations are being executed."""
        return self.is_executing or self.current_stage >= StateStage.Execute

    def increment_warning_counter(self) -> None:
        """Count a warning in the present stage."""
        self.stage_warnings[self.current_stage] += 1

    def get_warning_counter(self) -> int:
        """How many warnings there were in the present stage."""
        return self.stage_warnings[self.current_stage]

    def should_check_for_changes(self) -> bool:
        """Whether prepare works out what each operation will change."""
        return self.check_for_changes

    # -- observers -------------------------------------------------------------------------

    def add_callback_handler(self, handler: BaseStateCallback) -> None:
        """Have an observer told of everything that happens.

        Raises:
            TypeError: when it is not an instance of a subclass of ``BaseStateCallback``.
        """
        if not isinstance(handler, BaseStateCallback):
            raise TypeError(f"a callback handler must be an instance of BaseStateCallback, not {handler!r}")
        self.callback_handlers.append(handler)

    def trigger_callbacks(self, method_name: str, *args: Any, **kwargs: Any) -> None:
        """Call a hook of every observer. One that raises is logged and dropped: it cannot harm the run."""
        for handler in tuple(self.callback_handlers):
            try:
                getattr(handler, method_name)(self, *args, **kwargs)
            except Exception:
                logger.exception("the callback handler %r raised in %s and is dropped", handler, method_name)
                self.callback_handlers.remove(handler)

    # -- operations ------------------------------------------------------------------------

    def get_op_order(self) -> list[str]:
        """Hashes of all operations, in an order that keeps that of every host."""
        return order_operations(self)

    def get_op_meta(self, op_hash: str) -> StateOperationMeta:
        """What all hosts share of an operation."""
        return self.op_meta[op_hash]

    def get_meta_for_host(self, host: Host) -> StateHostMeta:
        """What prepare counted for a host."""
        return self.meta[host]

    def get_results_for_host(self, host: Host) -> StateHostResults:
        """What execute counted for a host."""
        return self.results[host]

    def get_op_data_for_host(self, host: Host, op_hash: str) -> StateOperationHostData:
        """One operation on one host."""
        return self.ops[host][op_hash]

    def set_op_data_for_host(self, host: Host, op_hash: str, op_data: StateOperationHostData) -> None:
        """Add an operation to a host."""
        self.ops[host][op_hash] = op_data

    # -- hosts -----------------------------------------------------------------------------

    def activate_host(self, host: Host) -> None:
        """Let a host take part."""
        self.activated_hosts.add(host)
        if host not in self.failed_hosts:
            self.active_hosts.add(host)

    def is_host_in_limit(self, host: Host) -> bool:
        """Whether the run keeps to hosts that include this one."""
        return self._limit is None or host in self._limit

    def mark_failed(self, host: Host, failure: Failure | None = None) -> None:
        """Take a host out of the run. Never raises; see ``check_failed_hosts``."""
        if failure is not None:
            self.failures.append(failure)
        if host in self.failed_hosts:
            return
        self.failed_hosts.add(host)
        self.active_hosts.discard(host)
        self.events.emit(HostFailed(host.name, failure.message if failure else "failed", failure))

    def fail_hosts(self, hosts_to_fail: Iterable[Host], activated_count: int | None = None) -> None:
        """Take hosts out of the run and check that enough are left.

        Args:
            hosts_to_fail: hosts to take out.
            activated_count: what the share of failed hosts is counted from.

        Raises:
            PyinfraError: when none, or fewer than ``FAIL_PERCENT`` allows, are left.
        """
        hosts = list(hosts_to_fail)
        for host in hosts:
            self.mark_failed(host)
        if hosts:
            self.check_failed_hosts(activated_count)

    def check_failed_hosts(self, activated_count: int | None = None) -> None:
        """Raise when none, or fewer hosts than ``FAIL_PERCENT`` allows, are left."""
        if not self.failed_hosts:
            return
        if not self.active_hosts:
            raise RunStoppedError("No hosts remaining!", hint=self._why_none_remain()) from self.last_error
        limit = self.config.FAIL_PERCENT
        count = activated_count or len(self.activated_hosts)
        if limit is None or not count:
            return
        percent = (1 - len(self.active_hosts) / count) * 100
        if percent <= limit:
            return
        if self.should_raise_failed_hosts is not None and self.should_raise_failed_hosts(self) is False:
            return
        raise RunStoppedError(f"Over {limit}% of hosts failed ({percent:.0f}%)")

    def _why_none_remain(self) -> str | None:
        reasons = [f"{failure.host}: {failure.message}" for failure in self.failures[-3:]]
        return "; ".join(reasons) or None


def _parallel_hosts(count: int) -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(count, (soft - 10) // _FILES_PER_HOST, _MOST_HOSTS_AT_ONCE))
