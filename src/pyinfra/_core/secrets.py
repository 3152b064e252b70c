"""Values that must not be seen.

Example:
    >>> password = HiddenValue("hunter2")
    >>> f"{password} {password!r}"
    '*MASKED* HiddenValue(*MASKED*)'
    >>> password.unmask()
    'hunter2'
"""

from __future__ import annotations

import hmac


class HiddenValue:
    """A text that prints masked wherever it is shown.

    Args:
        content: the secret.
        masked_value: what ``str()`` and ``repr()`` show instead.
    """

    __slots__ = ("_content", "_masked")

    def __init__(self, content: str = "", masked_value: str = "*MASKED*") -> None:
        self._content = content
        self._masked = masked_value

    def unmask(self) -> str:
        """Return the secret itself."""
        return self._content

    def __str__(self) -> str:
        return self._masked

    def __repr__(self) -> str:
        return f"HiddenValue({self._masked})"

    def __bool__(self) -> bool:
        return bool(self._content)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HiddenValue):
            return NotImplemented
        return hmac.compare_digest(self._content.encode(), other._content.encode())

    def __hash__(self) -> int:
        return hash((HiddenValue, self._content))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a HiddenValue cannot be pickled: it would leave this process in clear text")


def reveal(value: str | HiddenValue) -> str:
    """Return the text of a value that may be hidden."""
    return value.unmask() if isinstance(value, HiddenValue) else value
