"""What identifies a fact's value on a host: the class, its arguments, and as whom it is read."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactTypeError
from pyinfra._core.suggestions import did_you_mean
from pyinfra._engine.facts.base import FactBase
from pyinfra._transport.base import ExecOptions

_OURS = "pyinfra.facts."
_UNSET: Any = object()


class Question:
    """A fact with arguments, whoever is asked: made once for all hosts.

    Args:
        cls: the fact.
        arguments: the arguments of its command, bound, in the order of the parameters.
    """

    __slots__ = ("_fact", "_last_key", "_resources", "arguments", "cls", "hash", "identity", "is_ours")

    def __init__(self, cls: type[FactBase[Any]], arguments: Mapping[str, Any]) -> None:
        self.cls = cls
        self.arguments = arguments
        self.identity = tuple(map(hashable, arguments.values())) if arguments else ()
        self.hash = hash((cls, self.identity))
        self.is_ours = cls.__module__.startswith(_OURS)  # one made elsewhere may keep things in its instances
        self._resources: Any = _UNSET
        self._fact: FactBase[Any] | None = None
        self._last_key: FactKey | None = None

    def key(self, options: ExecOptions) -> FactKey:
        """Return the key of its value as read with these options; most hosts share it."""
        known = self._last_key
        if known is None or known.options is not options:
            known = self._last_key = FactKey(self, options)
        return known

    def fact(self) -> FactBase[Any]:
        """Return an instance: of facts of this package always the same one."""
        if not self.is_ours:
            return self.cls()
        if self._fact is None:
            self._fact = self.cls()
        return self._fact

    @property
    def resources(self) -> tuple[Resource, ...] | None:
        """What the fact looks at; None: it may depend on anything."""
        if self._resources is _UNSET:
            looked_at = self.fact().resources(**self.arguments)
            self._resources = None if looked_at is None else tuple(looked_at)
        found: tuple[Resource, ...] | None = self._resources
        return found


class FactKey:
    """Hashable identity of one fact value of a host.

    Args:
        question: the fact with its arguments.
        options: as whom and where it is read.
    """

    __slots__ = ("options", "question")

    def __init__(self, question: Question, options: ExecOptions) -> None:
        self.question = question
        self.options = options

    @property
    def cls(self) -> type[FactBase[Any]]:
        """The fact."""
        return self.question.cls

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The arguments of its command by name."""
        return self.question.arguments

    @property
    def resources(self) -> tuple[Resource, ...] | None:
        """What the fact looks at; None: it may depend on anything."""
        return self.question.resources

    def __hash__(self) -> int:
        return self.question.hash  # options rarely differ: comparing them is enough

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FactKey):
            return NotImplemented
        ours, theirs = self.question, other.question
        return (
            ours is theirs or (ours.hash == theirs.hash and ours.cls is theirs.cls and ours.identity == theirs.identity)
        ) and (self.options is other.options or self.options == other.options)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.cls.name}({shown})"

    def describe(self) -> str:
        """Return the resource in a person's words."""
        return self.question.fact().describe(**self.arguments)


class FactSignature:
    """The parameters of a fact's command, looked up once per class."""

    def __init__(self, cls: type[FactBase[Any]]) -> None:
        self.cls = cls
        self.names: tuple[str, ...] = ()
        self.defaults: dict[str, Any] = {}
        self.open_ended = False
        command = inspect.getattr_static(cls, "command", None)
        if isinstance(command, staticmethod):
            self._read(command.__func__, bound=True)
        elif callable(command):
            self._read(command, bound=False)

    def _read(self, command: Any, *, bound: bool) -> None:
        parameters = list(inspect.signature(command).parameters.values())
        if not bound:
            parameters = parameters[1:]
        self.open_ended = any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters)
        named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        self.names = tuple(p.name for p in named)
        self.defaults = {p.name: p.default for p in named if p.default is not p.empty}

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, defaults filled in.

        Raises:
            FactTypeError: naming the argument that is missing, unknown or given twice.
        """
        if len(args) > len(self.names):
            raise FactTypeError(f"{self.cls.name} takes {len(self.names)} arguments, {len(args)} were given")
        bound = dict(zip(self.names, args, strict=False))
        for name, value in kwargs.items():
            if name in bound:
                raise FactTypeError(f"{self.cls.name}: the argument {name!r} is given twice", argument=name)
            if name not in self.names:
                hint = did_you_mean(name, self.names)
                raise FactTypeError(f"{self.cls.name} has no argument {name!r}{hint}", argument=name)
            bound[name] = value
        missing = [name for name in self.names if name not in bound and name not in self.defaults]
        if missing:
            raise FactTypeError(f"{self.cls.name}: the argument {missing[0]!r} is missing", argument=missing[0])
        return {name: bound[name] if name in bound else self.defaults[name] for name in self.names}


_signatures: dict[type, FactSignature] = {}


def signature_of(cls: type[FactBase[Any]]) -> FactSignature:
    """Return the signature of a fact class, looked up once."""
    found = _signatures.get(cls)
    if found is None:
        found = _signatures[cls] = FactSignature(cls)
    return found


def question_of(cls: type[FactBase[Any]], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Question:
    """Return a fact with arguments as they were given.

    Raises:
        FactTypeError: naming the argument that is missing, unknown or given twice.
    """
    hashed: Any = cls
    try:
        return _known_question(hashed, tuple(args), tuple(kwargs.items()))
    except TypeError as error:
        if isinstance(error, FactTypeError):
            raise
    return Question(cls, signature_of(cls).bind(args, kwargs))  # something in it has no hash


@lru_cache(maxsize=2048)
def _known_question(cls: Any, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> Question:
    return Question(cls, signature_of(cls).bind(args, dict(kwargs)))


def hashable(value: Any) -> Any:
    """Make an argument usable in a key; equal arguments give equal keys."""
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if isinstance(value, Mapping):
        return ("{}", *((hashable(k), hashable(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return ("[]", *map(hashable, value))
    if isinstance(value, (set, frozenset)):
        return frozenset(map(hashable, value))
    try:
        hash(value)
    except TypeError:
        return ("id", id(value))
    return value
