"""The client's end: starting a warden, and asking it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

from tests.lab import places
from tests.lab.places import LabError


def start_warden(name: str, owner: int | None) -> subprocess.Popen[bytes]:
    """Start a lab; it ends with the process `owner`, or when asked to."""
    argv = [sys.executable, "-S", "-m", "tests.lab.warden", name, *([str(owner)] if owner else [])]
    env = {"PATH": f"{os.environ.get('PATH', '')}:{places.PATH}"}
    # A session of its own: Ctrl-C at the terminal is for the tests, which then end the lab in good order.
    process = subprocess.Popen(
        argv, env=env, cwd=places.PROJECT, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        if process.stdout.readline() != b"ready\n":
            error = process.stderr.read().decode(errors="replace").strip()
            process.wait()
            raise LabError(error or "the warden did not start")
    return process


def ask(name: str, do: str, **fields: Any) -> dict[str, Any]:
    """Send a request to the warden of a lab and wait until it is done."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        try:
            connection.connect(str(places.state(name) / "socket"))
        except (FileNotFoundError, ConnectionRefusedError):
            raise LabError(f"no lab named {name!r} is running") from None
        connection.sendall(json.dumps({"do": do, **fields}).encode() + b"\n")
        with connection.makefile("rb") as answers:
            line = answers.readline()
    if not line:
        raise LabError(f"the warden of lab {name!r} died: see {places.state(name)}/warden.log")
    reply: dict[str, Any] = json.loads(line)
    if "error" in reply:
        raise LabError(reply["error"])
    return reply
