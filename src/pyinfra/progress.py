"""A line on the terminal that tells what is being waited for."""

from __future__ import annotations

import sys
from shutil import get_terminal_size

from pyinfra._engine.controller.spinner import WAIT_TIME, progress_spinner
from pyinfra._engine.controller.styling import is_output_active

__all__ = ["IS_TTY", "IS_WINDOWS", "TERMINAL_WIDTH", "WAIT_TIME", "is_output_active", "progress_spinner"]

IS_WINDOWS: bool = sys.platform == "win32"
IS_TTY: bool = sys.stderr is not None and sys.stderr.isatty()
TERMINAL_WIDTH: int = get_terminal_size((80, 24)).columns if IS_TTY else 0
