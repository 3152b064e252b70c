"""``server.wait``: until something listens on a port."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra.api import OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects
from pyinfra.operations._public import public_in

_MOST_SECONDS = 3600
_LAST_PORT = 65535
# On Linux only builtins look; state 0A is "listening". Elsewhere whatever program the host has.
_WAIT = """listed() {{
[ -r "$1" ] || return 1
while read -r n local remote state rest; do case "$local $state" in *:{hex}" 0A") return 0 ;; esac; done <"$1"
return 1
}}
if [ -r /proc/net/tcp ]; then
listens() {{ listed /proc/net/tcp || listed /proc/net/tcp6; }}
elif command -v sockstat >/dev/null 2>&1; then
listens() {{ sockstat -l -P tcp -p {port} | grep -q ':{port} '; }}
elif command -v netstat >/dev/null 2>&1; then
listens() {{ netstat -an | grep -Eq '[.:]{port}[[:space:]].*LISTEN'; }}
elif command -v nc >/dev/null 2>&1; then
listens() {{ nc -z 127.0.0.1 {port} || nc -z ::1 {port}; }} >/dev/null 2>&1
else echo 'there is no way to see who listens on a port: no /proc/net/tcp, sockstat, netstat or nc' >&2; exit 1
fi
left={most}
until listens; do
[ $left -gt 0 ] || {{ echo 'nothing listens on port {port} after {most} seconds' >&2; exit 1; }}
left=$((left-1)); sleep 1
done"""


@operation(is_idempotent=False)
@public_in("server")
def wait(port: int) -> Generator[StringCommand, None, None]:
    """Wait until something on the host listens on a TCP port.

    Fails after the seconds of ``_timeout``, or after an hour.

    Args:
        port: its number.

    Example:
        server.wait(port=5432, _timeout=60)
    """
    number = _checked_port(port)
    yield StringCommand(_WAIT.format(port=number, hex=f"{number:04X}", most=_MOST_SECONDS))
    affects()  # looking changes nothing


def _checked_port(port: Any) -> int:
    if isinstance(port, str) and port.isascii() and port.isdigit():
        port = int(port)
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port <= _LAST_PORT:
        raise OperationValueError(f"port must be a number from 1 to {_LAST_PORT}, not {port!r}", argument="port")
    return port
