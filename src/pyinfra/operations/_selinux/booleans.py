"""``selinux.boolean``: a switch of the policy."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._selinux.listing import StoredBooleans
from pyinfra.facts.selinux import SEBoolean
from pyinfra.operations._public import public_in

from .names import Boolean, checked_choice, checked_name


@operation()
@public_in("selinux")
def boolean(bool_name: str, value: Boolean, persistent: bool = False) -> Generator[StringCommand, None, None]:
    """Ensure that a boolean of the policy is on or off.

    Args:
        bool_name: its name.
        value: ``on`` or ``off``, as ``Boolean`` or as text.
        persistent: also after the next boot. Whether it already is, ``semanage`` knows; without it, the present value
            is taken for that.

    Raises:
        OperationTypeError: ``bool_name`` is no text.
        OperationValueError: ``bool_name`` cannot be one, or ``value`` is something else.

    Example:
        selinux.boolean(bool_name="httpd_can_network_connect", value="on", persistent=True)
    """
    name = checked_name(bool_name, "bool_name", "a boolean")
    wanted = checked_choice(value, Boolean, "value")
    if persistent:
        prefetch(StoredBooleans)
    found = host.get_fact(SEBoolean, boolean=name)
    stored = dict(host.get_fact(StoredBooleans)) if persistent else {}
    if found == wanted and stored.get(name, wanted) == wanted:
        host.noop(f"selinux boolean {name} is already {wanted}")
        return
    yield StringCommand("setsebool", *(["-P"] if persistent else []), QuoteString(name), wanted)
    promise(SEBoolean, wanted, boolean=name)
    if name in stored:
        promise(StoredBooleans, {**stored, name: wanted})
