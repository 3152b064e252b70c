"""One target: its data, its connection, its facts, and the operations that are planned for it."""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pyinfra._core.arguments import conditions_of
from pyinfra._core.effects import EVERYTHING
from pyinfra._core.errors import PyinfraError
from pyinfra._core.events import Note
from pyinfra._core.locations import place
from pyinfra._engine import bridge
from pyinfra._engine.connect.connections import connect_host, disconnect_host
from pyinfra._engine.connect.sessions import blocking_session, call_connector, is_native
from pyinfra._engine.controller.styling import format_text
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.reads import get_host_fact
from pyinfra._engine.facts.store import FactStore
from pyinfra._engine.facts.temp_dirs import TmpDir
from pyinfra._engine.model.host_data import HostData
from pyinfra._engine.model.scope import DeployFrame, current_callback, deploy_frames, deploy_of, operation_of
from pyinfra._engine.prepare.arguments import Resolved
from pyinfra._engine.prepare.call_path import CallPath
from pyinfra._engine.prepare.loops import HostLoop, loop_position
from pyinfra._engine.prepare.planning import HostPlanning
from pyinfra._transport.base import Request, Result, Session

if TYPE_CHECKING:
    from pyinfra._core.output import CommandOutput
    from pyinfra._engine.execute.route import Route
    from pyinfra._engine.model.inventory import Inventory
    from pyinfra._engine.model.state import State

T = TypeVar("T")
logger = logging.getLogger("pyinfra")

# Temporary names of one run: the same for the same key in prepare and execute, and not to be guessed by anyone.
_RUN_SALT = secrets.token_hex(16)


class Host:
    """One target of an inventory.

    Args:
        name: as in the inventory; unique there.
        inventory: where it belongs.
        groups: names of its groups.
        connector_cls: class of the connector that reaches it.
    """

    state: State

    def __init__(self, name: str, inventory: Inventory, groups: Iterable[str], connector_cls: Any = None) -> None:
        self.name = name
        self.inventory = inventory
        self.groups: list[str] = list(dict.fromkeys(groups))
        self.connector_cls = connector_cls
        self.connector: Any = None
        self.connector_data: dict[str, Any] = {}
        self.connected = False
        self.uses_privilege = False  # whether anything was to be run as another user
        self.before_disconnect: list[Callable[[], object]] = []  # may block; what they raise is logged
        self.data = HostData(
            self,
            inventory.get_override_data,
            lambda: inventory.get_host_data(name),
            lambda: inventory.get_groups_data(self.groups),
            inventory.get_data,
            self.get_deploy_data,
        )
        self.base_arguments: Resolved | None = None
        self._foreign: tuple[Any, Session] | None = None  # a connector without a session of its own, and its session
        self.facts = FactStore(lambda: self.session.submit)
        self.planning = HostPlanning()
        self.route: Route | None = None  # while operations are executed: what lies ahead of each
        self.planning_errors: list[BaseException] = []
        self.op_hash_order: list[str] = []
        self.call_path = CallPath()
        self.site_counts: dict[Any, int] = {}

    def init(self, state: State) -> None:
        """Attach the host to a run and make its connector."""
        self.state = state
        if self.connector_cls is None:
            return
        try:
            self.connector = self.connector_cls(state, self)
        except PyinfraError as error:
            error.locate(host=self.name, place=place())
            raise

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Host({self.name})"

    # -- data ------------------------------------------------------------------------------

    @property
    def host_data(self) -> Any:
        """Data given for this host in the inventory."""
        return self.inventory.get_host_data(self.name)

    @property
    def group_data(self) -> Any:
        """Data given for its groups, merged."""
        return self.inventory.get_groups_data(self.groups)

    def get_deploy_data(self) -> Mapping[str, Any]:
        """Data defaults of the deploy that is running, or that the running operation belongs to."""
        scope = operation_of(self)
        if scope is not None and scope.deploy_data is not None:
            return scope.deploy_data
        frame = deploy_of(self)
        return (frame.data if frame is not None else None) or {}

    # -- where the running code is (all of it read from the scope) -------------------------

    @property
    def in_op(self) -> bool:
        """Whether an operation body runs for this host."""
        scope = operation_of(self)
        return scope is not None and scope.in_op

    @property
    def in_callback_op(self) -> bool:
        """Whether a Python callback runs for this host."""
        callback = current_callback.get()
        return callback is not None and callback.host is self

    @property
    def current_op_hash(self) -> str | None:
        """Hash of the operation whose body runs."""
        scope = operation_of(self)
        return scope.op_hash if scope is not None else None

    @property
    def current_op_global_arguments(self) -> Mapping[str, Any] | None:
        """Global arguments of the operation whose body runs."""
        scope = operation_of(self)
        return scope.arguments if scope is not None else None

    @property
    def current_op_deploy_data(self) -> Mapping[str, Any] | None:
        """Deploy data that was current when the running operation was called."""
        scope = operation_of(self)
        return scope.deploy_data if scope is not None else None

    @property
    def in_deploy(self) -> bool:
        """Whether a deploy runs for this host."""
        return any(frame.in_deploy for frame in deploy_frames.get() if frame.host is self)

    @property
    def current_deploy_name(self) -> str | None:
        """Names of the deploys around the running code, joined."""
        frame = deploy_of(self)
        return frame.name if frame is not None else None

    @property
    def current_deploy_kwargs(self) -> Mapping[str, Any] | None:
        """Global arguments given to the deploys around the running code."""
        frame = deploy_of(self)
        return frame.kwargs if frame is not None else None

    @property
    def current_deploy_data(self) -> Mapping[str, Any] | None:
        """Data defaults of the deploy around the running code."""
        frame = deploy_of(self)
        return frame.data if frame is not None else None

    @property
    def executing_op_hash(self) -> str | None:
        """Hash of the operation that is being executed."""
        callback = current_callback.get()
        if callback is not None and callback.host is self:
            return callback.op_hash
        return self.current_op_hash if getattr(self, "state", None) and self.state.is_executing else None

    @property
    def nested_executing_op_hash(self) -> str | None:
        """Hash of the operation that was called from a callback and is being executed."""
        return self.current_op_hash if self.in_callback_op else None

    @property
    def loop_position(self) -> list[int]:
        """Positions in the ``host.loop`` loops around the running code."""
        return loop_position(self)

    def loop(self, iterable: Iterable[T]) -> HostLoop[T]:
        """Iterate so that each iteration's operations are the same ones on every host.

        Args:
            iterable: what to iterate over.

        Example:
            for user in host.loop(host.data.users):
                server.user(user=user)
        """
        return HostLoop(self, iterable)

    @contextmanager
    def deploy(
        self, name: str | None, kwargs: Mapping[str, Any] | None, data: Mapping[str, Any] | None, in_deploy: bool = True
    ) -> Generator[None, None, None]:
        """Give everything called inside a name part, global arguments and data defaults.

        Args:
            name: joined to the names of the operations with " | "; empty for none.
            kwargs: global arguments; conditions (``_if``) are added to those of enclosing deploys.
            data: data defaults.
            in_deploy: False for what only groups operations.
        """
        outer = deploy_of(self)
        frame = DeployFrame(
            self,
            _join_names(outer.name if outer else None, name),
            _merge_arguments(outer.kwargs if outer else None, kwargs),
            data if data is not None else (outer.data if outer else None),
            in_deploy,
        )
        token = deploy_frames.set((*deploy_frames.get(), frame))
        try:
            yield
        finally:
            deploy_frames.reset(token)

    def when(self, condition: Callable[[], bool]) -> Any:
        """Run the operations inside only if the condition holds when they run.

        Example:
            with host.when(result.did_change):
                server.shell(commands=["systemctl restart app"])
        """
        return self.deploy("", {"_if": [condition]}, None, in_deploy=False)

    def arguments(self, **arguments: Any) -> Any:
        """Give the operations inside these global arguments.

        Example:
            with host.arguments(_sudo=True, _sudo_user="app"):
                files.directory(path="/srv/app")
        """
        return self.deploy("", arguments, None, in_deploy=False)

    # -- words -----------------------------------------------------------------------------

    @property
    def print_prefix(self) -> str:
        """What lines about this host begin with."""
        return f"[{self.name}] "

    def style_print_prefix(self, *args: Any, **kwargs: Any) -> str:
        """The prefix, styled by whatever formatter is installed."""
        return f"[{format_text(self.name, *args, **kwargs)}] "

    def log(self, message: str, log_func: Callable[[str], Any] = logger.info) -> None:
        """Log a message about this host."""
        log_func(f"{self.print_prefix}{message}")

    def log_styled(self, message: str, log_func: Callable[[str], Any] = logger.info, **kwargs: Any) -> None:
        """Log a styled message about this host."""
        self.log(format_text(message, **kwargs), log_func)

    def noop(self, description: str) -> None:
        """Note that something is as it should be already."""
        scope = operation_of(self)
        if scope is not None and scope.recorder is not None:
            scope.recorder.notes += (description,)
        if self.state.events.wants(Note):
            self.state.events.emit(Note(self.name, description))
        if self.state.print_noop_info:
            self.log(f"noop: {description}")

    # -- facts -----------------------------------------------------------------------------

    @overload
    def get_fact(self, name_or_cls: type[FactBase[T]], *args: Any, **kwargs: Any) -> T: ...
    @overload
    def get_fact(self, name_or_cls: type[ShortFactBase[T]], *args: Any, **kwargs: Any) -> T: ...
    def get_fact(self, name_or_cls: Any, *args: Any, **kwargs: Any) -> Any:
        """Return a fact of this host, reading it when it is not known or may have changed.

        Args:
            name_or_cls: the fact class.
            args: arguments of its command.
            kwargs: the same by name, and global arguments (``_sudo`` ...) to read it with.

        Example:
            >>> host.get_fact(File, path="/etc/motd")["mode"]
            644
        """
        return bridge.run(get_host_fact, self, name_or_cls, args, kwargs)

    # -- connection ------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """What runs requests on this host. A new one when the connector was replaced."""
        if is_native(self.connector):
            session: Session = self.connector.session
            return session
        if self._foreign is None or self._foreign[0] is not self.connector:
            self._foreign = self.connector, blocking_session(self.connector)
        return self._foreign[1]

    def submit(self, batch: list[Request]) -> list[Result]:
        """Run requests and wait for their results. Does not know what they change: the caller tells the store."""
        if not self.uses_privilege:
            self.uses_privilege = any(request.options.privilege for request in batch)
        return bridge.wait_call(self.session.submit, batch)

    def connect(self, reason: str | None = None, show_errors: bool = True, raise_exceptions: bool = False) -> bool:
        """Connect, unless connected already.

        Args:
            reason: why, for the log.
            show_errors: log a failure.
            raise_exceptions: raise ``ConnectError`` instead of returning False.
        """
        return bridge.run(connect_host, self, reason, show_errors, raise_exceptions)

    def disconnect(self) -> None:
        """Close the connection."""
        bridge.run(disconnect_host, self)

    def _by_connector(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.connector is None:
            raise PyinfraError(f"the host {self.name} belongs to no run yet", host=self.name)
        try:
            return bridge.run(call_connector, self.connector, method, args, kwargs)
        finally:
            if method in ("run_shell_command", "put_file", "rsync"):
                self.facts.touch(EVERYTHING)

    def run_shell_command(self, *args: Any, **kwargs: Any) -> tuple[bool, CommandOutput]:
        """Run a command right away; returns success and output."""
        result: tuple[bool, CommandOutput] = self._by_connector("run_shell_command", args, kwargs)
        return result

    def put_file(self, *args: Any, **kwargs: Any) -> bool:
        """Upload a file right away."""
        return bool(self._by_connector("put_file", args, kwargs))

    def get_file(self, *args: Any, **kwargs: Any) -> bool:
        """Download a file right away."""
        return bool(self._by_connector("get_file", args, kwargs))

    def check_can_rsync(self) -> None:
        """Raise ``NotImplementedError`` when the connector cannot rsync."""
        self._by_connector("check_can_rsync", (), {})

    def rsync(self, *args: Any, **kwargs: Any) -> bool:
        """Run rsync right away."""
        return bool(self._by_connector("rsync", args, kwargs))

    # -- temporary files -------------------------------------------------------------------

    def get_temp_dir_config(self) -> str:
        """The directory for temporary files on the host."""
        config = self.state.config
        return config.TEMP_DIR or self.get_fact(TmpDir) or config.DEFAULT_TEMP_DIR

    def get_temp_filename(
        self, hash_key: str | None = None, hash_filename: bool = True, *, temp_directory: str | None = None
    ) -> str:
        """A name for a temporary file on the host that nobody else can guess.

        Args:
            hash_key: the same key gives the same name within a run; None for a new name.
            hash_filename: False to use the key itself as the name.
            temp_directory: directory to use instead of the configured one.
        """
        directory = temp_directory or self.get_temp_dir_config()
        key = hash_key or str(uuid.uuid4())
        if hash_filename:
            key = f"pyinfra-{hashlib.sha256(f'{_RUN_SALT}{key}'.encode()).hexdigest()[:40]}"
        return f"{directory}/{key}"


def _join_names(outer: str | None, name: str | None) -> str | None:
    return " | ".join(part for part in (outer, name) if part) or None


def _merge_arguments(outer: Mapping[str, Any] | None, inner: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not outer or not inner:
        return inner or outer
    merged = {**outer, **inner}
    conditions = [*conditions_of(outer.get("_if")), *conditions_of(inner.get("_if"))]
    if conditions:
        merged["_if"] = conditions
    return merged
