"""Facts about flatpaks, from what flatpak 1.14 prints, and 1.2 according to its documentation."""

from __future__ import annotations

from pyinfra.facts._flatpak.installed import InstalledFlatpaks
from pyinfra.facts.flatpak import FlatpakBaseFact, FlatpakPackage, FlatpakPackages

INFO = """
Calculator - Perform arithmetic, scientific or financial calculations

          ID: org.gnome.Calculator
         Ref: app/org.gnome.Calculator/x86_64/stable
        Arch: x86_64
      Branch: stable
     Version: 44.0
     License: GPL-3.0-or-later
      Origin: flathub
  Collection:
Installation: system
   Installed: 5.1 MB
     Runtime: org.gnome.Platform/x86_64/44
      Commit: 2c2485ff6833e47ae9efbae2f89d7d8064511f5eb3d2b69db822d0384fb34f65
     Subject: Version: 1
""".splitlines()


def test_recorded_packages() -> None:
    lines = ["Application ID", "org.example.Platform", "org.example.Toy", "org.example.Toy"]
    assert FlatpakPackages().process(lines) == ["org.example.Platform", "org.example.Toy"]
    assert FlatpakPackages().process([]) == []
    assert issubclass(FlatpakPackages, FlatpakBaseFact)


def test_recorded_package() -> None:
    assert FlatpakPackage().process(INFO) == {
        "id": "org.gnome.Calculator", "ref": "app/org.gnome.Calculator/x86_64/stable", "version": "44.0",
    }  # fmt: skip
    assert FlatpakPackage().process(["error: x/*unspecified*/*unspecified* not installed"]) == {}
    assert " -- 'a;b' " in str(FlatpakPackage().command("a;b"))


def test_all_names_of_what_is_installed() -> None:
    ref = "app/org.example.Toy/x86_64/beta"
    runtime = "runtime/org.example.Platform/x86_64/1"
    found = InstalledFlatpaks().process([ref, runtime, "app/", "app/Ref"])
    assert found["org.example.Toy"] == found["org.example.Toy//beta"] == found["org.example.Toy/x86_64"] == {ref}
    assert found["app/org.example.Toy/x86_64/beta"] == {ref}
    assert found["runtime/org.example.Platform//1"] == {runtime}
    assert "org.example.Toy//stable" not in found
    assert "app/org.example.Platform" not in found
