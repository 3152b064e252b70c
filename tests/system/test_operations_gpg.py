"""Keys on real hosts, with gpg and without it; what came of it is asked of gpg here."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfra.facts._gpg.keys import KeyringsWithoutGpg
from pyinfra.facts.apt import AptKeys
from pyinfra.facts.gpg import GpgKey, GpgKeyrings, GpgKeys, GpgSecretKeys
from pyinfra.operations import apt, gpg
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .debian_repository import fetch, serve
from .signing_keys import Server, bring_keys, gpg_here, made_keys, serving


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with made_keys(tmp_path_factory.mktemp("gnupg")) as keys:
        yield keys


@pytest.fixture(scope="module", params=["with gpg", "without gpg"])
def shared(request: pytest.FixtureRequest, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1)
    if request.param == "with gpg":
        serve([host], fetch(host, tmp_path_factory.mktemp("gnupg-debs"), "gnupg", "curl"))
        as_user(host).apply(apt.packages, packages=["gnupg", "curl"], update=True, cache_time=60, no_recommends=True)
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host, keys: dict[str, str]) -> Host:
    shared.sh("rm -rf /etc/apt/keyrings /root/.gnupg; mkdir -p /etc/apt/keyrings")
    bring_keys(shared, keys)
    return shared


@pytest.fixture
def server(host: Host, keys: dict[str, str]) -> Iterator[Server]:
    with serving(host.root / "opt/keys", keys) as server:
        yield server


def as_user(host: Host, user: str = "root") -> Machine:
    if user == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data(user), _sudo=True)


def has_gpg(host: Host) -> bool:
    return host.run(["sh", "-c", "command -v gpg"], check=False).returncode == 0


def needs_gpg(host: Host) -> None:
    if not has_gpg(host):
        pytest.skip("needs gpg on the host")


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes
            if change.attribute == "present"}  # fmt: skip


def held(host: Host, path: str) -> bytes:
    return (host.root / path.lstrip("/")).read_bytes()


@pytest.mark.parametrize(
    ("user", "src"),
    [("root", "/opt/keys/one.asc"), ("deploy", "file:///opt/keys/one.asc"), ("root", "/opt/keys/one.gpg")],
)
def test_a_key(host: Host, user: str, src: str) -> None:
    machine = as_user(host, user)
    before = host.snapshot()
    machine.apply(apt.key, src=src, dest="small.gpg")
    assert held(host, "/etc/apt/keyrings/small.gpg") == held(host, "/opt/keys/one.gpg")
    assert host.sh("stat -c %a:%U /etc/apt/keyrings/small.gpg; ls /etc/apt/keyrings").split() == [
        "644:root",
        "small.gpg",
    ]
    assert host.sh("ls -d /root/.gnupg ~deploy/.gnupg 2>/dev/null || :") == "", "gpg left nothing"
    host.sh("chmod 600 /etc/apt/keyrings/small.gpg")
    machine.apply(apt.key, src=src, dest="small.gpg")
    machine.apply(apt.key, src=src, dest="small.gpg", present=False)
    assert host.sh("ls /etc/apt/keyrings") == ""
    assert host.leaks(before) == []


def test_a_key_as_text_and_names(host: Host) -> None:
    machine = as_user(host)
    machine.apply(apt.key, src="/opt/keys/one.asc", dest="small.asc")
    assert held(host, "/etc/apt/keyrings/small.asc") == held(host, "/opt/keys/one.asc")
    machine.apply(apt.key, src="file:///opt/keys/two.asc", dest="/opt/new/folder/two.gpg")
    assert held(host, "/opt/new/folder/two.gpg") == held(host, "/opt/keys/two.gpg")
    host.sh("rm -r /etc/apt/keyrings")
    machine.apply(apt.key, src="/opt/keys/one.asc")
    assert host.sh("ls /etc/apt/keyrings; stat -c %a /etc/apt/keyrings").split() == ["one.gpg", "755"]
    machine.apply(gpg.dearmor, src="/opt/keys/two.asc", dest="/opt/new/three.gpg", mode="640", again=False)
    assert held(host, "/opt/new/three.gpg") == held(host, "/opt/keys/two.gpg")
    assert host.sh("stat -c %a /opt/new/three.gpg") == "640\n"
    host.sh("rm -r /opt/new")


@pytest.mark.parametrize("src", ["/opt/keys/page.html", "/opt/keys/none", "file:///opt/keys/none", "/opt/keys/one.gpg"])
def test_what_is_no_key_does_not_become_one(host: Host, src: str) -> None:
    dest = "bad.asc" if src.endswith(".gpg") else "bad.gpg"
    assert as_user(host).once(apt.key, src=src, dest=dest, _ignore_errors=True).did_error()
    assert host.sh("ls -A /etc/apt/keyrings") == ""


def test_keys_by_their_ids(host: Host, keys: dict[str, str]) -> None:
    machine = as_user(host)
    one, two = keys["one"], keys["two"]
    for keyid in (one, [f"0x{one[-8:].lower()}", one[-16:]]):
        machine.apply(apt.key, src="/opt/keys/one.asc", dest="small.gpg", keyid=keyid)
        machine.apply(apt.key, keyid=keyid, present=False)
        assert host.sh("ls -A /etc/apt/keyrings") == ""
    # One that has another key is replaced; one that has not what it should have is not taken.
    machine.apply(apt.key, src="/opt/keys/two.asc", dest="small.gpg")
    meta = machine.apply(apt.key, src="/opt/keys/both.asc", dest="small.gpg", keyid=one)
    assert (f"key {one}", None, True) in shown(meta)
    for dest in ("other.gpg", "other.asc"):
        meta = machine.once(apt.key, src="/opt/keys/one.asc", dest=dest, keyid=two, _ignore_errors=True)
        assert meta.did_error()
        assert f"key {two} is not in it" in meta.stderr_lines
    machine.apply(apt.key, src="/opt/keys/both.asc", dest="text.asc", keyid=[one, two])
    assert host.sh("ls -A /etc/apt/keyrings").split() == ["small.gpg", "text.asc"]


def test_one_of_several_keys(host: Host, keys: dict[str, str]) -> None:
    machine = as_user(host)
    one, two = keys["one"], keys["two"]
    machine.apply(apt.key, src="/opt/keys/both.asc", dest="small.gpg")
    if not has_gpg(host):
        assert "needs gpg" in str(machine.fails(apt.key, keyid=two, dest="small.gpg", present=False))
        machine.apply(apt.key, keyid=[one, two], dest="small.gpg", present=False)
        return
    assert shown(machine.apply(apt.key, keyid=two, dest="small.gpg", present=False)) == {
        (f"key {two} in /etc/apt/keyrings/small.gpg", True, None),
    }  # fmt: skip
    assert list(machine.fact(AptKeys, directories=["/etc/apt/keyrings"])) == [one[-16:]]
    assert host.sh("stat -c %a /etc/apt/keyrings/small.gpg; ls -A /etc/apt/keyrings").split() == ["644", "small.gpg"]
    # But not out of a text.
    machine.apply(gpg.key, src="/opt/keys/both.asc", dest="/etc/apt/keyrings/both.asc", dearmor=False)
    error = machine.fails(gpg.key, dest="/etc/apt/keyrings/both.asc", keyid=two, present=False)
    assert "a text with other keys" in str(error)
    assert host.sh("ps ax | grep -c '[g]pg-agent' || :").strip() == "0"


def test_fingerprints_are_those_of_gpg(host: Host, tmp_path: Path) -> None:
    """Keys of all kinds that Debian signs with, by gpg here and by what hosts do without it."""
    if has_gpg(host):
        pytest.skip("for hosts without gpg")
    folder = "usr/share/keyrings"
    fingerprints = {}
    for keyring in (host.root / folder).glob("*.gpg"):
        shutil.copy(keyring, tmp_path / "copy")
        shown_only = ["--with-colons", "--import-options", "show-only", "--import"]
        command = ["gpg", "--homedir", str(tmp_path), "--batch", *shown_only, str(tmp_path / "copy")]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        fingerprints[f"/{folder}/{keyring.name}"] = sorted(line.split(":")[9] for line in listed if line[:3] == "fpr")
    found = as_user(host).fact(KeyringsWithoutGpg, directories=f"/{folder}") or {}
    assert {
        name: sorted(one["fingerprint"] for key in keyring["keys"].values() for one in (key, *key["subkeys"].values()))
        for name, keyring in found.items()
    } == fingerprints
    assert len(fingerprints) > 5, "the host has Debian's"


def test_a_key_from_a_server(host: Host, server: Server, keys: dict[str, str]) -> None:
    """With curl where it is there, and with what every Debian has."""
    machine = as_user(host)
    before = host.snapshot()
    url = f"http://{server.address(host)}"
    machine.apply(apt.key, src=f"{url}/one.asc", dest="small.gpg", keyid=keys["one"])
    assert held(host, "/etc/apt/keyrings/small.gpg") == held(host, "/opt/keys/one.gpg")
    machine.apply(apt.key, src=f"{url}/one.gpg")
    (name,) = host.sh("ls /etc/apt/keyrings | grep -v small").split()
    assert held(host, f"/etc/apt/keyrings/{name}") == held(host, "/opt/keys/one.gpg")
    machine.apply(apt.key, keyid=keys["one"], present=False)
    assert host.sh("ls -A /etc/apt/keyrings") == ""
    server.asked.clear()
    machine.apply(apt.key, src=f"{url}/two.asc?a=b", dest="two.asc")
    assert server.asked == ["/two.asc?a=b"], "fetched once"
    assert held(host, "/etc/apt/keyrings/two.asc") == held(host, "/opt/keys/two.asc")
    machine.apply(gpg.dearmor, src=f"{url}/both.asc", dest="/etc/apt/keyrings/both.gpg", again=False)
    assert held(host, "/etc/apt/keyrings/both.gpg") == held(host, "/opt/keys/both.gpg")
    for name in ("none", "page.html"):
        assert machine.once(apt.key, src=f"{url}/{name}", dest="bad.gpg", _ignore_errors=True).did_error()
    wrong = {"src": f"{url}/one.asc", "dest": "bad.gpg", "keyid": keys["two"]}
    assert machine.once(apt.key, **wrong, _ignore_errors=True).did_error()
    assert host.sh("ls -A /etc/apt/keyrings").split() == ["both.gpg", "two.asc"]
    assert host.leaks(before) == []


def test_a_key_from_a_keyserver(host: Host, server: Server, keys: dict[str, str]) -> None:
    needs_gpg(host)
    machine = as_user(host)
    # What dirmngr asks for has a name, and it reads the file that names servers of names, even if there are none.
    address, port = server.address(host).split(":")
    host.sh(f"echo {address} keys.example >> /etc/hosts; touch /etc/resolv.conf")
    before = host.snapshot()
    keyserver = f"hkp://keys.example:{port}"
    machine.apply(apt.key, keyserver=keyserver, keyid=keys["one"])
    assert held(host, f"/etc/apt/keyrings/keyserver-{keys['one']}.gpg") == held(host, "/opt/keys/one.gpg")
    assert any("/pks/lookup" in path for path in server.asked)
    machine.apply(gpg.key, keyserver=keyserver, keyid=[keys["two"][-16:]], dest="/opt/keys/got.asc", dearmor=False)
    assert list(machine.fact(GpgKey, src="/opt/keys/got.asc")) == [keys["two"][-16:]]
    unknown = machine.once(apt.key, keyserver=keyserver, keyid="ABCDEF0123456789", _ignore_errors=True)
    assert unknown.did_error()
    assert host.leaks(before) == []


def test_from_a_keyserver_that_is_not_there(host: Host, keys: dict[str, str]) -> None:
    needs_gpg(host)
    before = host.snapshot()
    meta = as_user(host).once(apt.key, keyserver="hkp://127.0.0.1:1", keyid=keys["one"], _ignore_errors=True)
    assert meta.did_error()
    assert any("keyserver receive failed" in line for line in meta.stderr_lines)
    assert host.leaks(before) == []


def test_facts_of_keys(host: Host, keys: dict[str, str]) -> None:
    needs_gpg(host)
    machine = as_user(host)
    one, two = keys["one"], keys["two"]
    assert machine.fact(GpgKeys) is None
    assert machine.fact(GpgSecretKeys) is None
    assert host.sh("ls -d /root/.gnupg 2>/dev/null || :") == "", "asking leaves nothing behind"
    (key,) = machine.fact(GpgKey, src="/opt/keys/one.asc").values()
    assert (key["fingerprint"], key["uid"], key["validity"]) == (one, "one: é <one@x>", "-")
    assert list(machine.fact(GpgKey, src="file:///opt/keys/two.gpg")) == [two[-16:]]
    with serving(host.root / "opt/keys", keys) as server:
        assert list(machine.fact(GpgKey, src=f"http://{server.address(host)}/two.asc")) == [two[-16:]]
        assert machine.fact(GpgKey, src=f"http://{server.address(host)}/none") is None
    assert machine.fact(GpgKey, src="/opt/keys/page.html") is None
    rings = machine.fact(GpgKeyrings, directories=["/opt/keys", "/nothing here"])
    assert {name: (ring["format"], len(ring["keys"])) for name, ring in rings.items()} == {
        "/opt/keys/one.asc": ("asc", 1), "/opt/keys/two.asc": ("asc", 1), "/opt/keys/both.asc": ("asc", 2),
        "/opt/keys/one.gpg": ("gpg", 1), "/opt/keys/two.gpg": ("gpg", 1), "/opt/keys/both.gpg": ("gpg", 2),
    }  # fmt: skip
    assert machine.fact(GpgKeyrings, directories="/nothing") is None
    assert set(machine.fact(GpgKeys, keyring="/opt/keys/both.gpg")) == {one[-16:], two[-16:]}
    secret = gpg_here(keys["home"], "--export-secret-keys", one).decode("latin-1")
    (host.root / "opt/keys/secret").write_bytes(secret.encode("latin-1"))
    host.sh("gpg --batch --quiet --import /opt/keys/secret; rm /opt/keys/secret")
    assert list(machine.fact(GpgSecretKeys)) == list(machine.fact(GpgKeys)) == [one[-16:]]
    host.sh("gpgconf --kill all; cp /root/.gnupg/pubring.kbx /opt/keys/box.kbx")
    assert list(machine.fact(GpgKeyrings, directories="/opt/keys")["/opt/keys/box.kbx"]["keys"]) == [one[-16:]]
