"""``dnf.module``: streams of modules."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import AVAILABLE
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, prefetch, promise
from pyinfra.facts.dnf import DnfDisabledModules, DnfEnabledModules
from pyinfra.operations._public import public_in

_WORD = re.compile(r"[A-Za-z0-9._+][A-Za-z0-9._+-]*\Z")


@operation()
@public_in("dnf")
def module(module: str, stream: str | None = None, enabled: bool = True) -> Generator[StringCommand, None, None]:
    """Ensure that a stream of a module is enabled, or that a module is disabled.

    Another stream that is enabled is given up for it; packages that came from that stay until they are upgraded.

    Args:
        module: its name: ``nodejs``.
        stream: which one: ``20``.
        enabled: whether packages come from it; False when none of the module's streams shall count.

    Raises:
        OperationValueError: the stream is missing, or something cannot be a name.

    Example:
        dnf.module(module="nodejs", stream="20")
    """
    _check("module", module)
    prefetch(DnfEnabledModules)
    prefetch(DnfDisabledModules)
    if stream is not None:
        _check("stream", stream)
    elif enabled:
        raise OperationValueError("stream is missing: which one is to be enabled", argument="stream")
    streams: dict[str, str] = dict(host.get_fact(DnfEnabledModules))
    disabled: list[str] = list(host.get_fact(DnfDisabledModules))
    if streams.get(module) == stream if enabled else module in disabled:
        host.noop(f"module {module} is {f'enabled: {stream}' if enabled else 'disabled'}")
        return
    if enabled:
        assert stream is not None  # noqa: S101 - checked above
        if module in streams:  # dnf refuses to switch otherwise
            yield StringCommand("dnf module reset -y", QuoteString(module))
        yield StringCommand("dnf module enable -y", QuoteString(f"{module}:{stream}"))
        streams[module] = stream
        disabled = [name for name in disabled if name != module]
    else:
        yield StringCommand("dnf module disable -y", QuoteString(module))
        streams.pop(module, None)
        disabled = sorted([*disabled, module])
    promise(DnfEnabledModules, streams)
    promise(DnfDisabledModules, disabled)
    affects(AVAILABLE)


def _check(argument: str, value: Any) -> None:
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a name, not {value!r}", argument=argument)
    if not _WORD.match(value):
        raise OperationValueError(f"{argument} {value!r} cannot be the name of one", argument=argument)
