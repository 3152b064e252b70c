"""The program of api_localhost.py for hosts over SSH.

    python examples/api_ssh.py web1 web2 web3

How to reach them is in ~/.ssh/config, or in the file that SSH_CONFIG names. It changes the hosts.
"""

import os
import sys

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.facts import get_facts
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.server import Os
from pyinfra.operations import server

names = sys.argv[1:] or ["web1", "web2", "web3"]
data = {"ssh_config_file": os.environ["SSH_CONFIG"]} if "SSH_CONFIG" in os.environ else {}

inventory = Inventory((names, data))
config = Config(SUDO=True)
state = State(inventory=inventory, config=config)
connect_all(state)

result1 = add_op(state, server.user, user="pyinfra", home="/home/pyinfra", shell="/bin/bash")
result2 = add_op(
    state, server.shell, name="Run some shell commands", commands=["whoami", "echo $PATH", "bash --version"]
)
run_ops(state)

for host in inventory:
    print(host.name, result1[host].did_change, result1[host].stdout, result1[host].stderr)
    print(host.name, result2[host].did_change, result2[host].stdout, result2[host].stderr)
print(get_facts(state, Os))
disconnect_all(state)
