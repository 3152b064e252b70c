"""J4: one command."""

from pyinfra.operations import server

server.shell(name="Uptime", commands=["uptime"])
