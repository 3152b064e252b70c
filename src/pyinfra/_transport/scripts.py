"""From requests to the texts that a shell is given."""

from __future__ import annotations

import re
import shlex

from pyinfra._core.secrets import reveal

from .base import Command, ExecOptions
from .framing import Script

# A longer argument is refused by Linux (MAX_ARG_STRLEN is 128 KiB); a little room is left.
_LONGEST_ARGUMENT = 120_000
# Another shell gets the command as an argument, which everybody can see, and which is of limited length; where
# that will not do, it reads the command from descriptor 3.
_BY_ARGUMENT = '{shell} -c "$_pi_x"'
_BY_DESCRIPTOR = (
    '{{ _pi_r "$_pi_x" | {{ {shell} -c \'_pi_x=$(cat <&3) && exec 3<&- && eval "$_pi_x"\' 3<&0 <&4 4<&-; }}; }} 4<&0'
)
# What runs gets an ordinary terminal, but for the echo of its input and carriage returns in its output.
_SANE_TERMINAL = "stty sane -echo -onlcr 2>/dev/null; "


def command_script(request: Command) -> Script:
    """Return what runs a command."""
    options = request.options
    script = Script(
        request.text,
        setup=setup_text(options),
        codes=options.success_exit_codes,
        locate=options.timeout is not None,
    )
    if options.shell not in (None, "sh"):
        by_descriptor = request.masked not in (None, request.text) or len(request.text) > _LONGEST_ARGUMENT
        script.runner = (_BY_DESCRIPTOR if by_descriptor else _BY_ARGUMENT).format(shell=options.shell)
    if options.pty:
        script.before, script.raw_input = _SANE_TERMINAL, True
    else:
        script.stdin = options.stdin
    return script


def setup_text(options: ExecOptions, *, environment: bool = True) -> str:
    """Return the text that goes to the directory and exports the environment of a request; empty for neither."""
    steps = []
    if options.chdir:
        steps.append(f"cd {shlex.quote(plain_path(options.chdir))}")
    if options.env and environment:
        steps.append("export " + " ".join(shlex.quote(f"{name}={reveal(value)}") for name, value in options.env))
    return " && ".join(steps)


def plain_path(path: str) -> str:
    """Return the path so that no program takes it for an option, and cd does not look it up in CDPATH."""
    return path if path.startswith("/") else f"./{path}"


# -- what needs a channel of its own -------------------------------------------------------


def needs_own_channel(request: Command) -> bool:
    """Whether a command's output would spoil that of later ones: it has a terminal, or leaves children behind."""
    return request.options.pty or starts_background(request.text)


_TOKENS = re.compile(
    r"""\\.                        # an escaped character
    | '[^']*(?:'|\Z)               # single quotes
    | "(?:[^"\\]|\\.)*(?:"|\Z)     # double quotes
    | (?:(?<=[\s;&|()])|\A)\#[^\n]* # a comment
    | &&                           # and
    | [<>|;]+&                     # a redirection; a pipe of both streams; falling through in a case
    | &>                           # bash's redirection of both streams
    | &                            # what is looked for
    """,
    re.VERBOSE | re.DOTALL,
)


def starts_background(text: str) -> bool:
    """Whether a shell text starts something in the background.

    It looks for an unquoted ``&`` that stands for nothing else. One that it finds where there is none (within a
    here-document) costs a channel, no more.

    Example:
        >>> starts_background("sleep 9 & echo started"), starts_background("a && b 2>&1 | c '&'")
        (True, False)
    """
    return "&" in text and any(found[0] == "&" for found in _TOKENS.finditer(text))
