"""Real sshd hosts for system tests: see README.md."""

from tests.lab.busybox import ensure_busybox
from tests.lab.debian import ensure_base
from tests.lab.host import Host, Snapshot
from tests.lab.lab import Kind, Lab
from tests.lab.needs import why_not
from tests.lab.places import LabError
from tests.lab.processes import Process
from tests.lab.recipe import PASSWORD

__all__ = [
    "PASSWORD",
    "Host",
    "Kind",
    "Lab",
    "LabError",
    "Process",
    "Snapshot",
    "ensure_base",
    "ensure_busybox",
    "why_not",
]
