"""What operations yield: commands for a host, which print with their secrets masked.

Example:
    >>> command = StringCommand("mysql", "--password", QuoteString(HiddenValue("it's")))
    >>> command.get_raw_value()
    'mysql --password \\'it\\'"\\'"\\'s\\''
    >>> str(command)
    "mysql --password '*MASKED*'"
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO, IOBase, StringIO
from string import Formatter
from typing import IO, TYPE_CHECKING, Any, Unpack

from .quoting import quote
from .secrets import HiddenValue

if TYPE_CHECKING:
    from .arguments import ConnectorArguments

logger = logging.getLogger("pyinfra")


class MaskString(str):
    """Old form of a hidden text. It shows masked in commands, but is a real string everywhere else: use HiddenValue."""

    __slots__ = ()

    def __new__(cls, *args: Any) -> MaskString:
        _warn_mask_string()
        return super().__new__(cls, *args)

    def __repr__(self) -> str:
        return "MaskString(***)"


@lru_cache(maxsize=1)
def _warn_mask_string() -> None:
    logger.warning("MaskString is deprecated: use HiddenValue, which cannot leak by being formatted into another text")


class QuoteString:
    """A value that becomes one quoted shell word.

    Args:
        obj: text, hidden text, a whole command, or anything that has a text (a number, a path).
    """

    __slots__ = ("obj",)

    def __init__(self, obj: str | StringCommand | HiddenValue) -> None:
        self.obj = obj

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QuoteString) and raw_text(self.obj) == raw_text(other.obj)

    def __hash__(self) -> int:
        return hash((QuoteString, raw_text(self.obj)))

    def __str__(self) -> str:
        return quote(masked_text(self.obj))

    def __repr__(self) -> str:
        return f"QuoteString({masked_text(self.obj)!r})"


def raw_text(bit: Any) -> str:
    """Return the text of a part of a command as it is run."""
    if isinstance(bit, str):
        return bit
    if isinstance(bit, QuoteString):
        return quote(raw_text(bit.obj))
    if isinstance(bit, StringCommand):
        return bit.get_raw_value()
    if isinstance(bit, HiddenValue):
        return bit.unmask()
    return str(bit)


def masked_text(bit: Any) -> str:
    """Return the text of a part of a command as it may be shown."""
    if isinstance(bit, str):
        return "***" if isinstance(bit, MaskString) else bit
    if isinstance(bit, QuoteString):
        return quote(masked_text(bit.obj))
    if isinstance(bit, StringCommand):
        return bit.get_masked_value()
    return str(bit)


class PyinfraCommand:
    """Base of everything that an operation may yield.

    Args:
        arguments: connector arguments (``_sudo`` ...) for this command only, over those of the operation.
    """

    __slots__ = ("__weakref__", "connector_arguments")

    connector_arguments: ConnectorArguments

    def __init__(self, **arguments: Unpack[ConnectorArguments]) -> None:
        self.connector_arguments = arguments

    def _identity(self) -> tuple[Any, ...]:
        """What makes two commands the same: real content, secrets included."""
        return ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PyinfraCommand):
            return NotImplemented
        return (
            type(self) is type(other)
            and self._identity() == other._identity()
            and self.connector_arguments == other.connector_arguments
        )

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self._identity())))

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Run the command on a host right away.

        Args:
            state: the run.
            host: the host.
            connector_arguments: those of the operation.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot be executed")

    def _overlaid(self, connector_arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {**connector_arguments, **self.connector_arguments}


class StringCommand(PyinfraCommand):
    """A shell command line made of parts.

    Args:
        bits: texts taken as they are, ``QuoteString``, ``HiddenValue``, other ``StringCommand``; anything else as text.
        _separator: between the parts.
        arguments: connector arguments for this command only.
    """

    __slots__ = ("bits", "separator")

    def __init__(self, *bits: Any, _separator: str = " ", **arguments: Unpack[ConnectorArguments]) -> None:
        self.connector_arguments = arguments
        self.bits = bits
        self.separator = _separator

    def get_raw_value(self) -> str:
        """Return the text that is run."""
        return self.separator.join([bit if type(bit) is str else raw_text(bit) for bit in self.bits])

    def get_masked_value(self) -> str:
        """Return the text with secrets masked."""
        return self.separator.join([bit if type(bit) is str else masked_text(bit) for bit in self.bits])

    def _identity(self) -> tuple[Any, ...]:
        return (self.get_raw_value(),)

    def __str__(self) -> str:
        return self.get_masked_value()

    def __repr__(self) -> str:
        return f"StringCommand({self.get_masked_value()!r})"

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Run it; returns success and output."""
        return host.run_shell_command(
            self,
            print_output=state.print_output,
            print_input=state.print_input,
            **self._overlaid(connector_arguments),
        )


class _TransferCommand(PyinfraCommand):
    """Something with a source and a destination."""

    __slots__ = ("dest", "remote_temp_filename", "src")

    def __init__(
        self, src: Any, dest: Any, remote_temp_filename: str | None = None, **kwargs: Unpack[ConnectorArguments]
    ) -> None:
        self.connector_arguments = kwargs
        self.src = src
        self.dest = dest
        self.remote_temp_filename = remote_temp_filename

    def _identity(self) -> tuple[Any, ...]:
        return (_content(self.src), _content(self.dest))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_shown(self.src)}, {_shown(self.dest)})"


class FileUploadCommand(_TransferCommand):
    """Write a file on the host.

    Args:
        src: path on this machine, or an open file.
        dest: path on the host.
        remote_temp_filename: not needed any more; a hint for connectors that go through a temporary file.
        kwargs: connector arguments for this command only.
    """

    __slots__ = ()

    src: str | IO[Any] | IOBase
    dest: str

    def __init__(
        self,
        src: str | IO[Any] | IOBase,
        dest: str,
        remote_temp_filename: str | None = None,
        **kwargs: Unpack[ConnectorArguments],
    ) -> None:
        super().__init__(src, dest, remote_temp_filename, **kwargs)

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Upload; returns success."""
        return host.put_file(
            self.src,
            self.dest,
            remote_temp_filename=self.remote_temp_filename,
            print_output=state.print_output,
            print_input=state.print_input,
            **self._overlaid(connector_arguments),
        )


class WriteFileCommand(FileUploadCommand):
    """Write a file on the host with its mode and owner, in one atomic step.

    Args:
        src: path on this machine, or an open file.
        dest: path on the host.
        mode: as chmod takes it (``"644"``); None keeps an existing file's own.
        user: owner; None keeps an existing file's own.
        group: group; None keeps an existing file's own.
        backup_suffix: keep the old file under its name with this suffix.
        replaces: SHA-1 of what the file holds until then, in hexadecimal, or ``"-"`` where there is none: a file that
            was changed meanwhile is left alone, and the command fails.
        kwargs: connector arguments for this command only.
    """

    __slots__ = ("backup_suffix", "group", "mode", "replaces", "user")

    def __init__(
        self,
        src: str | IO[Any] | IOBase,
        dest: str,
        *,
        mode: str | None = None,
        user: str | None = None,
        group: str | None = None,
        backup_suffix: str | None = None,
        replaces: str | None = None,
        **kwargs: Unpack[ConnectorArguments],
    ) -> None:
        super().__init__(src, dest, None, **kwargs)
        self.mode = mode
        self.user = user
        self.group = group
        self.backup_suffix = backup_suffix
        self.replaces = replaces

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), self.mode, self.user, self.group, self.backup_suffix, self.replaces)

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in ("mode", "user", "group", "backup_suffix", "replaces")}
        shown = "".join(f", {name}={value!r}" for name, value in given.items() if value is not None)
        return f"WriteFileCommand({_shown(self.src)}, {_shown(self.dest)}{shown})"


class FileDownloadCommand(_TransferCommand):
    """Fetch a file from the host.

    Args:
        src: path on the host.
        dest: path on this machine, or an open file.
        remote_temp_filename: not needed any more; a hint for connectors that go through a temporary file.
        kwargs: connector arguments for this command only.
    """

    __slots__ = ()

    src: str
    dest: str | IO[Any] | IOBase

    def __init__(
        self,
        src: str,
        dest: str | IO[Any] | IOBase,
        remote_temp_filename: str | None = None,
        **kwargs: Unpack[ConnectorArguments],
    ) -> None:
        super().__init__(src, dest, remote_temp_filename, **kwargs)

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Download; returns success."""
        return host.get_file(
            self.src,
            self.dest,
            remote_temp_filename=self.remote_temp_filename,
            print_output=state.print_output,
            print_input=state.print_input,
            **self._overlaid(connector_arguments),
        )


class FunctionCommand(PyinfraCommand):
    """Call a Python function on this machine.

    Args:
        function: what to call. One with positional parameters named both ``state`` and ``host`` gets these first,
            and fails the operation by returning False; any other fails it only by raising.
        args: its positional arguments.
        func_kwargs: its keyword arguments.
        kwargs: connector arguments, for the functions' timeouts.
    """

    __slots__ = ("args", "function", "kwargs")

    def __init__(
        self,
        function: Callable[..., Any],
        args: Iterable[Any],
        func_kwargs: Mapping[str, Any],
        **kwargs: Unpack[ConnectorArguments],
    ) -> None:
        self.connector_arguments = kwargs
        self.function = function
        self.args = args
        self.kwargs = func_kwargs

    def _identity(self) -> tuple[Any, ...]:
        return (self.function, tuple(self.args), dict(self.kwargs))

    def __repr__(self) -> str:
        return f"FunctionCommand({getattr(self.function, '__name__', type(self.function).__name__)})"

    def call(self, state: Any, host: Any) -> bool:
        """Call the function with the context of this host; returns False when it says that it failed."""
        from .context import ctx_config, ctx_host, ctx_state

        with ctx_state.use(state), ctx_config.use(state.config.copy()), ctx_host.use(host):
            if takes_state_and_host(self.function):
                return self.function(state, host, *self.args, **self.kwargs) is not False
            self.function(*self.args, **self.kwargs)
            return True

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Call it; an exception is logged and is a failure."""
        try:
            return self.call(state, host)
        except Exception as error:
            logger.error("%s%s in %r: %s", host.print_prefix, type(error).__name__, self, error)
            logger.warning("the function raised here:", exc_info=True)
            return False


def takes_state_and_host(function: Callable[..., Any]) -> bool:
    """Whether a function has positional parameters named both ``state`` and ``host``."""
    import inspect

    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # builtins without a signature
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {"state", "host"} <= {name for name, parameter in parameters.items() if parameter.kind in positional}


class RsyncCommand(PyinfraCommand):
    """Copy a directory to the host with rsync.

    Args:
        src: directory on this machine.
        dest: directory on the host.
        flags: options of rsync.
        kwargs: connector arguments for this command only.
    """

    __slots__ = ("dest", "flags", "src")

    def __init__(self, src: str, dest: str, flags: Sequence[str], **kwargs: Unpack[ConnectorArguments]) -> None:
        self.connector_arguments = kwargs
        self.src = src
        self.dest = dest
        self.flags = flags

    def _identity(self) -> tuple[Any, ...]:
        return (self.src, self.dest, tuple(self.flags))

    def __repr__(self) -> str:
        return f"RsyncCommand({self.src!r}, {self.dest!r}, {list(self.flags)!r})"

    def execute(self, state: Any, host: Any, connector_arguments: ConnectorArguments) -> Any:
        """Run rsync; returns success."""
        return host.rsync(
            self.src,
            self.dest,
            self.flags,
            print_output=state.print_output,
            print_input=state.print_input,
            **self._overlaid(connector_arguments),
        )


def _content(source: Any) -> Any:
    return source.getvalue() if isinstance(source, (StringIO, BytesIO)) else source


def _hashable(value: Any) -> Any:
    try:
        return hash(value)
    except TypeError:
        return None


def _shown(source: Any) -> str:
    return repr(source) if isinstance(source, str) else f"<{type(source).__name__}>"


# A word: anything but white space, where quotes and backslashes keep white space inside.
_WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)
_FORMATTER = Formatter()


def make_formatted_string_command(string: str, *args: Any, **kwargs: Any) -> StringCommand:
    """Fill the ``{}`` fields of a command line with parts of a command.

    Quotes in the text stay as they are; white space outside quotes becomes single blanks.

    Args:
        string: command line with fields, as for ``str.format``.
        args: values of the fields; ``QuoteString`` and ``HiddenValue`` keep their meaning.
        kwargs: values of the named fields.

    Example:
        >>> make_formatted_string_command("test -e {0} && cat {0}", QuoteString("a b")).get_raw_value()
        "test -e 'a b' && cat 'a b'"
    """
    words = _WORD.findall(string)
    if _WORD.sub("", string).strip():
        raise ValueError(f"a quotation is not closed in {string!r}")
    numbers = iter(range(len(args) + 1))
    return StringCommand(*[_fill(word, numbers, args, kwargs) for word in words])


def _fill(word: str, numbers: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    parts: list[Any] = []
    for literal, field, spec, conversion in _FORMATTER.parse(word):
        if literal:
            parts.append(literal)
        if field is None:
            continue
        if field == "":
            field = str(next(numbers))
        value, _ = _FORMATTER.get_field(field, args, kwargs)
        if conversion:
            value = _FORMATTER.convert_field(value, conversion)
        parts.append(format(value, spec) if spec else value)
    return parts[0] if len(parts) == 1 else StringCommand(*parts, _separator="")
