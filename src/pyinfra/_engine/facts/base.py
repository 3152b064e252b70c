"""What a fact is: a command that reads something from a host, and a pure function that understands its output.

Example:
    class Os(FactBase[str]):
        def command(self) -> str:
            return "uname -s"
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pyinfra._core.arguments import GLOBAL_ARGUMENT_NAMES
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError

if TYPE_CHECKING:
    from pyinfra._core.commands import StringCommand
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

T = TypeVar("T")


class FactBase(Generic[T]):
    """Base of all facts. Subclasses give ``command`` and, unless the text itself is the value, ``process``.

    Attributes:
        name: ``module.Class``, set by itself.
        abstract: True for classes that only serve as a base.
        shell_executable: shell to use instead of ``_shell_executable``.
        cacheable: False for what changes by itself (time, load): read anew every time.
        in_plans: False for what only follows from another fact (a checksum): plans do not show it as a change.
        batch_family: classes that name the same one share a batch, whose output each of them understands.
        batch_rank: the class with the highest one makes the command of a shared batch.
    """

    name: str
    abstract: bool = True
    shell_executable: str | None = None
    cacheable: ClassVar[bool] = True
    in_plans: ClassVar[bool] = True
    batch_family: ClassVar[str] = ""
    batch_rank: ClassVar[int] = 0
    command: Callable[..., str | StringCommand]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = _public_name(cls)
        if "command" in cls.__dict__ or any("command" in base.__dict__ for base in cls.__mro__[1:-1]):
            cls.abstract = bool(cls.__dict__.get("abstract", False))
        _reject_global_parameters(cls)

    def requires_command(self, *args: Any, **kwargs: Any) -> str | None:
        """Name of the program without which the fact has its default value."""
        return None

    def check_preconditions(self, state: State, host: Host) -> str | None:
        """A reason why the host cannot provide this fact, or None."""
        return None

    @staticmethod
    def default() -> T:
        """The value when the command printed nothing, failed, or is not there."""
        return None  # type: ignore[return-value]

    def process(self, output: list[str]) -> T:
        """Turn the lines of standard output into the value. Pure and total: a value or ``FactProcessError``."""
        return "\n".join(output)  # type: ignore[return-value]

    def process_pipeline(self, args: Any, output: Any) -> Any:
        """Old name without a meaning; kept so that subclasses which call it keep working."""
        return {arg: self.process([output[n]]) for n, arg in enumerate(args)}

    # -- optional: cheaper and exact planning ----------------------------------------------

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        """What the fact looks at, given the arguments of ``command``. None: it may depend on anything.

        A change of an overlapping resource makes the value invalid; a change of anything else does not.
        """
        return None

    def describe(self, *args: Any, **kwargs: Any) -> str:
        """The resource as a person would call it, for plans: ``"file /etc/motd"``."""
        shown = [str(value) for value in (*args, *kwargs.values())]
        return " ".join([type(self).__name__.lower(), *shown])

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str | StringCommand | None:
        """One command that answers several calls of this fact, or None when there is no such form.

        None for several calls, but not for one, when those are too many: then they are asked in smaller batches.
        """
        return None

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> Sequence[T | FactProcessError]:
        """Values for the calls of ``batch_command``, in their order; an error in place of a value fails that call."""
        raise NotImplementedError


class ShortFactBase(Generic[T]):
    """A fact made from another fact's value.

    Example:
        class LinuxName(ShortFactBase[str]):
            fact = LinuxDistribution

            def process_data(self, data):
                return data["name"]
    """

    name: str
    fact: type[FactBase[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = _public_name(cls)

    def process_data(self, data: Any) -> T:
        """Turn the other fact's value into this one's."""
        result: T = data
        return result


def _public_name(cls: type) -> str:
    """``server.Users``, also for a class that is written in ``pyinfra.facts._server.accounts``."""
    module = cls.__module__.removeprefix("pyinfra.facts.")
    if module != cls.__module__ and module.startswith("_"):
        module = module.partition(".")[0].removeprefix("_")
    return f"{module}.{cls.__name__}"


def _reject_global_parameters(cls: type[FactBase[Any]]) -> None:
    """A parameter named like a global argument could never be given: the engine takes it out before."""
    command = cls.__dict__.get("command")
    if not callable(command):
        return
    clash = sorted(set(inspect.signature(command).parameters) & GLOBAL_ARGUMENT_NAMES)
    if clash:
        raise TypeError(f"the fact {cls.name} has a parameter named like a global argument: {', '.join(clash)}")
