"""Names that other packages import: private keys, and the error of a connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pyinfra._core.secrets import HiddenValue, reveal
from pyinfra._engine import bridge
from pyinfra._transport.ssh.login.key_paths import UnusableKeyError, find_key
from pyinfra._transport.ssh.login.prompts import TerminalPrompts
from pyinfra._transport.ssh.options import NoPrompts
from pyinfra.api.exceptions import ConnectError, PyinfraError

if TYPE_CHECKING:
    import asyncssh

    from pyinfra._transport.ssh.login.keys import KeyFile, KeyStore
    from pyinfra.api.host import Host
    from pyinfra.api.state import State

__all__ = ["ConnectError", "PyinfraError", "get_private_key", "load_key_with_certificate", "raise_connect_error"]


def raise_connect_error(host: Host, message: str, data: Any) -> NoReturn:
    """Raise the error of a connection that could not be opened.

    Args:
        host: which one.
        message: what went wrong.
        data: details, shown in parentheses.

    Raises:
        ConnectError: always.
    """
    raise ConnectError(f"{message} ({data})", host=host.name)


def get_private_key(state: State, key_filename: str, key_password: str | None) -> asyncssh.SSHKey:
    """Return a private key, read once per run.

    Args:
        state: the run.
        key_filename: path; ``~`` and paths relative to the working directory or the deploy's are fine.
        key_password: its passphrase.

    Raises:
        ConnectError: when it cannot be used.
    """
    if key_filename not in state.private_keys:
        state.private_keys[key_filename] = load_key_with_certificate(key_filename, key_password, cwd=state.cwd)
    key: asyncssh.SSHKey = state.private_keys[key_filename]
    return key


def load_key_with_certificate(
    key_filename: str,
    key_password: str | None = None,
    certificate_filename: str | None = None,
    cwd: str | None = None,
    allow_prompt: bool = True,
) -> asyncssh.SSHKey:
    """Return a private key.

    Args:
        key_filename: its path.
        key_password: its passphrase.
        certificate_filename: must belong to the key when given.
        cwd: where to look for it besides the working directory.
        allow_prompt: ask for the passphrase on the terminal when it is needed.

    Raises:
        ConnectError: when it cannot be used.
    """
    from pyinfra._transport.ssh.login.keys import KeyStore  # it takes the SSH library

    store = KeyStore(TerminalPrompts() if allow_prompt else NoPrompts())
    path = find_key(key_filename, (Path(cwd),) if cwd else ())
    file = store.file(path, (certificate_filename,) if certificate_filename else ())
    if certificate_filename and not file.certificates:
        raise UnusableKeyError(f"SSH error ({certificate_filename} is not a certificate for {path})")
    key = bridge.wait_call(_unlock, store, file, key_password, allow_prompt)
    if key is None:
        raise UnusableKeyError(f"SSH error (the private key {path} is encrypted)", hint="give its passphrase")
    return key


async def _unlock(store: KeyStore, file: KeyFile, password: str | None, ask: bool) -> asyncssh.SSHKey | None:
    return await store.unlock(file, HiddenValue(reveal(password)) if password else None, ask=ask)
