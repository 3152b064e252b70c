"""Facts about Chocolatey, recorded from the documentation of versions 0.10, 1 and 2."""

from __future__ import annotations

from pyinfra.facts._choco.packages import InstalledChoco, OutdatedChoco
from pyinfra.facts.choco import ChocoPackages, ChocoVersion


def test_recorded_lists() -> None:
    limited = ["chocolatey|2.2.2\r", "GoogleChrome|120.0.6099.130", "vcredist140|14.38.33130.0", "x|1.0-beta1"]
    expected = {"chocolatey": {"2.2.2"}, "GoogleChrome": {"120.0.6099.130"}, "vcredist140": {"14.38.33130.0"},
                "x": {"1.0-beta1"}}  # fmt: skip
    assert ChocoPackages().process(limited) == expected
    for_people = [
        "Chocolatey v2.2.2",
        "chocolatey 2.2.2",
        "GoogleChrome 120.0.6099.130",
        "3 packages installed.",
        "Did you know the proceeds of Pro go into bettering the community infrastructure?",
    ]
    assert ChocoPackages().process(for_people) == {"chocolatey": {"2.2.2"}, "GoogleChrome": {"120.0.6099.130"}}
    assert InstalledChoco().process(limited)["googlechrome"] == {"120.0.6099.130"}


def test_recorded_versions() -> None:
    assert ChocoVersion().process(["2.2.2\r"]) == "2.2.2"
    assert ChocoVersion().process(["Chocolatey is not up to date.", "0.10.15"]) == "0.10.15"
    assert ChocoVersion().process(["what"]) is None


def test_recorded_outdated() -> None:
    lines = ["=", "Git|2.43.0|2.44.0|false\r", "nodejs|20.0.0|20.1.0|true", "", "one|two"]
    assert OutdatedChoco().process(lines) == {"git": "2.44.0"}
    assert OutdatedChoco().process(["=", ""]) == {}
    assert OutdatedChoco().process([]) is None
