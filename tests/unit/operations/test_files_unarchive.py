"""``files.unarchive`` on this machine, with archives of every kind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.operations import files

from .machine import Machine

KINDS = ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz", "tar.zst", "zip"]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    top = tmp_path / "content"
    (top / "sub" / "empty").mkdir(parents=True)
    (top / "sub" / "it's $(id)").write_bytes(bytes(range(256)))
    (top / "run").write_text("true")
    (top / "run").chmod(0o755)
    (top / "link").symlink_to("sub/it's $(id)")
    return top


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def pack(content: Path, kind: str, name: str = "an archive: $(x)") -> Path:
    archive = content.parent / f"{name}.{kind}"
    if kind == "zip":
        subprocess.run(["zip", "-qry", f"./{archive.name}", *names_in(content)], cwd=content, check=True)
        shutil.move(content / archive.name, archive)
    elif kind == "tar.zst":
        plain = pack(content, "tar", "plain")
        subprocess.run(["zstd", "-q", plain, "-o", archive], check=True)
    else:
        mode: Any = {"tgz": "gz", "tar": ""}.get(kind, kind.rpartition(".")[2])
        with tarfile.open(archive, f"w:{mode}") as tar:
            tar.add(content, ".")
    return archive


def needs(kind: str) -> None:
    for program in {"zip": ["zip", "unzip"], "tar.zst": ["zstd"]}.get(kind, []):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def left_over() -> set[str]:
    return {name for name in names_in(Path("/tmp")) if name.startswith(("pyinfra-", ".pyinfra-"))}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: str, machine: Machine, content: Path, tmp_path: Path) -> None:
    needs(kind)
    archive, dest = pack(content, kind), tmp_path / "-dest"
    dest.mkdir()
    before = left_over()
    machine.apply(files.unarchive, src=str(archive), dest=str(dest), again=kind != "tar.zst")
    assert subprocess.run(["diff", "-r", content, dest]).returncode == 0
    assert (dest / "link").readlink() == Path("sub/it's $(id)")
    assert os.access(dest / "run", os.X_OK)
    (dest / "run").write_text("fals")
    (dest / "mine").touch()
    machine.apply(files.unarchive, src=str(archive), dest=str(dest), again=kind != "tar.zst")
    assert (dest / "run").read_text() == "true"
    assert (dest / "mine").exists()
    assert left_over() <= before


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_an_archive_of_the_host(kind: str, machine: Machine, content: Path, tmp_path: Path) -> None:
    needs(kind)
    archive, dest = pack(content, kind), tmp_path / "dest"
    dest.mkdir()
    wanted = {"src": str(archive), "dest": str(dest), "remote_src": True}
    machine.apply(files.unarchive, **wanted, again=False)
    assert machine.plan(files.unarchive, **wanted).will_change
    machine.unchanged(files.unarchive, **wanted, creates=str(dest / "sub"))
    (dest / "run").unlink()
    machine.apply(files.unarchive, **wanted, creates=str(dest / "run"))
    assert archive.exists()


def test_options(machine: Machine, content: Path, tmp_path: Path) -> None:
    archive, dest = pack(content, "tar.gz"), tmp_path / "dest"
    dest.mkdir()
    options = ["--exclude=./run", "--transform", "s|sub|$(id) it's|"]
    machine.apply(files.unarchive, src=str(archive), dest=str(dest), extra_opts=options, again=False)
    assert names_in(dest) == ["$(id) it's", "link"]


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner(machine: Machine, content: Path, tmp_path: Path) -> None:
    archive, dest = pack(content, "tar"), tmp_path / "dest"
    dest.mkdir()
    wanted = {"src": str(archive), "dest": str(dest), "user": "nobody", "group": "nogroup"}
    machine.apply(files.unarchive, **wanted)
    assert {path.owner() for path in (dest, dest / "run", dest / "sub")} == {"nobody"}
    os.chown(dest / "run", 0, 0)
    machine.apply(files.unarchive, **wanted)


def test_members_that_lead_out(machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    dest.mkdir()
    (tmp_path / "f").write_text("x")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "f", "../outside")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("sub/../../outside", "x")
    for name in ("evil.tar", "evil.zip"):
        error = machine.fails(files.unarchive, src=str(tmp_path / name), dest=str(dest))
        assert isinstance(error, OperationValueError)
        assert "leads out" in str(error)
        machine.once(
            files.unarchive, src=str(tmp_path / name), dest=str(dest), remote_src=True, _ignore_errors=True
        )  # fmt: skip
    assert not (tmp_path / "outside").exists()


def test_a_link_in_the_archive_is_no_way_out(machine: Machine, tmp_path: Path) -> None:
    dest, outside = tmp_path / "dest", tmp_path / "outside"
    dest.mkdir()
    outside.mkdir()
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        link = tarfile.TarInfo("way")
        link.type, link.linkname = tarfile.SYMTYPE, str(outside)
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo("way/f"))
    machine.once(files.unarchive, src=str(tmp_path / "evil.tar"), dest=str(dest), _ignore_errors=True)
    assert list(outside.iterdir()) == []


def test_a_broken_archive_is_no_success(machine: Machine, content: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    dest.mkdir()
    for kind in ("tar.gz", "tar.zst", "zip"):
        if kind == "tar.gz" or shutil.which(kind.rpartition(".")[2]):
            archive = pack(content, kind, "broken")
            archive.write_bytes(archive.read_bytes()[:100])
            meta = machine.once(files.unarchive, src=str(archive), dest=str(dest), _ignore_errors=True)
            assert meta.did_error(), kind


def test_what_is_no_directory(machine: Machine, content: Path, tmp_path: Path) -> None:
    archive = str(pack(content, "tar"))
    (tmp_path / "f").touch()
    assert isinstance(machine.fails(files.unarchive, src=archive, dest=str(tmp_path / "f")), OperationError)
    before = left_over()
    meta = machine.once(files.unarchive, src=archive, dest=str(tmp_path / "none"), _ignore_errors=True)
    assert "is not a directory" in meta.stderr
    assert left_over() <= before


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"src": "none.tar"}, OSError, "src"),
        ({"src": "none.rar"}, OperationValueError, "src"),
        ({"src": "/x.rar", "remote_src": True}, OperationValueError, "src"),
        ({"src": "/x.tar", "remote_src": True, "extra_opts": "-x"}, OperationTypeError, "extra_opts"),
        ({"src": "/x.tar", "remote_src": True, "dest": "/", "user": "root"}, OperationValueError, "dest"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.unarchive, **{"dest": str(tmp_path), **arguments})
    assert isinstance(raised, error)
    assert raised.details.argument == argument  # type: ignore[attr-defined]
