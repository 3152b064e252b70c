from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.api.facts import get_facts
from pyinfra.facts.server import Os
from pyinfra.operations import server

inventory = Inventory((["@local"], {}))
config = Config(SUDO=True)
state = State(inventory=inventory, config=config)
connect_all(state)

result1 = add_op(state, server.user, user="pyinfra", home="/home/pyinfra", shell="/bin/bash")
result2 = add_op(state, server.shell, name="Run some shell commands",
                 commands=["whoami", "echo $PATH", "bash --version"])
run_ops(state)

host = inventory.get_host("@local")
print(result1[host].did_change, result1[host].stdout, result1[host].stderr)
print(result2[host].did_change, result2[host].stdout, result2[host].stderr)
print(get_facts(state, Os))
