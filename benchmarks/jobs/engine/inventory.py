"""Make an inventory, and print what it took. The argument is the number of hosts."""

import json
import resource
import sys
import time

from pyinfra.api import Config, Inventory, State

hosts = [(f"host{number}", {"ssh_port": 22, "role": "web"}) for number in range(int(sys.argv[1]))]
begin = time.perf_counter()
state = State(inventory=Inventory((hosts, {})), config=Config())
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
