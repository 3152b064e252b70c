"""Whether an operation did what it said: promised facts are read again and compared.

Always on in our own tests; ``state.verify_promises = True`` switches it on for anybody.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyinfra._core.events import Failure
from pyinfra._engine.facts.reads import refresh
from pyinfra._engine.prepare.plans import Plan, Promise

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData

logger = logging.getLogger("pyinfra")


def verify(state: State, host: Host, data: StateOperationHostData, plan: Plan) -> None:
    """Read what an operation promised, and record in ``state.broken_promises`` what is not so."""
    for key in plan.promises:
        host.facts.forget(key)
    refresh(host, plan.promises)
    for key, promise in plan.promises.items():
        reading = host.facts.valid(key)
        found = reading.value if reading is not None else None
        if not kept(promise, found):
            message = f"{data.operation_meta.name} promised {key!r} to be {promise.value!r}, it is {found!r}"
            logger.error("%s%s", host.print_prefix, message)
            place = state.op_meta[data.operation_meta.hash].place
            state.broken_promises.append(Failure(host.name, message, data.operation_meta.hash, place=place))


def kept(promise: Promise, found: Any) -> bool:
    """Whether a value is the promised one; fields that could not be known are not compared."""
    if promise.exact or not isinstance(promise.value, dict) or not isinstance(found, dict):
        return bool(promise.value == found)
    return all(_field_kept(value, found.get(name)) for name, value in promise.value.items())


def _field_kept(promised: Any, found: Any) -> bool:
    if isinstance(promised, dict) and isinstance(found, dict):
        return kept(Promise(promised, exact=False), found)
    return promised is None or bool(promised == found)
