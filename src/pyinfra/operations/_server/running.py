"""``server.shell``, ``server.script`` and ``server.script_template``: what has no operation of its own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, QuoteString, StringCommand, WriteFileCommand, operation
from pyinfra.operations._files.rendering import render
from pyinfra.operations._files.sources import Source
from pyinfra.operations._public import public_in


@operation(is_idempotent=False)
@public_in("server")
def shell(commands: str | list[str]) -> Generator[StringCommand, None, None]:
    """Run shell commands, every time.

    Nobody can know what they change, so whatever is planned after them is uncertain.

    Args:
        commands: a command line, or several that are run one after the other up to the first that fails.

    Example:
        server.shell(commands=["systemctl restart app", "curl -fs localhost:8080/health"])
    """
    given: Any = commands
    if isinstance(given, (str, StringCommand)):
        given = [given]
    if not isinstance(given, (list, tuple)):
        kind = type(given).__name__
        raise OperationTypeError(f"commands must be a text or a list of texts, not {kind}", argument="commands")
    for command in given:
        if not isinstance(command, (str, StringCommand)):
            raise OperationTypeError(f"commands must be texts, not {command!r}", argument="commands")
    for command in given:
        yield command if isinstance(command, StringCommand) else StringCommand(command)


@operation(is_idempotent=False)
@public_in("server")
def script(src: str, args: Sequence[Any] = ()) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Run a script of this machine on the host, every time.

    It is put into a file that only its user can read, and removed when it has ended, however it ends.

    Args:
        src: path of the script on this machine, or an open file.
        args: its arguments; each stays one argument, whatever it holds.

    Example:
        server.script(src="scripts/migrate.sh", args=["--to", "2026.1"])
    """
    source = Source.checked(src, add_deploy_dir=True, assume_exists=False)
    yield from run_script(source, args)


@operation(is_idempotent=False)
@public_in("server")
def script_template(
    src: str, args: Sequence[Any] = (), **data: Any
) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Run a script that a Jinja2 template makes of the data of the host, every time.

    It is put into a file that only its user can read, and removed when it has ended, however it ends.

    Args:
        src: path of the template on this machine, or an open file.
        args: arguments of the script; each stays one argument, whatever it holds.
        data: variables of the template; ``host``, ``state`` and ``inventory`` are there too.

    Raises:
        OperationError: the template is wrong or a name in it is not defined; says the line.
        OperationValueError: there is no file ``src``.

    Example:
        server.script_template(src="templates/app.conf", args=["--to", "2026.1"], port=8080)
    """
    given = Source.checked(src, add_deploy_dir=True, assume_exists=False)
    text, _ = render(given.src, data, None)
    yield from run_script(Source.of_text(text, given.name), args)


def run_script(source: Source, args: Sequence[Any]) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Yield what uploads a script, runs it and removes it."""
    if isinstance(args, (str, bytes)) or not isinstance(args, (list, tuple)):
        raise OperationTypeError(f"args must be a list of arguments, not {args!r}", argument="args")
    path = host.get_temp_filename(f"script {source.digest('sha256')}")
    yield WriteFileCommand(source.src, path, mode="700")
    yield StringCommand(
        "trap", QuoteString(StringCommand("rm -f", QuoteString(path))), "EXIT;",
        # A shell that is ended by a signal runs no EXIT trap, unless it ends by itself.
        "trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM;",
        QuoteString(path), *(QuoteString(arg if isinstance(arg, StringCommand) else str(arg)) for arg in args),
    )  # fmt: skip
