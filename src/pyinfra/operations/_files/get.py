"""``files.get``: a file of the host, on this machine."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

from pyinfra import host, state
from pyinfra._engine.controller.files import file_sum
from pyinfra.api import FileDownloadCommand, FunctionCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.facts.files import File, Md5File, Sha1File, Sha256File
from pyinfra.operations._public import public_in

from .paths import checked_path, host_path


@operation(is_idempotent=False)
@public_in("files")
def get(
    src: str,
    dest: str,
    add_deploy_dir: bool = True,
    create_local_dir: bool = False,
    force: bool = False,
) -> Generator[FileDownloadCommand | FunctionCommand, None, None]:
    """Ensure that a file of the host is on this machine.

    A file that is there is replaced in one step, once all of the new one has arrived.

    Args:
        src: path on the host.
        dest: path of the file on this machine.
        add_deploy_dir: take ``dest`` to be relative to the directory of the deploy.
        create_local_dir: make the directory that it is in when that is missing.
        force: fetch it even if it is the same.

    Example:
        files.get(src="/etc/os-release", dest="fetched/os-release", create_local_dir=True)
    """
    src = host_path(src, "src")
    dest = checked_path(dest, "dest")
    if add_deploy_dir and state.cwd:
        dest = os.path.join(state.cwd, dest)  # noqa: PTH118 - kept as it was given
    prefetch(Sha1File, path=src)
    found = host.get_fact(File, path=src)
    local = Path(dest)
    if not force and found and local.is_file() and _same(src, dest):
        host.noop(f"file {dest} on this machine is the same already")
        return
    if create_local_dir and not local.parent.is_dir():
        yield FunctionCommand(os.makedirs, (str(local.parent),), {"exist_ok": True})
    yield FileDownloadCommand(src, dest)
    affects()  # nothing changes on the host
    change(f"local file {dest}", "content", "another content" if local.is_file() else None, f"the one of {src}")


def _same(src: str, dest: str) -> bool:
    """Compare by whatever digest the host can compute."""
    for fact, algorithm in ((Sha1File, "sha1"), (Md5File, "md5"), (Sha256File, "sha256")):
        remote = host.get_fact(fact, path=src)
        if remote is not None:
            return bool(remote == file_sum(dest, algorithm))
    return False
