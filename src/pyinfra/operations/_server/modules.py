"""``server.modprobe``: modules of the kernel."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._server.kernel import BuiltinModules
from pyinfra.facts.server import KernelModules
from pyinfra.operations._public import public_in

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*\Z", re.ASCII)


@operation()
@public_in("server")
def modprobe(
    module: str | list[str], present: bool = True, force: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that modules of the kernel are loaded, or that they are not.

    What is built into the kernel counts as loaded.

    Args:
        module: name of the module, or of several.
        present: whether they shall be loaded.
        force: load modules that were made for another kernel, or remove those that are in use.

    Raises:
        OperationValueError: no module can have that name.
        OperationError: what shall be removed is built into the kernel.

    Example:
        server.modprobe(module=["br_netfilter", "overlay"])
    """
    names = _checked_names(module)
    prefetch(BuiltinModules)
    loaded = host.get_fact(KernelModules)
    builtin = host.get_fact(BuiltinModules)
    differing = [name for name in names if (_plain(name) in loaded or _plain(name) in builtin) != present]
    fixed = [name for name in differing if _plain(name) in builtin]
    if fixed:
        raise OperationError(f"{', '.join(fixed)}: built into the kernel, and cannot be removed", argument="module")
    if not differing:
        host.noop(f"{', '.join(names)}: {'loaded' if present else 'not loaded'}")
        return
    options = [*(["-f"] if force else []), *([] if present else ["-r"]), "-a"]
    yield StringCommand("modprobe", *options, *map(QuoteString, differing))
    changed = {_plain(name) for name in differing}
    # Others that they need come and go with them.
    after = {**loaded, **dict.fromkeys(changed)} if present else {n: m for n, m in loaded.items() if n not in changed}
    promise(KernelModules, after, exact=False)


def _checked_names(module: Any) -> list[str]:
    names = [module] if isinstance(module, str) else module
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise OperationTypeError(f"module must be a name or a list of names, not {module!r}", argument="module")
    for name in names:
        if not _NAME.match(name):
            raise OperationValueError(f"module {name!r} is no name of a module", argument="module")
    return list(dict.fromkeys(names))


def _plain(name: str) -> str:
    """The kernel knows no dashes in names of modules."""
    return name.replace("-", "_")
