"""The contracts of this layer: a ``Link`` opens pipes to a POSIX ``sh``, a ``Session`` runs requests over them.

The engine only ever talks to a ``Session``. There are three kinds: ``ShellSession`` (everything that can open
a pipe), ``MemorySession`` (tests, ``@fake``) and ``BlockingSession`` (third-party connectors in threads).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO, Protocol

from pyinfra._core.output import CapturedOutput
from pyinfra._core.records import Record
from pyinfra._core.secrets import HiddenValue

# -- what is asked for ---------------------------------------------------------------------


class Method(Enum):
    """A way to become another user."""

    SUDO = "sudo"
    SU = "su"
    DOAS = "doas"
    DZDO = "dzdo"


class PrivilegeStep(Record):
    """One change of user. A :class:`ShellKey` holds them from the outermost to the innermost."""

    method: Method
    user: str | None = None  # None: the method's default, root
    login: bool = False  # sudo -i, su -l
    preserve_env: bool = False  # sudo -E, su -m
    shell: str | None = None  # su -s
    password: HiddenValue | None = None


Privilege = tuple[PrivilegeStep, ...]


@dataclass(frozen=True, slots=True)
class ExecOptions:
    """How a command is to be run: made once from the global arguments, shared by every command of an operation.

    Hashable, so that it can be a part of a fact's key.
    """

    privilege: Privilege = ()
    shell: str | None = "sh"  # _shell_executable, verbatim ("bash -l"); "sh" needs no process of its own
    chdir: str | None = None
    env: tuple[tuple[str, str | HiddenValue], ...] = ()
    success_exit_codes: tuple[int, ...] = (0,)
    timeout: float | None = None  # seconds, for each command
    pty: bool = False
    stdin: bytes | None = None
    temp_dir: str | None = None  # where temporary files go; None: the session finds one


PLAIN = ExecOptions()


@dataclass(slots=True)
class Command:
    """One shell text to run on the host. ``text`` may hold secrets: ``masked`` is what may be shown."""

    text: str
    options: ExecOptions = PLAIN
    masked: str | None = None
    on_output: Callable[[int, bytes], None] | None = None  # live output: (STDOUT | STDERR, bytes as they arrive)


@dataclass(slots=True)
class Upload:
    """Write ``source`` to ``path``: beside the destination, then renamed; mode and owner set before it is visible.

    Where ``mode``, ``user`` or ``group`` are None an existing file's own are kept (a new file gets the user's umask).
    A destination that is a symbolic link is followed; one that cannot be renamed over is written in place.
    """

    source: BinaryIO  # read from its present position, never closed here
    path: str
    options: ExecOptions = PLAIN
    mode: str | None = None  # as chmod takes it: "644", "u+x"
    user: str | None = None
    group: str | None = None
    backup_suffix: str | None = None  # keep the old file as path + suffix
    replaces: str | None = None  # SHA-1 of what the file holds until then, "-" where there is none; else an error


@dataclass(slots=True)
class Download:
    """Read ``path`` into ``sink`` (left at its end). The sink is only written when the file can be read."""

    path: str
    sink: BinaryIO
    options: ExecOptions = PLAIN


Request = Command | Upload | Download

# -- what comes back -----------------------------------------------------------------------


class FailureKind(Enum):
    """Why a request did not end by itself."""

    TIMEOUT = "timeout"  # its processes on the host have been ended
    LOST = "connection lost"  # it may have run; never repeated
    NOT_STARTED = "not started"  # the connection or shell was lost before it began
    PRIVILEGE = "privilege"  # the user could not be changed
    TRANSFER = "transfer"  # a file could not be read or written
    INTERRUPTED = "interrupted"


@dataclass(slots=True)
class Failure:
    """A failure that is not an exit status."""

    kind: FailureKind
    message: str
    hint: str | None = None


@dataclass(slots=True)
class Result:
    """What became of one request."""

    status: int | None  # exit status; None when there is none (see failure)
    ok: bool  # ended, with a status among the successful ones
    output: CapturedOutput = field(default_factory=CapturedOutput)
    failure: Failure | None = None
    seconds: float = 0.0


class Identity(Record):
    """Who the login shell runs as."""

    user: str
    uid: int


# -- what a way to reach a host gives ------------------------------------------------------


class PipeReceiver(Protocol):
    """Gets what a pipe brings. Called on the engine's loop."""

    def data_received(self, stream: int, data: bytes) -> None:
        """Bytes arrived on STDOUT or STDERR."""

    def pipe_closed(self, status: int | None, error: Exception | None) -> None:
        """Nothing will come any more. Called exactly once."""


class Pipe(Protocol):
    """A byte pipe to a POSIX ``sh`` that reads its commands from standard input."""

    def write(self, data: bytes) -> None:
        """Queue bytes; never blocks."""

    async def drain(self) -> None:
        """Wait until little is queued."""

    def write_eof(self) -> None:
        """End standard input."""

    def abort(self) -> None:
        """Drop the pipe at once; ``pipe_closed`` follows."""


class Link(Protocol):
    """A connection to one host. Errors leave it as ``ConnectError`` and its subclasses."""

    name: str  # for messages

    async def connect(self) -> None:
        """Open the connection."""

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        """Start ``sh`` on the host, reading commands from the pipe (with a terminal when ``pty``)."""

    async def open_files(self) -> Files | None:
        """A file service running as the login user, or None when the host has none."""

    async def close(self) -> None:
        """End everything. Never raises."""


class Files(Protocol):
    """Fast bulk transfer as the login user (SFTP)."""

    async def write(self, source: BinaryIO, path: str) -> None:
        """Create ``path`` (mode 0600, must not exist) and fill it from ``source``."""

    async def read(self, path: str, sink: BinaryIO) -> None:
        """Copy ``path`` into ``sink``."""

    async def remove(self, path: str) -> None:
        """Remove a file; one that is missing is fine."""


class Session(Protocol):
    """Runs requests on one host. The one thing that the engine knows of a connection."""

    identity: Identity | None  # known after open(), when the way of connecting can tell
    round_trips: int  # longest chain of requests that waited for one another, since open()

    async def open(self) -> None:
        """Connect. Raises ``ConnectError`` or a subclass."""

    def submit(self, batch: Sequence[Request]) -> Awaitable[list[Result]]:
        """Run requests one after the other, stopping after the first that is not ok.

        Several batches may be in flight; they cost one round trip together. The answer holds a result for each
        request that was begun. Never raises for what happens on the host; a lost connection is a failed result.
        """

    async def refresh(self) -> None:
        """Reopen the privilege shells before their next use (users, groups, limits or sudoers changed)."""

    async def interrupt(self) -> None:
        """End the processes of every request in flight and remove temporary files; takes at most two seconds."""

    async def close(self) -> None:
        """Disconnect. Never raises."""
