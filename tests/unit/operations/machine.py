"""Operations for real on this machine: applied, judged, and applied again.

``Machine.apply`` plans and runs one operation, then checks what every operation has to hold to: each promised fact is
what the host says afterwards, and a second run has nothing to do and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.context import ctx_host

HostData = Mapping[str, Any]


class Machine:
    """A host to apply operations to.

    Args:
        name: as in an inventory.
        data: host data.
        arguments: global arguments for every operation.
    """

    def __init__(self, name: str = "@local", data: HostData | None = None, **arguments: Any) -> None:
        self.name = name
        self.data = dict(data or {})
        self.arguments = arguments

    @contextmanager
    def run(self, **config: Any) -> Iterator[State]:
        """A connected run of its own, so that nothing is remembered from another one."""
        state = State(Inventory(([(self.name, self.data)], {})), Config(**config))
        connect_all(state)
        try:
            yield state
        finally:
            disconnect_all(state)

    def plan(self, operation: Any, **kwargs: Any) -> Any:
        """What an operation would do."""
        with self.run() as state:
            return next(iter(add_op(state, operation, **self.arguments, **kwargs).values()))

    def once(self, operation: Any, **kwargs: Any) -> Any:
        """Run an operation; return its meta."""
        with self.run(FAIL_PERCENT=0) as state:
            meta = next(iter(add_op(state, operation, **self.arguments, **kwargs).values()))
            run_ops(state)
            assert meta.is_complete()
            check_promises(state, meta)
            return meta

    def apply(self, operation: Any, *, again: bool = True, **kwargs: Any) -> Any:
        """Run an operation that has something to do, and, unless told otherwise, find that it then has not."""
        meta = self.once(operation, **kwargs)
        assert meta.did_succeed(), meta.stderr
        assert meta.did_change(), "there was nothing to do"
        if again:
            self.unchanged(operation, **kwargs)
        return meta

    def unchanged(self, operation: Any, **kwargs: Any) -> None:
        """Check that an operation has nothing to do."""
        with self.run() as state:
            meta = next(iter(add_op(state, operation, **self.arguments, **kwargs).values()))
            assert not meta.will_change, str(meta.plan)
            host = next(iter(state.inventory))
            assert host.session.round_trips <= 2, "a converged operation costs two round trips at most"
            run_ops(state)
            assert meta.did_succeed()
            assert not meta.did_change()

    def fails(self, operation: Any, *, run: bool = False, **kwargs: Any) -> BaseException | Any:
        """Return the error with which planning an operation fails."""
        with self.run() as state:
            try:
                metas = add_op(state, operation, **self.arguments, **kwargs)
            except Exception as error:  # noqa: BLE001 - what it is, is for the test to say
                return error
            host = next(iter(state.inventory))
            if host.planning_errors:
                return host.planning_errors[0]
            if run:
                run_ops(state)
            raise AssertionError(f"it did not fail: {metas}")

    def fact(self, cls: Any, **kwargs: Any) -> Any:
        """Read a fact."""
        with self.run() as state:
            return read(state, lambda host: host.get_fact(cls, **kwargs))


def read(state: State, ask: Callable[[Any], Any]) -> Any:
    """Ask the one host of a run."""
    host = next(iter(state.inventory))
    with ctx_host.use(host):
        return ask(host)


def check_promises(state: State, meta: Any) -> None:
    """Read every fact that was promised, and compare with what the host says. Fields that are None were not known."""
    plan = meta.plan
    if plan is None or not meta.did_succeed() or not meta.did_change():
        return
    host = next(iter(state.inventory))
    for key, promised in plan.promises.items():
        host.facts.forget(key)
        options = {name: value for name, value in meta_arguments(state, meta).items() if name in _AS_WHOM}
        found = host.get_fact(key.cls, **key.arguments, **options)
        broken = list(differences(found, promised.value, promised.exact))
        assert not broken, f"{key}: {broken}"


_AS_WHOM = ("_sudo", "_sudo_user", "_su_user", "_su_password", "_doas", "_sudo_password")


def meta_arguments(state: State, meta: Any) -> Mapping[str, Any]:
    """The global arguments of an operation."""
    host = next(iter(state.inventory))
    arguments: Mapping[str, Any] = state.ops[host][meta.hash].global_arguments
    return arguments


def differences(found: Any, promised: Any, exact: bool, where: str = "") -> Iterator[str]:
    """In what a value is not what was promised."""
    if promised is None and not exact:
        return
    if isinstance(promised, Mapping) and isinstance(found, Mapping):
        for name, value in promised.items():
            yield from differences(found.get(name), value, exact, f"{where}[{name!r}]")
    elif found != promised:
        yield f"{where} promised {promised!r}, found {found!r}"
