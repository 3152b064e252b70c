"""What dpkg and apt print, recorded on Debian 12."""

from __future__ import annotations

import pytest

from pyinfra.api.exceptions import FactProcessError
from pyinfra.facts._apt.installed import PROVIDED, InstalledDebs, with_provided
from pyinfra.facts._apt.updates import Upgradeable
from pyinfra.facts.apt import SimulateOperationWillChange
from pyinfra.facts.deb import DebArch, DebPackages

DPKG = [
    "ii \tbash\tamd64\t5.2.15-2+b8\t",
    "hi \tlibc6\tamd64\t2.36-9\tlibc6-2.36",
    "ii \tlibc6\ti386\t2.36-9\tlibc6-2.36",
    "rc \told\tall\t1.0\t",
    "ii \tmawk\tamd64\t1.3.4.20200120-3.1\tawk, other (= 2.0)",
    "no sense",
]


def test_installed():
    found = InstalledDebs().process(DPKG)
    assert found["bash"] == found["bash:amd64"] == {"5.2.15-2+b8"}
    assert found["libc6:i386"] == {"2.36-9"}
    assert "old" not in found
    assert "awk" not in found
    assert found[PROVIDED + "other"] == {"2.0"}
    assert with_provided(found)["awk"] == frozenset()
    assert InstalledDebs().process([]) == {}


def test_packages():
    lines = ["ii \tbash\t5.2.15-2+b8", "rc \told\t1.0", "hi \tlibc6\t2.36-9", "x"]
    assert DebPackages().process(lines) == {"bash": {"5.2.15-2+b8"}, "libc6": {"2.36-9"}}
    assert DebArch().process(["amd64"]) == "amd64"


def test_simulation():
    process = SimulateOperationWillChange().process
    assert process(["Reading...", "134 upgraded, 3 newly installed, 2 to remove and 1 not upgraded."]) == {
        "upgraded": 134, "newly_installed": 3, "removed": 2, "not_upgraded": 1,
    }  # fmt: skip
    for output in ([], ["E: broken"], ["1 upgraded, and more"]):
        with pytest.raises(FactProcessError):
            process(output)


def test_upgradeable():
    output = [
        "bash:", "  Installed: 5.2.15-2+b7", "  Candidate: 5.2.15-2+b8", "  Version table:",
        " *** 5.2.15-2+b7 100", "        100 /var/lib/dpkg/status",
        "mawk:", "  Installed: 1.3", "  Candidate: 1.3", "gone:", "  Installed: 1", "  Candidate: (none)",
    ]  # fmt: skip
    assert Upgradeable().process(output) == ["bash"]
    assert "'$(reboot)'" in Upgradeable().command(["$(reboot)"]).get_raw_value()
