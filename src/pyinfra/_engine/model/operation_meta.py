"""The handle that an operation call returns: what it will do, and after the run what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pyinfra._core.events import Change, Failure
from pyinfra._core.output import CommandOutput, OutputLine

if TYPE_CHECKING:
    from pyinfra._engine.prepare.plans import Plan

# Set while conditions are looked at beforehand: questions are then answered from the plan.
foreseeing: ContextVar[bool] = ContextVar("pyinfra_foreseeing", default=False)


class Answer:
    """A yes or no about an operation that works as a call and as a value: ``op.did_change()``, ``if op.did_change``.

    As a callable it is what ``_if=`` takes. Using it as a value before the operation has run raises an error,
    since nobody can know yet.
    """

    __slots__ = ("_ask", "_name")

    def __init__(self, name: str, ask: Callable[[], bool]) -> None:
        self._name = name
        self._ask = ask

    def __call__(self) -> bool:
        return self._ask()

    def __bool__(self) -> bool:
        return self._ask()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (bool, Answer)):
            return self._ask() is bool(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._ask())

    def __repr__(self) -> str:
        try:
            return repr(self._ask())
        except RuntimeError:
            return f"<{self._name}: not known before the operation has run>"


class OperationMeta:
    """What one operation will do, and did, on one host.

    Args:
        hash: identity of the operation in the run.
        is_change: whether it will change something; None when that was not looked into.

    Example:
        >>> result = add_op(state, files.directory, path="/srv/app")
        >>> run_ops(state)
        >>> result[host].did_change, result[host].stdout
        (True, '')
    """

    __slots__ = ("_attempts", "_commands", "_complete", "_is_change", "_max_attempts", "_output",
                 "_plan", "_settle", "_success", "error_ignored", "exit_statuses", "failure", "has_begun", "hash",
                 "name", "seconds", "skipped")  # fmt: skip

    def __init__(self, hash: str, is_change: bool | None) -> None:
        self.hash = hash
        self.name = ""
        self._is_change = is_change
        self._plan: Plan | None = None
        self._settle: Callable[[], bool | None] | None = None
        self._complete = False
        self._success = False
        self._commands: Sequence[Any] = ()
        self._output: CommandOutput | None = None
        self._attempts = 0
        self._max_attempts = 0
        self.failure: Failure | None = None  # why it failed; also when errors are ignored
        self.error_ignored = False  # an error does not make its host fail (_ignore_errors)
        self.exit_statuses: Sequence[int | None] = ()  # of each command that ran; None where there is none
        self.has_begun = False
        self.skipped = False  # it was not run, since its conditions (_if) did not hold
        self.seconds = 0.0  # what running it took

    # -- set by the engine -----------------------------------------------------------------

    def set_plan(self, plan: Plan) -> None:
        """Take what prepare found out."""
        self._plan = plan
        self._is_change = plan.will_change
        self._settle = None

    def settle_with(self, settle: Callable[[], bool | None]) -> None:
        """Have ``will_change`` ask this function while the plan is still being made, or when it never was."""
        self._settle = settle

    def set_complete(
        self,
        success: bool,
        commands: Sequence[Any],
        combined_output: CommandOutput | None,
        retry_attempts: int = 0,
        max_retries: int = 0,
    ) -> None:
        """Take the result. A second call raises ``RuntimeError``."""
        if self._complete:
            raise RuntimeError("the result of an operation can only be set once")
        self._complete = True
        self._success = success
        self._commands = commands
        self._output = combined_output
        self._attempts = retry_attempts
        self._max_attempts = max_retries

    # -- before ----------------------------------------------------------------------------

    @property
    def plan(self) -> Plan | None:
        """What prepare found out, or None when it was not looked into."""
        if self._settle is not None:
            self._settle()
        return self._plan

    @property
    def will_change(self) -> bool:
        """Whether the operation will change something, as far as prepare can tell."""
        if self._is_change is None and self._settle is not None:
            self._is_change = self._settle()
        return bool(self._is_change)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changes: resource, attribute, before, after. What was planned; the truth once it has run."""
        plan = self.plan
        if plan is None or (self._complete and not self._commands):
            return ()
        return plan.changes

    # -- after -----------------------------------------------------------------------------

    def is_complete(self) -> bool:
        """Whether the operation has run on its host."""
        return self._complete

    @property
    def executed(self) -> bool:
        """Whether it has run, and ran at least one command."""
        return self._complete and len(self._commands) > 0

    @property
    def commands(self) -> Sequence[Any]:
        """The commands that ran (their texts are masked when shown)."""
        return self._commands

    def _require_complete(self) -> None:
        if not self._complete:
            raise RuntimeError(
                f"the operation {self.name or self.hash} has not run yet, so its result is not known: "
                "use _if=op.did_change to make another operation depend on it, or op.will_change for the plan"
            )

    def _did_succeed(self) -> bool:
        if not self._complete and foreseeing.get():
            return True
        self._require_complete()
        return self._success

    def _did_change(self) -> bool:
        if not self._complete and foreseeing.get():
            return self._foreseen_change()
        return self._did_succeed() and len(self._commands) > 0

    def _foreseen_change(self) -> bool:
        plan = self._plan
        if plan is None or plan.is_open:
            raise RuntimeError("nobody knows yet")
        return plan.will_change

    @property
    def did_change(self) -> Answer:
        """Whether it ran well and changed something. RuntimeError before it has run."""
        return Answer("did_change", self._did_change)

    @property
    def did_not_change(self) -> Answer:
        """The opposite of ``did_change``."""
        return Answer("did_not_change", lambda: not self._did_change())

    def _succeeded(self, raise_if_not_complete: bool) -> bool:
        return self._success if self._complete or not raise_if_not_complete else self._did_succeed()

    @property
    def did_succeed(self) -> SuccessAnswer:
        """Whether it ran without an error, also when there was nothing to change."""
        return SuccessAnswer(self)

    @property
    def did_error(self) -> Answer:
        """The opposite of ``did_succeed``."""
        return Answer("did_error", lambda: not self._did_succeed())

    @property
    def changed(self) -> bool:
        """Old name: ``did_change`` once it has run, before that ``will_change``."""
        return self._did_change() if self._complete else self.will_change

    # -- output ----------------------------------------------------------------------------

    @property
    def _lines(self) -> CommandOutput:
        self._require_complete()
        return self._output if self._output is not None else CommandOutput([])

    @property
    def combined_output(self) -> list[OutputLine]:
        """The lines of both streams in the order in which they came."""
        return self._lines.combined_lines

    @property
    def stdout_lines(self) -> list[str]:
        """The lines that its commands printed."""
        return self._lines.stdout_lines

    @property
    def stderr_lines(self) -> list[str]:
        """The lines that its commands printed on standard error."""
        return self._lines.stderr_lines

    @property
    def stdout(self) -> str:
        """What its commands printed."""
        return self._lines.stdout

    @property
    def stderr(self) -> str:
        """What its commands printed on standard error."""
        return self._lines.stderr

    # -- retries ---------------------------------------------------------------------------

    @property
    def retry_attempts(self) -> int:
        """How many times it was tried again."""
        return self._attempts

    @property
    def max_retries(self) -> int:
        """How many times it might have been tried again."""
        return self._max_attempts

    @property
    def was_retried(self) -> bool:
        """Whether it was tried again."""
        return self._attempts > 0

    @property
    def retry_succeeded(self) -> bool | None:
        """Whether trying again helped; None when it was not tried again."""
        return self._success if self.was_retried else None

    def get_retry_info(self) -> dict[str, Any]:
        """The four values above in a dictionary."""
        return {
            "retry_attempts": self.retry_attempts,
            "max_retries": self.max_retries,
            "was_retried": self.was_retried,
            "retry_succeeded": self.retry_succeeded,
        }

    def __repr__(self) -> str:
        if not self._complete:
            return f"OperationMeta(executed=False, maybeChange={self._is_change}, hash={self.hash})"
        retries = ""
        if self._attempts:
            ended = "succeeded" if self._success else "failed"
            retries = f", retries={self._attempts}/{self._max_attempts} ({ended})"
        return (
            f"OperationMeta(executed=True, success={self._success}, hash={self.hash}, "
            f"commands={len(self._commands)}{retries})"
        )


class SuccessAnswer(Answer):
    """``did_succeed``; as a call it may be asked before the operation has run."""

    __slots__ = ("_meta",)

    def __init__(self, meta: OperationMeta) -> None:
        super().__init__("did_succeed", meta._did_succeed)
        self._meta = meta

    def __call__(self, _raise_if_not_complete: bool = True) -> bool:
        return self._meta._succeeded(_raise_if_not_complete)
