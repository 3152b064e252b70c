"""``server.hostname``: what a host is called."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from pyinfra import host
from pyinfra.api import FactBase, OperationValueError, QuoteString, StringCommand, WriteFileCommand, operation
from pyinfra.api.planning import Resource, path, prefetch, promise
from pyinfra.facts._files.contents import FileText
from pyinfra.facts.files import File, Sha1File
from pyinfra.facts.server import Hostname, Os
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._files.sources import Source
from pyinfra.operations._files.uploading import Upload
from pyinfra.operations._public import public_in

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?\.?\Z", re.ASCII)
_FILES = {"Linux": "/etc/hostname", "OpenBSD": "/etc/myname"}


class SystemdRuns(FactBase[bool]):
    """Whether systemd manages the host and ``hostnamectl`` can be asked."""

    @staticmethod
    def default() -> bool:
        return False

    def command(self) -> str:
        return "[ -d /run/systemd/system ] && command -v hostnamectl || :"

    def resources(self) -> Iterable[Resource] | None:
        return (path("/run/systemd/system"), path("/usr/bin/hostnamectl"))

    def process(self, output: list[str]) -> bool:
        return bool(output)


@operation()
@public_in("server")
def hostname(
    hostname: str, hostname_file: str | None = None
) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Ensure that the host has a name, now and after it is started again.

    Args:
        hostname: the name.
        hostname_file: file that keeps it; where the system has it by default (``/etc/hostname``, ``/etc/myname``).

    Example:
        server.hostname(hostname="web1.example.org")
    """
    if not isinstance(hostname, str) or not _NAME.match(hostname):
        raise OperationValueError(f"hostname {hostname!r} is no name that a host can have", argument="hostname")
    file = host_path(hostname_file, "hostname_file") if hostname_file else None
    for fact in (Os, SystemdRuns):
        prefetch(fact)
    for read in (File, FileText, Sha1File):
        prefetch(read, path=file or "/etc/hostname")
    current = host.get_fact(Hostname)
    file = file or _FILES.get(host.get_fact(Os))
    content = host.get_fact(FileText, path=file) if file else None
    kept = (content.text or "").strip() if content else None
    if host.get_fact(SystemdRuns) and hostname_file is None:
        if current != hostname or kept not in (None, hostname):
            yield StringCommand("hostnamectl set-hostname", QuoteString(hostname))
            promise(Hostname, hostname)
        else:
            host.noop(f"the host is called {hostname} already")
        return
    # Everything is read before the first command.
    writes = []
    if file and kept != hostname:
        writes = list(Upload(Source.of_text(f"{hostname}\n", None), file, Attributes()).commands())
    if current != hostname:
        yield StringCommand("hostname", QuoteString(hostname))
    elif not writes:
        host.noop(f"the host is called {hostname} already")
    yield from writes
    promise(Hostname, hostname)
