"""The view for people: steps, plan, progress, failures and results on a terminal, or in a file that is read later."""

from __future__ import annotations

from .options import ConsoleOptions
from .view import ConsoleView, console_view

__all__ = ["ConsoleOptions", "ConsoleView", "console_view"]
