"""Logging in without waiting for answers that are known: three round trips fewer than asking step by step.

A server that has proved its host key in the key exchange may be sent the login before it has granted the service (RFC
4253, 10), a login need not begin by asking which methods there are (RFC 4252, 5.2), and a key may be used without
asking first whether it would do (RFC 4252, 7).
"""

from __future__ import annotations

import asyncio
from typing import Any

from asyncssh.packet import Boolean
from asyncssh.public_key import SSHLocalKeyPair

from ..wire import acknowledge

_QUESTION, _SIGNED = Boolean(False), Boolean(True)


class LoginAhead:
    """Sends the first key right behind the request for the service, and keys of ours with their signature at once.

    Args:
        connection: asyncssh's, which has just been made.
    """

    def __init__(self, connection: Any) -> None:  # Any: asyncssh has no public way to say any of this
        self._connection = connection
        self._receive = connection.data_received
        self._request_service = connection.send_service_request
        self._request_login = connection.send_userauth_request
        self._try_next = connection.try_next_auth
        # Without any key that is ready, the server is asked for its methods after all.
        self._guess = [b"publickey", b"none"]
        self._requested = self._begun = False
        connection.data_received = self._data_received
        connection.send_service_request = self._send_service_request
        connection.send_userauth_request = self._send_userauth_request
        connection.try_next_auth = self._try_next_auth

    @property
    def guessing(self) -> bool:
        """Whether the server has not yet said which methods it allows."""
        return self._connection._auth_methods is self._guess

    def _send_service_request(self, service: bytes) -> None:
        self._request_service(service)
        self._connection._auth_methods = self._guess
        self._requested = True
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._begin)  # when all that arrived together is read

    def _data_received(self, data: bytes, datatype: Any = None) -> None:
        self._receive(data, datatype)
        if self._requested and not self._begun:
            self._begin()

    def _begin(self) -> None:
        """Log in, once the server has told which signatures it takes; some never do, and grant the service first."""
        known = self._connection._server_sig_algs
        if known and not self._begun and not self._connection.is_closed():
            self._begun = True
            self._try_next()

    def _try_next_auth(self, *, next_method: bool = False) -> None:
        """Go on, unless it is only the service that is granted and the login is on its way already."""
        granted = self.guessing and not next_method
        if granted and self._begun:
            acknowledge(self._connection)  # what the server says of the login waits for that
            return
        self._begun = True
        self._try_next(next_method=next_method)

    async def _send_userauth_request(self, method: bytes, *args: bytes, key: Any = None, trivial: bool = True) -> None:
        pair = getattr(self._connection._auth, "_keypair", None)
        # An agent may have its user touch or confirm something for a signature: it signs what will do.
        if method == b"publickey" and args[0] == _QUESTION and isinstance(pair, SSHLocalKeyPair):
            try:
                await self._request_login(method, _SIGNED, *args[1:], key=pair, trivial=False)
            except ValueError:  # of a key that cannot sign, before anything is sent
                pass
            else:
                return
        await self._request_login(method, *args, key=key, trivial=trivial)
