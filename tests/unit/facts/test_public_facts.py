"""The public face: names, homes, parameters and defaults."""

from __future__ import annotations

import inspect
import typing

import pytest

from pyinfra._engine.facts.base import FactBase
from pyinfra.facts import files, server
from pyinfra.facts.files import Block, File, FileDict, FindFiles, FindInFile, Sha1File
from pyinfra.facts.server import EtcHosts, LinuxDistributionDict, Port, ProcessDict, Which
from pyinfra.facts.util import make_cat_files_command, make_cat_files_command_with_markers
from pyinfra.facts.util.databases import parse_columns_and_rows
from pyinfra.facts.util.packages import PackageInfo, PackageStatus, build_package_map
from pyinfra.facts.util.packaging import REPO_FILENAME_MARKER, parse_packages, parse_yum_repositories
from pyinfra.facts.util.win_files import parse_win_ls_output

from .remote import Remote


@pytest.mark.parametrize("module", [server, files], ids=lambda module: module.__name__)
def test_classes_say_that_they_live_in_the_public_module(module: typing.Any) -> None:
    for name in module.__all__:
        exported = getattr(module, name)
        if isinstance(exported, type):
            assert exported.__module__ == module.__name__
            if issubclass(exported, FactBase):
                assert exported.name == f"{module.__name__.rpartition('.')[2]}.{name}"
                assert exported.__doc__


def test_types_of_values_can_be_looked_up() -> None:
    for shape in (FileDict, LinuxDistributionDict, ProcessDict):
        assert typing.get_type_hints(shape)


def test_parameters() -> None:
    assert list(inspect.signature(FindInFile.command).parameters)[1:] == [
        "path",
        "pattern",
        "interpolate_variables",
        "extended_regex",
    ]
    assert list(inspect.signature(FindFiles.command).parameters)[-1] == "quote_path"
    assert inspect.signature(EtcHosts.command).parameters["path"].default == "/etc/hosts"
    assert inspect.signature(Port.command).parameters["protocol"].default == "tcp"
    assert Block.default() == []
    assert File.default() is None
    assert not Sha1File.abstract
    assert Which().describe(command="git") == "program git"


def test_cat_files(remote: Remote, tmp_path: typing.Any) -> None:
    (tmp_path / "a.list").write_text("no end")
    (tmp_path / "b.list").write_text("b\n")
    command = make_cat_files_command(str(tmp_path / "*.list"), [str(tmp_path / "missing")])
    assert remote.lines(command) == ["no end", "b", ""]
    command = make_cat_files_command_with_markers("#it's:", str(tmp_path / "*.list"), str(tmp_path / "*.none"))
    assert remote.lines(command) == [f"#it's:{tmp_path}/a.list", "no end", f"#it's:{tmp_path}/b.list", "b", ""]


def test_columns_and_rows() -> None:
    assert parse_columns_and_rows(["a\tb", "1\t2"], "\t") == [{"a": "1", "b": "2"}]
    assert parse_columns_and_rows([], ",") == []
    assert parse_columns_and_rows(["X A", "1"], ",", "X ", str.lower) == [{"a": "1"}]


def test_packages() -> None:
    assert parse_packages(r"^(\S+) (\S+)$", ["a 1", "a 2", "nothing"]) == {"a": {"1", "2"}}
    found = build_package_map({"a": {"1"}, "b": {"2", "1"}, "c": {"3"}}, {"a": "2", "c": "4"}, {"c"})
    assert found["a"] == PackageInfo("a", ("1",), "2", PackageStatus.UPGRADEABLE)
    assert found["b"].installed_version == "1"
    assert found["c"].status is PackageStatus.HELD
    assert PackageInfo("x").installed_version is None


def test_repositories() -> None:
    lines = [
        f"{REPO_FILENAME_MARKER}/etc/yum.repos.d/b.repo",
        "[base]",
        "name=Base",
        "baseurl = http://m",
        "",
        "enabled=1",
        "# x",
    ]
    assert parse_yum_repositories(lines) == [
        {"repoid": "base", "name": "Base", "filename": "/etc/yum.repos.d/b.repo", "baseurl": "http://m", "enabled": "1"}
    ]


def test_listings_of_windows() -> None:
    rows = ["Mode   LastWriteTime  Length Name", "----  ---- ---- ----", "-a----  1/2/2024  10:00 AM   12 my file.txt"]
    value = {"mode": "-a----", "mtime": "1/2/2024  10:00 AM", "size": 12, "name": "my file.txt"}
    assert parse_win_ls_output(rows, "file") == value
    assert parse_win_ls_output(rows, "directory") is False
    assert parse_win_ls_output("", "file") is None
    directory = parse_win_ls_output("d-----  1/2/2024  10:00 AM    temp", "directory")
    assert directory
    assert directory["size"] is None
