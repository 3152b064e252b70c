"""Passwords for sudo and su that nobody gave: asked for once for a run, where a person sits at a terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pyinfra
from pyinfra._core.secrets import HiddenValue

if TYPE_CHECKING:
    from pyinfra._transport.base import PrivilegeStep


class PasswordPrompts:
    """Asks on the terminal, one question at a time, and remembers the answers."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str | None], HiddenValue | None] = {}
        self._turn = asyncio.Lock()

    async def ask(self, host: str, step: PrivilegeStep) -> HiddenValue | None:
        """Return the password for this way of becoming this user, or None when there is none.

        Args:
            host: the one that needs it first; its answer is used for the others too.
            step: method and user.
        """
        from pyinfra._transport.ssh.login.prompts import TerminalPrompts  # only loaded when there is a question

        # su wants the password of the other user, sudo that of one's own
        key = (step.method.value, step.user if step.method.value == "su" else None)
        async with self._turn:
            if key not in self._answers:
                user = f" of {step.user or 'root'}" if step.method.value == "su" else ""
                answer = await TerminalPrompts().secret(f"{host}: {step.method.value} password{user}")
                self._answers[key] = HiddenValue(answer) if answer else None
            return self._answers[key]


_prompts: WeakKeyDictionary[Any, PasswordPrompts] = WeakKeyDictionary()


def password_prompts(state: Any) -> PasswordPrompts | None:
    """Return what asks for passwords in this run; None where no person can answer."""
    if not pyinfra.is_cli:
        return None
    if state not in _prompts:
        _prompts[state] = PasswordPrompts()
    return _prompts[state]
