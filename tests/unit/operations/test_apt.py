"""``apt`` and ``gpg`` operations: what their bodies yield; nothing of it is run on this machine."""

from __future__ import annotations

import inspect
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError, PyinfraError
from pyinfra.context import ctx_host
from pyinfra.facts._apt.archives import RemoteDeb
from pyinfra.facts._apt.installed import InstalledDebs
from pyinfra.facts._apt.updates import Candidates, ListsAreFresh, Simulation
from pyinfra.facts.apt import AptSources, parse_apt_repo
from pyinfra.facts.deb import DebPackage
from pyinfra.facts.files import File
from pyinfra.facts.gpg import GpgKeyrings
from pyinfra.operations import apt, gpg

from .stub import StubHost
from .test_injection import HOSTILE


class Host(StubHost):
    """One whose facts do not depend on their arguments."""

    def get_fact(self, cls: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(cls)
        return self.facts[cls] if cls in self.facts else cls.default()


def commands_of(operation: Any, facts: Any = None, **kwargs: Any) -> list[str]:
    with ctx_host.use(Host(facts)):
        return [str(command) for command in operation._inner(**kwargs)]


WAITED = "l=/var/cache/apt/archives/lock; n=0"
DEBS = {
    "versions": {"nginx": {"1.22"}, "nginx:amd64": {"1.22"}, "held": {"1"}, "libc6:i386": {"2"}},
    "provided": {"httpd": set(), "real": set()},
    "held": ["held"],
    "configured": ["old"],
    "architecture": "amd64",
}
FACTS: dict[Any, Any] = {InstalledDebs: DEBS, Candidates: {"nginx": "1.24", "held": "2", "httpd": None, "real": "9"}}


def told(commands: list[str]) -> list[str]:
    """What is told to apt-get; of everything else the first line. Whoever fetches packages is always waited for."""
    short = [text.partition(" -o Dpkg::Use-Pty=0 ")[2] or text.split("\n")[0] for text in commands]
    for before, text in pairwise(short):
        assert (before == WAITED) == text.startswith(("install", "upgrade", "dist-upgrade")), short
    return [text for text in short if text != WAITED]


def packages(facts: Any = None, **kwargs: Any) -> list[str]:
    return told(commands_of(apt.packages, {**FACTS, **(facts or {})}, **kwargs))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["nginx", "nginx:amd64", "nginx=1.2*", "libc6:i386"]}, []),
        ({"packages": "libc6"}, ["install libc6"]),
        ({"packages": ["nginx=1.24", "a b"[:1]]}, ["install nginx=1.24 a"]),
        ({"packages": "nginx", "latest": True}, ["install nginx"]),
        ({"packages": "held", "latest": True}, []),
        ({"packages": "new", "latest": True, "no_recommends": True}, ["install --no-install-recommends new"]),
        ({"packages": "httpd"}, []),
        ({"packages": "real"}, ["install real"]),
        ({"packages": [["x", "nginx"]]}, []),
        ({"packages": ["nginx", "old"], "present": False}, ["remove nginx"]),
        ({"packages": ["nginx", "old"], "present": False, "purge": True}, ["purge nginx old"]),
        ({"packages": "nginx=1.22", "present": False, "extra_uninstall_args": "--x"}, ["remove --x nginx"]),
        ({"packages": "nginx", "latest": True, "extra_install_args": "-t x"}, ["install nginx"]),
        ({"packages": "new", "extra_install_args": "-t x"}, ["install -t x new"]),
        ({"packages": "nginx/backports"}, []),
    ],
)
def test_packages(arguments: dict[str, Any], expected: list[str]) -> None:
    assert packages(**arguments) == expected


def test_a_release() -> None:
    offered: dict[Any, Any] = {Candidates: {"nginx/backports": "1.30"}}
    assert packages(offered, packages="nginx/backports") == ["install nginx/backports"]
    there = {**offered, InstalledDebs: {**DEBS, "versions": {"nginx": {"1.30"}}}}
    assert packages(there, packages="nginx/backports") == []
    assert packages(there, packages="nginx/backports", present=False) == ["remove nginx"]


def test_lists_and_upgrades() -> None:
    fetch = ["l=/var/lib/apt/lists/lock; n=0", "e=$(mktemp) || exit 1"]
    fresh = {ListsAreFresh: True}
    steps = {Simulation: {"nginx": ("1.22", "1.24")}}
    assert packages(update=True) == fetch
    assert packages(fresh, update=True) == fetch
    assert packages(fresh, update=True, cache_time=60) == []
    assert packages(fresh, update=True, cache_time=60, upgrade=True) == []
    assert packages({**fresh, **steps}, update=True, cache_time=60, upgrade=True) == ["upgrade"]
    # Upgraded with everything else, and not once more.
    assert packages({**fresh, **steps}, packages="nginx", latest=True, upgrade=True) == ["upgrade"]
    # Nobody knows yet what newer lists offer.
    assert packages(packages=["nginx", "held"], latest=True, update=True, upgrade=True) == [
        *fetch, "upgrade", "install nginx",
    ]  # fmt: skip
    assert packages({Candidates: {"nginx": "1.22"}}, packages="nginx", latest=True, update=True)[2:] == [
        "install nginx"
    ]


def test_one_fact_for_all_packages() -> None:
    stub = Host(FACTS)
    with ctx_host.use(stub):
        list(apt.packages._inner(packages=["nginx", "a", "b", "libc6:i386"]))
    assert stub.asked == [InstalledDebs]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"packages": ["--allow-unauthenticated"]}, OperationValueError),
        ({"packages": ["a b"]}, OperationValueError),
        ({"packages": ["nginx-"]}, OperationValueError),
        ({"packages": [["a", "nginx-=1"]]}, OperationValueError),
        ({"packages": [None]}, OperationTypeError),
        ({"update": True, "cache_time": "1h"}, OperationTypeError),
        ({"update": True, "cache_time": -1}, OperationValueError),
    ],
)
def test_wrong_arguments(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        packages(**wrong)


def test_upgrades() -> None:
    steps = {**FACTS, Simulation: {"nginx": ("1.22", "1.24"), "held": ("1", None)}}
    assert commands_of(apt.upgrade, FACTS) == []
    assert told(commands_of(apt.upgrade, steps, auto_remove=True)) == ["upgrade --autoremove"]
    assert told(commands_of(apt.dist_upgrade, steps)) == ["dist-upgrade"]


def test_files_with_packages() -> None:
    def deb(package: Any, **kwargs: Any) -> list[str]:
        found = commands_of(apt.deb, {**FACTS, DebPackage: package, RemoteDeb: package}, **kwargs)
        return [text.partition(" -o Dpkg::Use-Pty=0 ")[2] for text in found if not text.startswith(WAITED)]

    nginx, newer = {"name": "nginx", "version": "1.22"}, {"name": "nginx", "version": "1.24"}
    assert deb(nginx, src="/tmp/nginx.deb") == []
    assert deb(newer, src="a b.deb") == ["install --allow-downgrades './a b.deb'"]
    assert deb({}, src="/tmp/a_1_all.deb") == ["install --allow-downgrades /tmp/a_1_all.deb"]
    assert deb(newer, src="/tmp/nginx.deb", present=False) == ["remove nginx"]
    assert deb(None, src="https://x/nginx_1.0_amd64.deb?x=y", present=False) == ["remove nginx"]
    assert deb({"name": "libc6", "version": "2"}, src="/l.deb") == []
    assert deb(newer, src="https://x/y?a&b") == ['install --allow-downgrades "$d/package.deb"']
    assert deb(None, src="https://x/not_1.0_amd64.deb", present=False) == []
    for wrong in ("", "/tmp/x.rpm", "a\nb.deb"):
        with pytest.raises(OperationValueError):
            deb(None, src=wrong)


def test_archives_of_people() -> None:
    url = "https://ppa.launchpadcontent.net/deadsnakes/ppa/ubuntu"
    known = {AptSources: [parse_apt_repo(f"deb {url} jammy main")]}
    add, remove = "apt-add-repository -y ppa:deadsnakes/ppa", "apt-add-repository -y --remove ppa:deadsnakes/ppa"
    assert commands_of(apt.ppa, {}, src="ppa:deadsnakes/ppa") == [add]
    assert commands_of(apt.ppa, known, src="ppa:deadsnakes/ppa") == []
    assert commands_of(apt.ppa, known, src="ppa:deadsnakes/ppa", present=False) == [remove]
    assert commands_of(apt.ppa, {}, src="ppa:deadsnakes/ppa", present=False) == []
    assert commands_of(apt.ppa, known, src=f"deb {url} jammy main")[0].endswith(f"-y 'deb {url} jammy main'")
    with pytest.raises(OperationValueError):
        commands_of(apt.ppa, {}, src="--help")


@pytest.mark.parametrize(
    "arguments",
    [
        {}, {"keyserver": "k"}, {"keyid": "ABCD1234"}, {"src": "a", "keyserver": "k", "keyid": "ABCD1234"},
    ],
)  # fmt: skip
def test_keys_that_nobody_can_find(arguments: dict[str, Any]) -> None:
    with pytest.raises(OperationError):
        commands_of(apt.key, {}, **arguments)
    with pytest.raises(OperationError):
        commands_of(gpg.key, {}, dest="/x", **arguments)


@pytest.mark.parametrize("keyid", ["", "xyz", "ABCD123", "ABCD1234; reboot", ["ABCD1234", "-x"]])
def test_what_is_no_id(keyid: Any) -> None:
    with pytest.raises(OperationValueError, match="no id"):
        commands_of(apt.key, {}, src="/a", keyid=keyid)


@pytest.mark.parametrize(
    ("arguments", "dest"),
    [
        ({"src": "https://download.docker.com/linux/debian/gpg"}, "/etc/apt/keyrings/download.docker.com-gpg.gpg"),
        ({"src": "https://x.org/a b.asc?c=d"}, "/etc/apt/keyrings/x.org-a-b.gpg"),
        ({"src": "/tmp/x.asc"}, "/etc/apt/keyrings/x.gpg"),
        ({"src": "/tmp/x.asc", "dest": "y.asc"}, "/etc/apt/keyrings/y.asc"),
        ({"src": "/tmp/x.asc", "dest": "/k/y.gpg"}, "/k/y.gpg"),
        ({"keyserver": "hkps://k", "keyid": ["0xabcd1234", "ABCD 1234"]}, "/etc/apt/keyrings/keyserver-ABCD1234.gpg"),
    ],
)
def test_where_keys_go(arguments: dict[str, Any], dest: str) -> None:
    *_, command = commands_of(apt.key, {}, **arguments)
    assert f"\nf={dest}\n" in command
    assert ('dearmor "$t/key"' in command) == ("src" in arguments and not dest.endswith(".asc"))


def test_keys_that_are_there() -> None:
    fingerprint = "4D64FEC119C2029067D6E791F8D2585B8783D481"
    keys = {"F8D2585B8783D481": {"fingerprint": fingerprint, "subkeys": {"EF01EF01EF01EF01": {"fingerprint": "AA"}}}}
    facts: dict[Any, Any] = {File: {"mode": 644, "user": "root", "group": "root"},
                             GpgKeyrings: {"/etc/apt/keyrings/a.gpg": {"format": "gpg", "keys": keys}}}  # fmt: skip
    for keyid in ("8783D481", "0xf8d2585b8783d481", fingerprint, "EF01EF01EF01EF01", None):
        assert commands_of(apt.key, facts, src="/a", dest="a.gpg", keyid=keyid) == []
    assert "set -- AAAAAAAA" in commands_of(apt.key, facts, src="/a", dest="a.gpg", keyid="AAAAAAAA")[-1]
    assert commands_of(apt.key, facts, keyid="8783D481", present=False) == ["rm -f /etc/apt/keyrings/a.gpg"]
    assert commands_of(apt.key, facts, keyid="EF01EF01", present=False) == []
    assert commands_of(apt.key, facts, src="/x/a.asc", present=False) == ["rm -f /etc/apt/keyrings/a.gpg"]


@pytest.mark.parametrize(
    "src",
    [
        "deb https://x y", "https://x y z", "deb x y z", "deb /x y z", "deb https://x y/ z", "deb https://x y z\n", 7,
        "deb https://x y z\ndeb https://u v w", "deb [arch=] https://x y z", "deb [x] https://x y z", None,
        'deb "https://x y" z',
    ],
)  # fmt: skip
def test_lines_that_apt_does_not_understand(src: Any) -> None:
    if src == "deb https://x y z\n":
        assert commands_of(apt.repo, {}, src=src)
        return
    with pytest.raises((OperationValueError, OperationTypeError)):
        commands_of(apt.repo, {}, src=src)


def test_a_line_that_apt_does_not_understand_is_taken_out() -> None:
    assert commands_of(apt.repo, {}, src="deb x y z", present=False) == []


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"uris": "nonsense"}, "uris"),
        ({"uris": ["https://x", "/y"]}, "uris"),
        ({"uris": 'https://"x'}, "uris"),
        ({"types": "rpm"}, "types"),
        ({"components": None}, "components"),
        ({"suites": "./"}, "components"),
        ({"suites": "./ stable"}, "components"),
        ({"suites": "./ stable", "components": None}, "components"),
        ({"suites": None}, "suites"),
        ({"uris": []}, "uris"),
        ({"uris": [7]}, "uris"),
        ({"signed_by": 7}, "signed_by"),
        ({"filename": "a b"}, "filename"),
    ],
)
def test_stanzas_that_apt_does_not_understand(wrong: dict[str, Any], argument: str) -> None:
    right = {"filename": "x", "uris": "https://x", "suites": "stable", "components": "main"}
    assert commands_of(apt.sources_file, {}, **right)
    with pytest.raises((OperationValueError, OperationTypeError, OperationError)) as caught:
        commands_of(apt.sources_file, {}, **{**right, **wrong})
    assert caught.value.details.argument == argument


# -- hostile texts -------------------------------------------------------------------------

LINE = "deb https://x/ s main"
TARGETS: list[tuple[Any, str, dict[str, Any]]] = [
    (apt.packages, "packages", {}), (apt.packages, "packages", {"present": False}), (apt.deb, "src", {}),
    (apt.key, "src", {}), (apt.key, "dest", {"src": "/a"}), (apt.key, "keyserver", {"keyid": "ABCD1234"}),
    (apt.key, "keyid", {"src": "/a"}), (apt.ppa, "src", {}), (apt.repo, "src", {}),
    (apt.repo, "filename", {"src": LINE}),
    (apt.sources_file, "filename", {"uris": "http://x", "suites": "y", "components": "z"}),
    (gpg.key, "src", {"dest": "/d"}), (gpg.key, "dest", {"src": "/s"}), (gpg.key, "mode", {"src": "/s", "dest": "/d"}),
    (gpg.key, "keyserver", {"dest": "/d", "keyid": "ABCD1234"}), (gpg.dearmor, "src", {"dest": "/d"}),
    (gpg.dearmor, "dest", {"src": "/s"}), (gpg.dearmor, "mode", {"src": "/s", "dest": "/d"}),
]  # fmt: skip
PREFIXES = {(apt.deb, "src"): ("https://x/", "/x/"), (apt.key, "src"): ("https://x/", "/x/"),
            (gpg.key, "src"): ("https://x/", "/x/")}  # fmt: skip
SUFFIXES = {(apt.deb, "src"): ".deb"}


def _stubbed(folder: Path) -> dict[str, str]:
    """A PATH on which nothing does anything, but for what a hostile text asks for."""
    for name in ("apt-get", "apt-add-repository", "gpg", "gpgconf", "curl", "wget", "mkdir", "mv", "cp", "rm", "chmod",
                 "cat", "grep", "awk", "dd", "od", "tr", "base64", "stat", "sleep", "ls", "sha1sum"):  # fmt: skip
        (folder / name).write_text("#!/bin/sh\nexit 0\n")
        (folder / name).chmod(0o755)
    for name in ("touch", "mktemp"):
        (folder / name).write_text('#!/bin/sh\n[ "${1#/}" = "$1" ] || /usr/bin/touch "$1"; echo /nonexistent\n')
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("operation", "argument", "others"), TARGETS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_nothing_is_obeyed(operation: Any, argument: str, others: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    environment = _stubbed(tmp_path / "bin")
    mark = tmp_path / "mark"
    facts = {InstalledDebs: {**DEBS, "versions": {text.format(mark=mark): {"1"} for text in HOSTILE}}}
    ran = 0
    for text in HOSTILE:
        for prefix in PREFIXES.get((operation, argument), ("",)):
            value = prefix + text.format(mark=mark) + SUFFIXES.get((operation, argument), "")
            try:
                commands = commands_of(operation, facts, **{**others, argument: value})
            except PyinfraError:
                continue  # refused, which is as good
            for command in commands:
                if command.startswith("touch "):
                    continue
                ran += 1
                subprocess.run(
                    ["/bin/sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, check=False
                )
                assert not mark.exists(), command
    assert (
        ran
        or argument in ("keyid", "filename", "mode")
        or (operation, argument) in ((apt.packages, "packages"), (apt.repo, "src"))
    )


def test_every_text_argument_is_tried() -> None:
    raw = {"extra_install_args", "extra_uninstall_args"}
    lines = {"types", "uris", "suites", "components", "architectures", "signed_by"}  # of a file, which is uploaded
    places = {"working_dirs"}  # of a fact
    switches = {"present", "latest", "update", "cache_time", "upgrade", "force", "no_recommends", "allow_downgrades",
                "purge", "auto_remove", "dearmor"}  # fmt: skip
    tried = {(operation, argument) for operation, argument, _ in TARGETS}
    seen = {argument for _, argument in tried}
    operations: list[Any] = [*(getattr(apt, name) for name in apt.__all__), gpg.key, gpg.dearmor]
    for operation in operations:
        if not hasattr(operation, "_inner"):
            continue
        for argument in inspect.signature(operation._inner).parameters:
            known = argument in raw | lines | places | switches
            assert known or (operation, argument) in tried or (argument == "keyid" and argument in seen)
