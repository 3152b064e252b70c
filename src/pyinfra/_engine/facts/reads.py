"""Reading facts: for one host from a body or a deploy, for many hosts from a program."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pyinfra._core.arguments import GLOBAL_ARGUMENT_NAMES
from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.errors import FactPreconditionError, FactProcessError, PyinfraError
from pyinfra._core.events import CommandPrinted, CommandStarted, FactRead, Failure, Phase
from pyinfra._core.output import split_lines
from pyinfra._engine import bridge
from pyinfra._engine.collector import seldom_collecting
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.copies import fresh_copy
from pyinfra._engine.facts.keys import FactKey, question_of
from pyinfra._engine.facts.lessons import lessons_of
from pyinfra._engine.facts.store import Known, Reading
from pyinfra._engine.facts.texts import single_text
from pyinfra._engine.failures import log_failure
from pyinfra._engine.model.scope import OperationScope, current_callback, operation_of
from pyinfra._engine.prepare.arguments import resolve_arguments
from pyinfra._engine.prepare.options import fact_options, options_from
from pyinfra._engine.prepare.plans import Certainty
from pyinfra._engine.prepare.recorder import Recorder
from pyinfra._transport.base import ExecOptions, FailureKind, Result

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

logger = logging.getLogger("pyinfra")

_UNKNOWN_USER = ("unknown user", "does not exist", "unknown login", "unknown id", "no passwd entry", "user not found")


# -- one host ------------------------------------------------------------------------------


def get_host_fact(
    host: Host, cls: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] = {}, apply_failed_hosts: bool = True
) -> Any:
    """Return a fact's value in the present scope. In a greenlet of the engine."""
    if isinstance(cls, type) and issubclass(cls, ShortFactBase):
        return cls().process_data(get_host_fact(host, cls.fact, args, kwargs, apply_failed_hosts))
    if not (isinstance(cls, type) and issubclass(cls, FactBase)):
        raise TypeError(f"get_fact takes a fact class, not {cls!r}")
    scope = operation_of(host)
    key = make_key(host, cls, args, kwargs, scope)
    recorder = scope.recorder if scope is not None else None
    if recorder is not None:
        recorder.reading(key)
    fails_host = apply_failed_hosts and not _errors_are_ignored(host, kwargs, scope)
    return fresh_copy(_value(host, key, recorder, fails_host))


def _errors_are_ignored(host: Host, kwargs: Mapping[str, Any], scope: OperationScope | None) -> bool:
    if "_ignore_errors" in kwargs:
        return bool(kwargs["_ignore_errors"])
    arguments = scope.arguments if scope is not None else resolve_arguments(host, {}).values
    return bool(arguments["_ignore_errors"])


def make_key(
    host: Host, cls: type[FactBase[Any]], args: Sequence[Any], kwargs: Mapping[str, Any], scope: OperationScope | None
) -> FactKey:
    """Bind the arguments and find out as whom to read."""
    given = GLOBAL_ARGUMENT_NAMES.intersection(kwargs) if kwargs else ()
    if given:
        overrides = {name: kwargs[name] for name in given}
        kwargs = {name: value for name, value in kwargs.items() if name not in given}
        if scope is not None and scope.recorder is not None:
            scope.recorder.depends_on_more()  # on global arguments that do not show in the options of facts
        base = dict(scope.arguments) if scope is not None else resolve_arguments(host, {}).values
        options = fact_options(options_from({**base, **overrides}))
    elif scope is not None:
        options = scope.options
    else:
        options = fact_options(resolve_arguments(host, {}).options)
    if cls.shell_executable and cls.shell_executable != options.shell:
        options = _with_shell(options, cls.shell_executable)
    if options.privilege:
        host.uses_privilege = True
    return question_of(cls, args, kwargs).key(options)


def _with_shell(options: ExecOptions, shell: str) -> ExecOptions:
    return replace(options, shell=shell)


def _value(host: Host, key: FactKey, recorder: Recorder | None, fails_host: bool) -> Any:
    planning = recorder is not None and recorder.before_read is None
    promise, certainty = host.planning.foresee(key) if planning else (None, Certainty.CERTAIN)
    if promise is not None:
        value = promise.value
    else:
        fresh = not key.cls.cacheable or current_callback.get() is not None
        reading = start_reading(host, key, fresh=fresh)
        value = finish_reading(host, reading, fails_host) if reading else key.question.fact().default()
    if recorder is not None:
        recorder.read(key, value, certainty, vague=promise is not None and not promise.exact)
    return value


def start_reading(host: Host, key: FactKey, fresh: bool = False) -> Reading | Known | None:
    """Find a valid value, or one on its way, or ask for it. None when the host does not meet the preconditions."""
    lessons = lessons_of(host.state)
    if lessons is not None and not fresh:
        lessons.asked(host, key, _start)
    return _start(host, key, fresh)


def _start(host: Host, key: FactKey, fresh: bool = False) -> Reading | Known | None:
    if not fresh:
        reading = host.facts.valid(key)
        if reading is not None:
            return reading
    else:
        pending = host.facts.valid(key)
        if pending is not None and pending.future is not None:
            return pending
    fact = key.question.fact()
    reason = fact.check_preconditions(host.state, host)
    if reason:
        if host.state.in_execute_stage:
            raise FactPreconditionError(key.cls, reason)
        logger.debug("%s: %s", host.name, reason)
        return None
    if not host.connected:
        host.connect(reason=f"to load fact: {key.cls.name}", raise_exceptions=True)
    return host.facts.request(key, fact, single_text(key.question, fact))


def finish_reading(host: Host, reading: Reading | Known, fails_host: bool = True) -> Any:
    """Wait for a value. A host whose fact cannot be read fails, unless errors are ignored."""
    if isinstance(reading, Reading) and reading.future is not None:
        bridge.wait(reading.future)
        _tell_read(host, reading)
    failure = _failure(host, reading)
    if failure is None:
        try:
            return reading.value
        except FactProcessError as error:
            failure = Failure(host.name, f"fact {reading.key.cls.name}: {error}", phase=Phase.FACT)
    log_failure(host, failure)
    if fails_host:
        host.state.mark_failed(host, failure)
    host.facts.forget(reading.key)
    return reading.key.question.fact().default()


def try_reading(host: Host, reading: Reading | Known) -> tuple[Any] | None:
    """Wait for a value and return it in a tuple; None when it cannot be read, which is left for others to say."""
    if isinstance(reading, Reading) and reading.future is not None:
        bridge.wait(reading.future)
        _tell_read(host, reading)
    if _failure(host, reading) is not None:
        return None
    try:
        return (reading.value,)
    except FactProcessError:
        return None


def _tell_read(host: Host, reading: Reading) -> None:
    events, result = host.state.events, reading.result
    if events.wants(FactRead):
        shown = ", ".join(f"{name}={value!r}" for name, value in reading.key.arguments.items())
        events.emit(FactRead(host.name, reading.key.cls.name, shown, result is not None and result.ok))
    if reading.sent is not None and events.wants(CommandStarted):
        events.emit(CommandStarted(host.name, None, reading.sent))
    if reading.sent is not None and result is not None and events.wants(CommandPrinted):
        for stream, data in result.output.chunks():
            events.emit(CommandPrinted(host.name, None, stream, data))


def _failure(host: Host, reading: Reading | Known) -> Failure | None:
    if not isinstance(reading, Reading):
        return None
    result = reading.result
    if result is None or result.ok or _is_unknown_user(result):
        return None
    name = f"fact {reading.key.cls.name}"
    if result.failure is not None:
        return Failure(host.name, f"{name}: {result.failure.message}", hint=result.failure.hint,
                       phase=Phase.FACT)  # fmt: skip
    lines = tuple(line.line for line in split_lines(result.output))[-10:]
    return Failure(host.name, f"{name} could not be read", command=reading.sent, exit_status=result.status,
                   last_lines=lines, phase=Phase.FACT)  # fmt: skip


def _is_unknown_user(result: Result) -> bool:
    """The user that is to read the fact may only be made by an operation that has not run yet."""
    if result.failure is None or result.failure.kind is not FailureKind.PRIVILEGE:
        return False
    return any(words in result.failure.message.lower() for words in _UNKNOWN_USER)


# -- many hosts ----------------------------------------------------------------------------


def get_fact(
    state: State,
    host: Host,
    cls: type[FactBase[Any]],
    args: Any | None = None,
    kwargs: Any | None = None,
    ensure_hosts: Any | None = None,
    apply_failed_hosts: bool = True,
) -> Any:
    """Return a fact of one host.

    Args:
        state: the run.
        host: the host.
        cls: the fact.
        args: positional arguments of its command.
        kwargs: arguments by name, and global arguments.
        ensure_hosts: without a meaning; kept for callers that give it.
        apply_failed_hosts: fail the host when the fact cannot be read.
    """
    return bridge.run(get_host_fact, host, cls, args or (), kwargs or {}, apply_failed_hosts)


def get_facts(state: State, *args: Any, **kwargs: Any) -> dict[Host, Any]:
    """Read a fact on all active hosts at once.

    Args:
        state: the run.
        args: the fact class, then optionally its positional arguments as one sequence.
        kwargs: ``args=``, ``kwargs=`` for the fact, ``apply_failed_hosts=``.

    Returns:
        The value for each host, in inventory order.

    Example:
        >>> get_facts(state, Os)
        {Host(@local): 'Linux'}
    """

    def read_all() -> dict[Host, Any]:
        hosts = list(state.active_hosts)
        with seldom_collecting:
            outcomes = bridge.gather([partial(_in_host, state, host, args, kwargs) for host in hosts])
        values = {host: outcome.get() for host, outcome in zip(hosts, outcomes, strict=True)}
        state.check_failed_hosts()
        return values

    return bridge.run(read_all)


def _in_host(state: State, host: Host, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    with ctx_state.use(state), ctx_host.use(host):
        return get_fact(state, host, *args, **kwargs)


def get_short_facts(state: State, host: Host, short_fact: type[ShortFactBase[Any]], **kwargs: Any) -> Any:
    """Return a fact that is made from another one."""
    return get_fact(state, host, short_fact, **kwargs)  # type: ignore[arg-type]


def refresh(host: Host, keys: Iterable[FactKey]) -> None:
    """Read again, together, those of these facts that are no longer valid."""
    readings = [start_reading(host, key) for key in keys if key.cls.cacheable]
    for reading in readings:
        if reading is not None:
            try:
                finish_reading(host, reading)
            except PyinfraError:
                host.facts.forget(reading.key)
