"""What an operation body can say about itself while it is planned.

All of these act on the plan that is being made and do nothing outside of one, so that bodies can be called directly.
"""

from __future__ import annotations

from typing import Any

from pyinfra._core.effects import Resource
from pyinfra._core.events import Change
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.reads import make_key, start_reading
from pyinfra._engine.model.scope import current_operation
from pyinfra._engine.prepare.plans import Promise
from pyinfra._engine.prepare.recorder import Recorder


def _recorder() -> Recorder | None:
    scope = current_operation.get()
    return scope.recorder if scope is not None else None


def prefetch(cls: type[FactBase[Any]] | type[ShortFactBase[Any]], *args: Any, **kwargs: Any) -> None:
    """Start reading a fact without waiting for it: independent reads then cost one round trip together.

    Args:
        cls: the fact.
        args: arguments of its command.
        kwargs: the same by name.

    Example:
        prefetch(Users)
        prefetch(Groups)
        users, groups = host.get_fact(Users), host.get_fact(Groups)
    """
    scope, recorder = current_operation.get(), _recorder()
    if scope is None or recorder is None or (recorder.before_read is not None and recorder.commands):
        return
    if issubclass(cls, ShortFactBase):
        prefetch(cls.fact, *args, **kwargs)
        return
    host = scope.host
    key = make_key(host, cls, args, kwargs, scope)
    if recorder.trail is not None and key.cls.cacheable:
        recorder.trail.prefetches(key)
    if host.planning.foresee(key)[0] is None and key.cls.cacheable:
        start_reading(host, key)


def promise(cls: type[FactBase[Any]], value: Any, /, *, exact: bool = True, **kwargs: Any) -> None:
    """Say what a fact will be once the commands of this operation have run.

    Args:
        cls: the fact.
        value: its value then; None when the thing will be gone.
        exact: False when some fields cannot be known beforehand (those are None in the value).
        kwargs: arguments of its command.

    Example:
        yield StringCommand("mkdir", QuoteString(path))
        promise(Directory, {"mode": 755, ...}, exact=False, path=path)
    """
    scope, recorder = current_operation.get(), _recorder()
    if scope is not None and recorder is not None:
        recorder.promise(make_key(scope.host, cls, (), kwargs, scope), Promise(value, exact))


def affects(*resources: Resource) -> None:
    """Say what this operation's commands touch beyond the facts that are promised.

    Args:
        resources: ``path(...)``, ``tree(...)`` or ``named(...)``.

    Example:
        yield StringCommand("rm", "-rf", QuoteString(path))
        affects(tree(path))
    """
    recorder = _recorder()
    if recorder is not None:
        recorder.affect(resources)


def change(resource: str, attribute: str, before: Any, after: Any) -> None:
    """Record a change for the plan that no promised fact shows, such as the text of a file.

    Args:
        resource: what changes, in a person's words.
        attribute: which attribute of it.
        before: value now; None when it is not there.
        after: value then.
    """
    recorder = _recorder()
    if recorder is not None:
        recorder.changes += (Change(resource, attribute, before, after),)
