"""J3: ten facts."""

from pyinfra import host
from pyinfra.facts.deb import DebPackages
from pyinfra.facts.files import File, Sha1File
from pyinfra.facts.server import Groups, Hostname, Kernel, LinuxDistribution, Mounts, Sysctl, Users

for fact, arguments in (
    (Users, {}), (Groups, {}), (Hostname, {}), (Kernel, {}), (LinuxDistribution, {}), (Mounts, {}), (Sysctl, {}),
    (DebPackages, {}), (File, {"path": "/etc/passwd"}), (Sha1File, {"path": "/etc/passwd"}),
):  # fmt: skip
    host.get_fact(fact, **arguments)
