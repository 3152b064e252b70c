"""Trees, blocks, copies and archives on real systems: Debian as root and through sudo, and BusyBox."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyinfra.operations import files
from tests.unit.operations.machine import Machine

if TYPE_CHECKING:
    from tests.lab import Host

TOP = "/srv/trees of\tfiles"


@pytest.fixture(params=["root", "sudo", "busybox"])
def place(request: pytest.FixtureRequest) -> tuple[Host, Machine]:
    """A host with an empty place to work in, and how operations reach it as root."""
    if request.param == "busybox":
        box: Host = request.getfixturevalue("busybox_host")
        machine = Machine(box.name, box.ssh_data())
    else:
        box = request.getfixturevalue("plain_hosts")[2]
        user = "root" if request.param == "root" else "deploy"
        machine = Machine(box.name, box.ssh_data(user), **({} if user == "root" else {"_sudo": True}))
    box.sh(f"rm -rf '{TOP}'; mkdir '{TOP}'")
    return box, machine


def listed(host: Host, folder: str = "") -> list[str]:
    """Everything below a directory, by find and stat."""
    lines = host.sh(f"cd '{TOP}/{folder}' && find . -mindepth 1 -exec stat -c '%A %U %G %n' {{}} +").splitlines()
    return sorted(line.replace("./", "", 1) for line in lines)


def digests(host: Host, folder: str) -> dict[str, str]:
    lines = host.sh(f"cd '{TOP}/{folder}' && find . -type f -exec sha256sum {{}} +").splitlines()
    return {name.removeprefix("./"): digest for digest, name in (line.split("  ", 1) for line in lines)}


def test_a_tree(place: tuple[Host, Machine], tmp_path: Path) -> None:
    host, machine = place
    src = tmp_path / "src"
    contents = {"a": b"1\n", "sub/b c": b"2\n" * 9000, "sub/deep/é": bytes(range(256)), "-x": b"", "skip.pyc": b"x"}
    for name, content in contents.items():
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_bytes(content)
    (src / "link").symlink_to("sub/b c")
    kept = {name: content for name, content in contents.items() if not name.endswith(".pyc")}
    call = {
        "src": str(src), "dest": f"{TOP}/tree", "user": "alice", "group": "deploy", "mode": "640", "dir_mode": "750",
        "exclude": "*.pyc",
    }  # fmt: skip
    machine.apply(files.sync, **call)
    assert listed(host, "tree") == sorted([
        "-rw-r----- alice deploy -x", "-rw-r----- alice deploy a", "drwxr-x--- alice deploy sub",
        "-rw-r----- alice deploy sub/b c", "drwxr-x--- alice deploy sub/deep", "-rw-r----- alice deploy sub/deep/é",
        "lrwxrwxrwx alice deploy link",
    ])  # fmt: skip
    assert digests(host, "tree") == {name: hashlib.sha256(content).hexdigest() for name, content in kept.items()}

    host.sh(f"cd '{TOP}/tree' && mkdir -p old/empty && echo x >old/file && echo y >extra && echo changed >a")
    machine.apply(files.sync, **call)
    assert host.sh(f"cd '{TOP}/tree' && cat a extra") == "1\ny\n"
    machine.apply(files.sync, **call, delete=True)
    assert (
        host.sh(f"cd '{TOP}/tree' && find . | sort")
        == ".\n./-x\n./a\n./link\n./sub\n./sub/b c\n./sub/deep\n./sub/deep/é\n"
    )


def test_blocks(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh(f"cd '{TOP}' && printf 'one\\ntwo\\n' >f && chown alice:deploy f && chmod 4640 f")
    path = f"{TOP}/f"
    machine.apply(files.block, path=path, content="$(id) `id` & 'q'\n-n", line="^one", after=True)
    begin, end = "# BEGIN PYINFRA BLOCK", "# END PYINFRA BLOCK"
    assert host.sh(f"cat '{path}'") == f"one\n{begin}\n$(id) `id` & 'q'\n-n\n{end}\ntwo\n"
    machine.apply(files.block, path=path, content=["other"])
    assert host.sh(f"cat '{path}'") == f"one\n{begin}\nother\n{end}\ntwo\n"
    assert host.sh(f"stat -c '%U %G %a' '{path}'") == "alice deploy 4640\n"
    machine.apply(files.block, path=path, present=False)
    assert host.sh(f"cat '{path}'") == "one\ntwo\n"
    machine.apply(files.block, path=f"{TOP}/new", content="x", marker="## {mark} ##")
    assert host.sh(f"stat -c %a '{TOP}/new'") == "644\n", "a new file is an ordinary one"


def test_replacing(place: tuple[Host, Machine]) -> None:
    host, machine = place
    path = f"{TOP}/f"
    host.sh(f"printf 'PORT=1 PORT=2\\n# PORT=3\\n' >'{path}'; chown alice '{path}'; chmod 600 '{path}'")
    machine.apply(
        files.replace, path=path, text="^PORT=[0-9]+", replace="PORT=$(id)&'", extended_regex=True, backup=True
    )
    assert host.sh(f"cat '{path}'") == "PORT=$(id)&' PORT=2\n# PORT=3\n"
    assert host.sh(f"cat '{path}'.*") == "PORT=1 PORT=2\n# PORT=3\n"
    assert host.sh(f"stat -c '%U %a' '{path}'") == "alice 600\n"


def test_copies_and_moves(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh(f"cd '{TOP}' && mkdir -p from/d there && echo x >from/d/f && chmod 640 from/d/f")
    machine.apply(files.copy, src=f"{TOP}/from/d", dest=f"{TOP}/there")
    assert listed(host, "there") == ["-rw-r----- root root d/f", "drwxr-xr-x root root d"]
    host.sh(f"echo y >'{TOP}/from/d/f'")
    machine.apply(files.copy, src=f"{TOP}/from/d", dest=f"{TOP}/there", overwrite=True)
    assert host.sh(f"cat '{TOP}/there/d/f'") == "y\n"
    host.sh(f"mkdir '{TOP}/moved'")
    machine.apply(files.move, src=f"{TOP}/from/d", dest=f"{TOP}/moved")
    assert listed(host, "from") == []
    assert listed(host, "moved") == ["-rw-r----- root root d/f", "drwxr-xr-x root root d"]


def archive(path: Path, names: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    """A tar or zip file."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in names.items():
                packed.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o640
            tar.addfile(member, io.BytesIO(content))
    return path


def test_archives(place: tuple[Host, Machine], tmp_path: Path) -> None:
    host, machine = place
    before = host.snapshot()
    host.sh(f"mkdir '{TOP}/out'")
    packed = archive(tmp_path / "app.tar.gz", {"app/a": b"1", "app/b c": b"2"})
    machine.apply(files.unarchive, src=str(packed), dest=f"{TOP}/out", user="alice", group="deploy")
    assert [line for line in listed(host, "out") if line.startswith("-")] == [
        "-rw-r----- alice deploy app/a", "-rw-r----- alice deploy app/b c",
    ]  # fmt: skip
    assert host.sh(f"cd '{TOP}/out/app' && cat a 'b c'") == "12"
    changed = archive(tmp_path / "app.tar.gz", {"app/a": b"3"})
    machine.apply(files.unarchive, src=str(changed), dest=f"{TOP}/out", user="alice", group="deploy")
    assert host.sh(f"cat '{TOP}/out/app/a'") == "3"
    assert [leak for leak in host.leaks(before) if "/tmp" in leak] == []


@pytest.mark.parametrize(
    ("names", "links"),
    [({"../escaped": b"x"}, {}), ({"/escaped": b"x"}, {}), ({"l/escaped": b"x"}, {"l": ".."})],
    ids=["up", "absolute", "through a link"],
)
@pytest.mark.parametrize("there", [False, True], ids=["from here", "there already"])
def test_archives_do_not_lead_out(
    place: tuple[Host, Machine], tmp_path: Path, names: dict[str, bytes], links: dict[str, str], there: bool
) -> None:
    host, machine = place
    packed = archive(tmp_path / "bad.tar.gz", names, links)
    host.sh(f"mkdir '{TOP}/out'; rm -f /escaped")
    src = str(packed)
    if there:
        src = f"{TOP}/bad.tar.gz"
        (host.root / src[1:]).write_bytes(packed.read_bytes())
    with machine.run(FAIL_PERCENT=100) as state:
        from pyinfra.api import PyinfraError
        from pyinfra.api.operation import add_op
        from pyinfra.api.operations import run_ops

        try:
            call = {"src": src, "dest": f"{TOP}/out", "remote_src": there}
            add_op(state, files.unarchive, **call, **machine.arguments, _ignore_errors=True)
            run_ops(state)
        except PyinfraError:
            pass
    assert host.sh(f"ls -d /escaped '{TOP}/escaped' 2>/dev/null || true") == ""


def test_downloads(busybox_host: Host) -> None:
    """With the wget of BusyBox; curl and wget themselves are tried on this machine (tests/unit)."""
    host, machine = busybox_host, Machine(busybox_host.name, busybox_host.ssh_data())
    host.sh(f"rm -rf '{TOP}' /srv/www; mkdir '{TOP}' /srv/www; printf content >\"/srv/www/it's here\"")
    host.sh("httpd -p 127.0.0.1:8093 -h /srv/www")
    try:
        digest = hashlib.sha256(b"content").hexdigest()
        call = {"src": "http://127.0.0.1:8093/it%27s%20here", "dest": f"{TOP}/d", "sha256sum": digest}
        machine.apply(files.download, **call, user="alice", mode="640")
        assert host.sh(f"cat '{TOP}/d'; stat -c ' %U %a' '{TOP}/d'") == "content alice 640\n"
        host.sh(f"echo changed >'{TOP}/d'")
        machine.apply(files.download, **call)
        assert host.sh(f"cat '{TOP}/d'") == "content"
    finally:
        host.sh("killall httpd")
