"""``ssh.upload`` and ``ssh.download``: files between the host and another machine.

They go through ``cat``: scp takes names of files there for text of a shell, or does not, as its version has it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import OperationError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import change
from pyinfra.facts._shell import path_word, script
from pyinfra.facts.files import File
from pyinfra.operations._files.entries import NEW_DIRECTORY, promise_entry
from pyinfra.operations._files.paths import checked_path, host_path
from pyinfra.operations._public import public_in

from .servers import Server

Commands = Generator[StringCommand, None, None]

# $1: the path there, $2: the name of the file, $3: whether it is a program.
_HOME = 'f=$1; case $f in "~/"*) f=$HOME/${f#??} ;; esac; '
_WRITE = _HOME + '[ ! -d "$f" ] || f=${f%/}/$2; cat >"$f" && if [ -n "$3" ]; then chmod +x "$f"; fi'
_READ = _HOME + 'exec cat <"$f"'


@operation(is_idempotent=False)
@public_in("ssh")
def upload(
    hostname: str,
    filename: str,
    remote_filename: str | None = None,
    port: int = 22,
    user: str | None = None,
    use_remote_sudo: bool = False,
    ssh_keyscan: bool = False,
) -> Commands:
    """Copy a file of the host to another machine. Happens every time.

    Args:
        hostname: name or address of the machine, as the host reaches it.
        filename: path on the host.
        remote_filename: path on the machine, or a directory there; the same as on the host when it is not given.
        port: where its sshd listens.
        user: as whom to log in.
        use_remote_sudo: write the file as root, with ``sudo`` there.
        ssh_keyscan: trust the keys that the machine shows when none are known.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument has an impossible value.

    Example:
        ssh.upload(hostname="web2.example.org", filename="/srv/app.tar", remote_filename="/srv/", user="app")
    """
    server = Server.checked(hostname, port, user)
    source = checked_path(filename, "filename")
    target = checked_path(remote_filename, "remote_filename") if remote_filename is not None else source
    if source.endswith("/"):
        raise OperationValueError(f"filename {source!r} is no file", argument="filename")
    if ssh_keyscan and not server.is_known():
        yield from server.trust()
    shell = ["sudo sh -c" if use_remote_sudo else "sh -c", QuoteString(_WRITE), "sh", QuoteString(target),
             QuoteString(posixpath.basename(source))]  # fmt: skip
    there = path_word(source)
    program, plain = (server.ssh(StringCommand(*shell, end)) for end in ("x", "''"))
    yield script("if [ -x ", there, " ]; then ", program, " <", there, "; else ", plain, " <", there, "; fi")
    change(f"file {target} on {server.hostname}", "content", None, f"file {source}")


@operation()
@public_in("ssh")
def download(
    hostname: str,
    filename: str,
    local_filename: str | None = None,
    force: bool = False,
    port: int = 22,
    user: str | None = None,
    ssh_keyscan: bool = False,
) -> Commands:
    """Ensure that the host has a file of another machine. One that it has is left as it is.

    Args:
        hostname: name or address of the machine, as the host reaches it.
        filename: path on the machine.
        local_filename: path on the host; the same as on the machine when it is not given.
        force: copy the file every time.
        port: where its sshd listens.
        user: as whom to log in.
        ssh_keyscan: trust the keys that the machine shows when none are known.

    Raises:
        OperationError: there is something at ``local_filename`` that is not a file.
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument has an impossible value.

    Example:
        ssh.download(hostname="build.example.org", filename="/srv/app.tar", local_filename="/srv/app.tar", user="app")
    """
    server = Server.checked(hostname, port, user)
    source = checked_path(filename, "filename")
    target = host_path(local_filename if local_filename is not None else source, "local_filename")
    if ssh_keyscan:
        server.prefetch()
    found = host.get_fact(File, path=target)
    if found is False:
        raise OperationError(f"{target} exists and is not a file", argument="local_filename")
    if found and not force:
        host.noop(f"file {target} has already been downloaded")
        return
    if ssh_keyscan and not server.is_known():
        yield from server.trust()
    read = server.ssh(StringCommand("sh -c", QuoteString(_READ), "sh", QuoteString(source)))
    part, there = path_word(f"{target}.part"), path_word(target)
    # what is there keeps its owner and permissions
    put = ("cat ", part, " >", there, " && rm ", part) if found else ("mv -f ", part, " ", there)
    yield script(read, " >", part, " && ", *put, " || { rm -f ", part, "; exit 1; }")
    change(f"file {target}", "content", None, f"file {source} on {server.hostname}")
    promise_entry(target, File, NEW_DIRECTORY)
