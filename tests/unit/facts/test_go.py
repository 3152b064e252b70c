"""Facts about programs that go installed, from what go 1.19 prints."""

from __future__ import annotations

from pyinfra.facts._go.programs import InstalledPrograms, NewestModules
from pyinfra.facts.go import GoPackages

LINES = [
    "/root/go/bin/big: go1.19.8",
    "\tpath\texample.com/big/v2",
    "\tmod\texample.com/big/v2\tv2.0.1\th1:N4HT9TiDSrPVDExx2TDz4JeqQ/rOjMZoEz20CsBtMws=",
    "\tdep\texample.com/library\tv1.0.0\th1:x=",
    "\tbuild\t-compiler=gc",
    "/root/go/bin/hammer: go1.19.8",
    "\tpath\texample.com/tools/cmd/hammer",
    "\tmod\texample.com/tools\tv0.1.0\th1:D3TIVXrTzjNmxPeRbQmeAPWcCE1bliD9IOhrwbEozEM=",
    "/root/my go/bin/saw: devel go1.22-abcdef Mon Jan 1 00:00:00 2024 +0000",
    "\tpath\texample.com/tools/cmd/saw",
    "\tmod\texample.com/tools\tv0.2.0\th1:x=",
    "/root/go/bin/mine: go1.21.0",
    "\tpath\texample.com/mine",
    "\tmod\texample.com/mine\t(devel)\t",
    "/root/go/bin/ancient: go1.10",
    "\tpath\tcommand-line-arguments",
    "\tmod",
    "nonsense",
]


def test_recorded_programs() -> None:
    assert GoPackages().process(LINES) == {"example.com/big/v2": {"v2.0.1"}, "example.com/tools": {"v0.1.0", "v0.2.0"}}
    found = InstalledPrograms().process(LINES)
    assert found == {
        "example.com/big/v2": {"v2.0.1"}, "example.com/tools/cmd/hammer": {"v0.1.0"},
        "example.com/tools/cmd/saw": {"v0.2.0"},
    }  # fmt: skip
    assert InstalledPrograms().batch_process([{}, {}], LINES) == [found, found]
    assert GoPackages().batch_command([{}]) == InstalledPrograms().command()


def test_recorded_newest() -> None:
    assert NewestModules().process(["example.com/toy v1.2.0", "", "one"]) == {"example.com/toy": "v1.2.0"}
    assert " -- 'a;b@latest' c@latest " in str(NewestModules().command(["a;b", "c"]))
