"""What dpkg and apt print, recorded on Debian 12 and Ubuntu 24.04."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra.facts._apt.archives import RemoteDeb
from pyinfra.facts._apt.installed import InstalledDebs
from pyinfra.facts._apt.repositories import malformed
from pyinfra.facts._apt.sources import SourceLines
from pyinfra.facts._apt.updates import Candidates, ListsAreFresh, Simulation, candidate
from pyinfra.facts.apt import (
    AptKeys,
    AptPackages,
    AptRepo,
    AptSources,
    AptSourcesFile,
    SimulateOperationWillChange,
    noninteractive_apt,
    parse_apt_list_file,
    parse_apt_repo,
)
from pyinfra.facts.deb import DebPackage, DebPackages

DPKG = [
    "ii \tbash\tamd64\t5.2.15-2+b8\t",
    "ii \tdpkg\tamd64\t1.21.22\t",
    "hi \tlibc6\tamd64\t2.36-9+deb12u14\tlibc6-2.36",
    "ii \tlibc6\ti386\t2.36-9+deb12u14\t",
    "ii \tsteam\ti386\t1.0\t",
    "rc \told\tall\t1.0\t",
    "iU \thalf\tall\t1.0\t",
    "iiR\tdamaged\tall\t1.0\t",
    "un \tnever\t\t\t",
    "ii \ttzdata\tall\t2025b-0\ttzdata-trixie",
    "ii \tmawk\tamd64\t1.3.4.20200120-3.1\tawk, other (= 2.0), awk",
    "no sense",
]


def test_installed() -> None:
    found = InstalledDebs().process(DPKG)
    assert set(found["versions"]) == {
        "bash", "bash:amd64", "dpkg", "dpkg:amd64", "libc6", "libc6:amd64", "libc6:i386", "steam:i386", "tzdata",
        "tzdata:all", "mawk", "mawk:amd64",
    }  # fmt: skip
    assert found["versions"]["bash"] == {"5.2.15-2+b8"}
    assert found["provided"] == {"awk": set(), "other": {"2.0"}, "libc6-2.36": set(), "tzdata-trixie": set()}
    assert found["held"] == ["libc6", "libc6:amd64"]
    assert found["configured"] == ["old", "old:all"]
    assert found["architecture"] == "amd64"
    assert InstalledDebs().process([]) == InstalledDebs.default()


def test_one_process_for_all_lists() -> None:
    (both,) = {
        InstalledDebs().batch_command([{}]),
        DebPackages().batch_command([{}]),
        AptPackages().batch_command([{}]),
    }
    assert both.count("dpkg-query") == 2  # one of them asks whether it is there
    assert DebPackages().batch_process([{}, {}], DPKG[:1]) == [{"bash": {"5.2.15-2+b8"}}] * 2


def test_packages() -> None:
    packages = DebPackages().process(DPKG)
    assert packages["libc6"] == {"2.36-9+deb12u14"}
    assert set(packages) == {"bash", "dpkg", "libc6", "steam", "tzdata", "mawk"}
    assert set(AptPackages().process(DPKG)) == {"bash", "dpkg", "libc6", "libc6:i386", "steam:i386", "tzdata", "mawk"}


def test_the_table_of_dpkg() -> None:
    table = [
        "Desired=Unknown/Install/Remove/Purge/Hold",
        "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend",
        "||/ Name           Version          Architecture Description",
        "+++-==============-================-============-=================================",
        "ii  bash           5.2.15-2+b8      amd64        GNU Bourne Again SHell",
        "hi  libc6:amd64    2.36-9+deb12u14  amd64        GNU C Library: Shared libraries",
        "rc  old            1.0              all          gone",
    ]
    assert DebPackages().process(table) == {"bash": {"5.2.15-2+b8"}, "libc6": {"2.36-9+deb12u14"}}


SUMMARY = "134 upgraded, 3 newly installed, 2 to remove and 1 not upgraded."
STEPS = [
    "Reading package lists...",
    "Inst base-files [12.4+deb12u12] (12.4+deb12u13 Debian:12.13/oldstable [amd64])",
    "Conf base-files (12.4+deb12u13 Debian:12.13/oldstable [amd64])",
    "Inst libc6:i386 [2.36-8] (2.36-9 Debian:12.4/stable [i386]) []",
    "Inst hello (2.10-3 Debian:12.15/oldstable [amd64])",
    "Remv helper [1]",
    "Purg cleaned [2:3]",
]


def test_simulation() -> None:
    process = SimulateOperationWillChange().process
    expected = {"upgraded": 134, "newly_installed": 3, "removed": 2, "not_upgraded": 1}
    assert process(["Reading...", SUMMARY]) == expected
    downgraded = "0 upgraded, 0 newly installed, 1 downgraded, 0 to remove and 4 not upgraded."
    assert process([downgraded]) == {"upgraded": 0, "newly_installed": 0, "removed": 0, "not_upgraded": 4}
    reinstalled = "0 upgraded, 0 newly installed, 1 reinstalled, 0 to remove and 4 not upgraded."
    assert process([reinstalled])["not_upgraded"] == 4
    for output in ([], ["E: broken"], ["1 upgraded, and more"]):
        with pytest.raises(FactProcessError):
            process(output)
    assert Simulation().process([*STEPS[:1], SUMMARY, *STEPS[1:]]) == {
        "base-files": ("12.4+deb12u12", "12.4+deb12u13"), "libc6:i386": ("2.36-8", "2.36-9"),
        "hello": (None, "2.10-3"), "helper": ("1", None),
        "cleaned": ("2:3", None),
    }  # fmt: skip
    with pytest.raises(FactProcessError):
        Simulation().process(STEPS)


def test_what_is_simulated() -> None:
    command = SimulateOperationWillChange().command
    assert command("upgrade --auto-remove").endswith(" apt-get -y upgrade --auto-remove --dry-run")
    assert command("install 'a b' $(reboot);x").endswith(" apt-get -y install 'a b' '$(reboot);x' --dry-run")
    for wrong in ("install 'a", "a\0b", None):
        with pytest.raises(FactValueError):
            command(wrong)  # type: ignore[arg-type]


def test_candidates() -> None:
    output = [
        "@ ", "bash:", "  Installed: 5.2.15-2+b7", "  Candidate: 5.2.15-2+b8", "  Version table:",
        " *** 5.2.15-2+b7 100", "        100 /var/lib/dpkg/status", "awk:", "  Installed: (none)",
        "  Candidate: (none)", "libc6:i386:", "  Installed: (none)", "  Candidate: 2.36", "@ bookworm-backports",
        "bash:", "  Installed: 5.2", "  Candidate: 6",
    ]  # fmt: skip
    found = Candidates().process(output)
    assert found == {"bash": "5.2.15-2+b8", "awk": None, "libc6:i386": "2.36", "bash/bookworm-backports": "6"}
    assert candidate(found, "bash:amd64") == "5.2.15-2+b8"
    assert candidate(found, "bash:amd64/bookworm-backports") == "6"
    assert candidate(found, "unknown") is None
    command = Candidates().command(["$(reboot)", "a/-t;x"]).get_raw_value()
    assert "'$(reboot)'" in command
    assert "-o 'APT::Default-Release=-t;x' policy -- a " in command


def test_age_of_lists() -> None:
    assert ListsAreFresh().batch_process([{}, {}], ["= 1", "fresh", "= 2", "old"]) == [True, False]
    assert "for c in 5 7;" in ListsAreFresh().batch_command([{"seconds": 5}, {"seconds": 7}])


# -- sources -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("deb http://m.example/debian bookworm main", ("deb", "http://m.example/debian", "bookworm", ["main"], {})),
        (
            " deb-src\t[ arch=amd64,i386 signed-by=/k.gpg ] http://m/ stable main  contrib # why",
            ("deb-src", "http://m/", "stable", ["main", "contrib"], {"arch": ["amd64", "i386"], "signed-by": "/k.gpg"}),
        ),
        ("deb [trusted=yes] file:/opt/repo ./", ("deb", "file:/opt/repo", "./", [], {"trusted": "yes"})),
        ("deb [arch+=armhf] http://m/ s c", ("deb", "http://m/", "s", ["c"], {"arch+": "armhf"})),
        ("deb cdrom:[Debian] bookworm main", ("deb", "cdrom:[Debian]", "bookworm", ["main"], {})),
        ("# deb http://m/ s main", None),
        ("deb http://m/ s", None),
        ("deb [nonsense] http://m/ s main", None),
        ("rpm http://m/ s main", None),
        ("", None),
    ],
)
def test_lines(line: str, expected: Any) -> None:
    assert parse_apt_repo(line) == (None if expected is None else AptRepo(*expected))


def test_a_repository_is_like_a_dictionary() -> None:
    (repo,) = parse_apt_list_file(["# x", "deb http://m/ s main", "nonsense"])
    as_dict = {"type": "deb", "url": "http://m/", "distribution": "s", "components": ["main"], "options": {}}
    assert repo == as_dict == dict(repo)
    assert as_dict == repo
    assert repo != {**as_dict, "url": "other"}
    assert repo != "deb"
    assert (repo["url"], repo.get("none", 1), "url" in repo, len(repo)) == ("http://m/", 1, True, 5)
    assert list(repo.keys()) == list(repo)
    assert dict(repo.items())["type"] == next(iter(repo.values())) == "deb"
    assert len({repo, parse_apt_repo("deb http://m/ s main")}) == 1


STANZAS = """
# kept by somebody
Types: deb deb-src
URIs: http://m/debian
Suites: trixie trixie-updates
# in between
Components: main contrib
Architectures: amd64 arm64
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off/
Suites: s
Components: c

Types: deb
URIs: http://no-suites/

nonsense

types: deb
uris: file:/opt/repo
suites: ./
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDME
 -----END PGP PUBLIC KEY BLOCK-----
trusted: yes
"""


def test_stanzas() -> None:
    output = ["= /etc/apt/sources.list", " deb http://m/ s main", "= /etc/apt/sources.list.d/x.sources",
              *(f" {line}" for line in STANZAS.splitlines())]  # fmt: skip
    found = AptSources().process(output)
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----"
    options = {"arch": ["amd64", "arm64"], "signed-by": "/usr/share/keyrings/debian-archive-keyring.gpg"}
    assert [(repo.type, repo.url, repo.distribution) for repo in found] == [
        ("deb", "http://m/", "s"), ("deb", "http://m/debian", "trixie"), ("deb", "http://m/debian", "trixie-updates"),
        ("deb-src", "http://m/debian", "trixie"), ("deb-src", "http://m/debian", "trixie-updates"),
        ("deb", "file:/opt/repo", "./"),
    ]  # fmt: skip
    assert (found[1].components, found[1].options) == (["main", "contrib"], options)
    assert (found[-1].components, found[-1].options) == ([], {"signed-by": key, "trusted": "yes"})
    assert SourceLines().process(output)["/etc/apt/sources.list"] == ["deb http://m/ s main"]
    with pytest.raises(FactProcessError):
        AptSources().process(["deb http://m/ s main"])
    # Files that apt ignores for their names.
    for name in ("a b.list", "a:b.list", "ä.sources"):
        assert AptSources().process([f"= /etc/apt/sources.list.d/{name}", " deb http://m/ s main"]) == []


def test_a_stanza_is_read_as_it_is_written() -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----"
    for signed_by in (None, ["/a.gpg"], ["/a.gpg", "/b.gpg"], [key]):
        stanza = AptSourcesFile(["deb"], ["http://m/"], ["s", "t"], ["main"], ["amd64"], signed_by, "yes")
        assert AptSourcesFile.parse(stanza.text().splitlines()) == stanza
        assert len(stanza.repos()) == 2


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("deb http://m/ s main", None),
        ("deb cdrom:[Debian] s main", None),
        ("deb mirror+file:/etc/apt/mirrors.txt s main", None),
        ("deb [arch=amd64] file:/opt/x ./", None),
        ("deb x s main", "uris"),
        ('deb "http://m/x y" s main', "uris"),
        ("deb /opt/x ./", "uris"),
        ("deb http://m/ ./ main", "components"),
        ("deb [arch=] http://m/ s main", "options"),
        ("deb [arch=a,,b] http://m/ s main", "options"),
    ],
)
def test_what_apt_does_not_understand(line: str, field: str | None) -> None:
    repo = parse_apt_repo(line)
    assert repo is not None
    found = malformed(repo)
    assert (found[0] if found else None) == field


# -- what facts hold to --------------------------------------------------------------------


def test_of_one_package() -> None:
    output = ["= 1", " ii ", " Package: a", " Version: 1:2", "= 2", "= 3", " rc ", " Package: old", " Version: 1",
              "= 4", " Package: b", " Version: 3"]  # fmt: skip
    calls = [{"package": name} for name in ("a", "none", "old", "/b.deb")]
    assert DebPackage().batch_process(calls, output) == [
        {"name": "a", "version": "1:2"}, {}, {}, {"name": "b", "version": "3"},
    ]  # fmt: skip
    several = ["= 1", " rc ", " Package: a", " Version: 0", " ii ", " Package: a", " Version: 1", " ii ", " Package: a",
               " Version: 2"]  # fmt: skip
    assert DebPackage().process(several) == {"name": "a", "version": "1"}
    command = DebPackage().batch_command([{"package": "-a;b"}, {"package": "-b.deb"}]).get_raw_value()
    assert "names 1 '-a;b'\nfile 2 ./-b.deb" in command
    assert RemoteDeb().process(["Package: a", "Version: 1"]) == {"name": "a", "version": "1"}
    assert "'http://x/;reboot'" in RemoteDeb().command("http://x/;reboot").get_raw_value()


def test_of_several_packages() -> None:
    calls = [{"package": name} for name in ("a1", "none", "x:i386", "b1", "b*", "c.deb", "c1")]
    command = DebPackage().batch_command(calls).get_raw_value()
    assert command.endswith("names 3 x:i386\necho '= 5'\nfile 6 c.deb\nnames '1 2 4 7' a1 none b1 c1\n")
    output = ["= 3", "= 5", "= 6", " Package: c", " Version: 6", "= 1 2 4 7", " ii ", " Package: b1", " Version: 0",
              " ii ", " Package: b1", " Version: 2", " ii ", " Package: a1", " Version: 1", " rc ", " Package: c1",
              " Version: 9"]  # fmt: skip
    a, b, c = ({"name": name, "version": version} for name, version in (("a1", "1"), ("b1", "0"), ("c", "6")))
    assert DebPackage().batch_process(calls, output) == [a, {}, {}, b, {}, c, {}]


def test_the_beginning_of_commands() -> None:
    text = str(noninteractive_apt("install --reinstall", force=True))
    assert text.startswith("DEBIAN_FRONTEND=noninteractive apt-get -y --force-yes ")
    assert text.endswith(" install --reinstall")


FACTS = [InstalledDebs, DebPackages, AptPackages, SimulateOperationWillChange, Simulation, Candidates, AptSources,
         SourceLines, DebPackage, RemoteDeb, ListsAreFresh, AptKeys]  # fmt: skip
WORDS = st.sampled_from([
    "= 1", " ", "=", "ii \ta\tb\tc\td", "  Candidate: ", "Inst x", "> /x", "pub:" * 11, "fpr" + ":" * 12,
    "= /etc/x.sources", " Types: deb", " URIs: x", " Suites: y", SUMMARY, "@ x", "fresh",
])  # fmt: skip


@pytest.mark.parametrize("fact", FACTS)
@given(lines=st.lists(WORDS | st.text(st.characters(exclude_characters="\n"), max_size=20), max_size=12))
def test_whatever_is_printed(fact: Any, lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(lines)
