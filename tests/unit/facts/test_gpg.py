"""What gpg prints, recorded with 2.2.40."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._gpg.keys import KeyringsWithoutGpg
from pyinfra.facts.apt import AptKeys
from pyinfra.facts.gpg import GpgKey, GpgKeyrings, GpgKeys, GpgSecretKeys

from .remote import split

PUBLIC = [
    "tru::1:1795412694:0:3:1:5",
    "pub:-:255:22:F8D2585B8783D481:1674492243:1926780243::-:::scSC:::::ed25519:::0:",
    "fpr:::::::::4D64FEC119C2029067D6E791F8D2585B8783D481:",
    "uid:-::::1674492243::F511AE250D42128C160F8195C731AFD9683AA6CB::Build \\x3a \\xc3\\xa9 <r@example.org>::::::::::0:",
    "uid:-::::1674492243::AA11AE250D42128C160F8195C731AFD9683AA6CB::Another <r@example.org>::::::::::0:",
    "sub:-:4096:1:EF01EF01EF01EF01:1674492243:1926780243:::::s::::::23:",
    "fpr:::::::::AAAAAAAAAAAAAAAAAAAAAAAAEF01EF01EF01EF01:",
]
KEYS = {
    "F8D2585B8783D481": {
        "validity": "-",
        "length": 255,
        "fingerprint": "4D64FEC119C2029067D6E791F8D2585B8783D481",
        "uid": "Build : é <r@example.org>",
        "uid_hash": "F511AE250D42128C160F8195C731AFD9683AA6CB",
        "subkeys": {
            "EF01EF01EF01EF01": {
                "validity": "-", "length": 4096, "fingerprint": "AAAAAAAAAAAAAAAAAAAAAAAAEF01EF01EF01EF01",
            },
        },
    },
}  # fmt: skip


def test_keys() -> None:
    assert GpgKey().process(PUBLIC) == GpgKeys().process(PUBLIC) == KEYS
    secret = [line.replace("pub:", "sec:").replace("sub:", "ssb:") for line in PUBLIC]
    assert GpgSecretKeys().process(secret) == KEYS
    assert GpgKey().process(["gpg: no valid OpenPGP data found.", "fpr:::::::::AA:", "sub:x", "pub:::"]) is None


def test_keyrings() -> None:
    output = ["= 1", ">/k/empty.gpg", ">/k/a b.gpg", *PUBLIC, ">/k/c.asc", *PUBLIC[:3], "= 2", ""]
    calls: list[dict[str, object]] = [{"directories": "/k"}, {"directories": ["/none"]}]
    first, second = GpgKeyrings().batch_process(calls, output)
    assert first["/k/a b.gpg"] == {"format": "gpg", "keys": KEYS}
    assert list(first) == ["/k/a b.gpg", "/k/c.asc"]
    assert second is None
    assert AptKeys().process(output[: output.index("= 2")]) == {**KEYS, **first["/k/c.asc"]["keys"]}
    for wrong in (["x"], ["= 1", "x"], ["= 2"], []):
        with pytest.raises(FactProcessError):
            GpgKeyrings().process(wrong)


def test_commands() -> None:
    hostile = "/a b;$(reboot)"
    for command in (
        GpgKey().command(hostile), GpgKeys().command(hostile), GpgSecretKeys().command(hostile),
        GpgKeyrings().command([hostile]), AptKeys().command([hostile]),
    ):  # fmt: skip
        assert "'/a b;$(reboot)'" in command.get_raw_value()
    assert "'https://x/;reboot'" in GpgKey().command("https://x/;reboot").get_raw_value()
    assert "/etc/apt/keyrings/*.gpg" in AptKeys().command().get_raw_value()
    assert [resource.name for resource in AptKeys().resources() or ()][-1] == "/usr/share/keyrings"
    assert GpgKeyrings().resources(["~/x"]) is None


# -- without gpg ---------------------------------------------------------------------------

ARMORED = """said before
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawP12RYJKwYBBAHaRw8BAQdA0DAPmPev1KMdbWLxAr5CqdC47pwO3+JdLzyi
Pjvt+gi0EWEgPGFAZXhhbXBsZS5vcmc+iJAEExYIADgWIQRIvqiw7sNcM4pPJ4NT
SVFHiQL5DAUCawP12QIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBTSVFH
iQL5DBNpAQCM2+OFU38WhAzWvJhThDLJ8eUykQ4vV+kLBRH+UhLEjgEAvs22gPbK
DLDS5sWjnfnMPqTglXbsxzYp+mccg37IqwC4OARrA/XZEgorBgEEAZdVAQUBAQdA
PLarQ/vPg+KoCCRpLWncDRukc8xQ8Ah6xav7IGQDoVwDAQgHiHgEGBYIACAWIQRI
vqiw7sNcM4pPJ4NTSVFHiQL5DAUCawP12QIbDAAKCRBTSVFHiQL5DHqdAQD5xSTR
fd86RAmN4Db08KKHjOA88kprpDheAevodR7kLAEAsoCnzu8wJjzazwXM7qEPQ5Vm
/T5WsWVARXk53BxGBQo=
=wY04
-----END PGP PUBLIC KEY BLOCK-----
"""
FINGERPRINTS = ["48BEA8B0EEC35C338A4F2783534951478902F90C", "9073B05DEF8A4D902D519063CEB6D7130F478733"]


@pytest.fixture
def keyrings(tmp_path: Path) -> Path:
    folder = tmp_path / "keys; $(reboot)"
    folder.mkdir()
    body = ARMORED.split("\n\n")[1].partition("\n=")[0]
    data = base64.b64decode(body)
    (folder / "a b.gpg").write_bytes(data)
    (folder / "twice.gpg").write_bytes(data * 2)
    (folder / "armored.asc").write_text(ARMORED.replace("\n", "\r\n"))
    (folder / "half.gpg").write_bytes(data[:40])
    (folder / "box.kbx").write_bytes(bytes(32) + data)
    (folder / "empty.gpg").write_bytes(b"")
    (folder / "noise.gpg").write_bytes(bytes(range(256)) * 10)
    return folder


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh", "mksh", "zsh --emulate sh"])
def test_without_gpg(shell: str, keyrings: Path, tmp_path: Path) -> None:
    program, *words = shell.split()
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} here")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("stat", "wc", "cat", "printf"):
        tool = shutil.which(name)
        assert tool
        (tools / name).symlink_to(tool)
    command = KeyringsWithoutGpg().command([str(keyrings), "/none"]).get_raw_value()
    environment = {"PATH": str(tools), "TMPDIR": str(tmp_path)}
    before = sorted(tmp_path.iterdir())
    done = subprocess.run([found, *words, "-c", command], env=environment, capture_output=True, check=True, timeout=20)
    keys = KeyringsWithoutGpg().process(split(done.stdout))
    assert sorted(Path(name).name for name in keys) == ["a b.gpg", "armored.asc", "twice.gpg"]
    for keyring in keys.values():
        (key,) = keyring["keys"].values()
        (subkey,) = key["subkeys"].values()
        assert [key["fingerprint"], subkey["fingerprint"]] == FINGERPRINTS
        assert list(keyring["keys"]) == [FINGERPRINTS[0][-16:]]
    assert sorted(tmp_path.iterdir()) == before, "nothing is left"


def test_with_gpg_there_is_nothing_to_tell(keyrings: Path, tmp_path: Path) -> None:
    (tmp_path / "gpg").write_text("#!/bin/sh\n")
    (tmp_path / "gpg").chmod(0o755)
    command = KeyringsWithoutGpg().command(str(keyrings)).get_raw_value()
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
    assert KeyringsWithoutGpg().process(done.stdout.splitlines()) is None
    assert KeyringsWithoutGpg().requires_command() is None


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg here")
def test_keys_of_all_files_take_one_gpg(keyrings: Path, tmp_path: Path) -> None:
    (keyrings / "box.kbx").unlink()  # a box is opened by itself
    log, program = tmp_path / "log", tmp_path / "gpg"
    program.write_text(f'#!/bin/sh\necho >>{log}\nexec {shutil.which("gpg")} "$@"\n')
    program.chmod(0o755)
    directories = [{"directories": [str(keyrings)]}, {"directories": ["/none"]}]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = AptKeys().batch_command(directories).get_raw_value()
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, check=True, timeout=20)
    keys, nothing = AptKeys().batch_process(directories, split(done.stdout))
    assert [key["fingerprint"] for key in keys.values()] == FINGERPRINTS[:1]
    assert nothing is None
    assert log.read_text() == "\n"
