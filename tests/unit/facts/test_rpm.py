"""What rpm 4.18, dnf 4.14 and zypper 1.14 print, recorded; something else where a name says so."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._rpm.archives import RpmFile
from pyinfra.facts._rpm.installed import InstalledProviders, InstalledRpms, Provider
from pyinfra.facts._rpm.keys import RpmKeyFile
from pyinfra.facts._rpm.offered import NewerRpms, NothingToDo
from pyinfra.facts.dnf import DnfDisabledModules, DnfEnabledModules, DnfRepositories
from pyinfra.facts.rpm import RpmPackage, RpmPackageProvides, RpmPackages
from pyinfra.facts.yum import YumRepositories
from pyinfra.facts.zypper import ZypperRepositories

from .remote import Remote

LIST = [
    "bash\t5.1.8-9.el9\tx86_64",
    "glibc\t2.34-100.el9\tx86_64",
    "glibc\t2.34-100.el9\ti686",
    "openssl\t1:3.0.7-27.el9\tx86_64",
    "kernel\t5.14.0-1.el9\tx86_64",
    "kernel\t5.14.0-2.el9\tx86_64",
    "gpg-pubkey\t3feba00c-6b03f65a\t(none)",
]

# Two keys, made by gpg 2.2; it and rpm call them so:
FINGERPRINTS = ["1345b697120ac10307cd79f97ac9fc86aca1cab3", "33296a11bc45bf72ca502a43e032ec031f19afcc"]
RPM_CALLS_THEM = {"aca1cab3-6b03f6ff", "1f19afcc-6b03f6ff"}
KEY = """-----BEGIN PGP PUBLIC KEY BLOCK-----
Comment: made for this test

mDMEawP2/xYJKwYBBAHaRw8BAQdAn6ecoYEVdQkN/VBsgQOoJtZkK8K6p1fKLL4X
fV+GyjW0CW9uZSA8c0B4PoiWBBMWCAA+FiEEE0W2lxIKwQMHzXn5esn8hqyhyrMF
AmsD9v8CGwMFCQPCZwAFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQesn8hqyh
yrPdhQD9F0FSjgAMixCIDnWgDmSRbLJtjsUzgGJoZum3nYi/LwsA/RKUbO2n1VMh
x5EK0Mvo/047H97auaWzdLOc9fa3iRkJmDMEawP2/xYJKwYBBAHaRw8BAQdAaNQo
0r8rFmH5NHygM607njLMVukxqHEvZ6GKbwNZIGu0CXR3byA8dEB4PoiWBBMWCAA+
FiEEMylqEbxFv3LKUCpD4DLsAx8Zr8wFAmsD9v8CGwMFCQPCZwAFCwkIBwIGFQoJ
CAsCBBYCAwECHgECF4AACgkQ4DLsAx8Zr8yiYwEAtL4qdeTwzaU32VQvrYofICKd
mXPCeHuVW2HXDJEcaQQA/3u0f1ekcNJl6Qg5qYvYMOhMys1PkB7Uh2T+pGyKe2MC
=Rk+v
-----END PGP PUBLIC KEY BLOCK-----
"""


def test_installed() -> None:
    found = InstalledRpms().process(LIST)
    assert found["versions"]["openssl"] == {"1:3.0.7-27.el9"}
    assert found["versions"]["kernel"] == {"5.14.0-1.el9", "5.14.0-2.el9"}
    assert found["architectures"]["glibc"] == {"x86_64", "i686"}
    assert RpmPackages().process(LIST)["openssl"] == {"3.0.7-27.el9"}
    assert RpmPackages().process(["vim 9-1"]) == {"vim": {"9-1"}}
    assert InstalledRpms().process([]) == InstalledRpms.default()


def test_one_list_serves_all() -> None:
    assert RpmPackages().batch_command([{}]) == InstalledRpms().batch_command([{}, {}]) == RpmPackages().command()
    assert RpmPackages().batch_process([{}, {}], LIST[:1]) == [{"bash": {"5.1.8-9.el9"}}] * 2


def test_providers() -> None:
    calls = [{"wanted": name} for name in ("mailer", "/usr/bin/vi", "nothing", "real")]
    output = [
        "= 1 3 4",
        "\tmailer-b", "\t\tmailer\t3", "\t\tmailer-b\t1-1", "\t\treal\t", "\tmailer-a", "\t\tmailer\t",
        "no package provides nothing",
        "\tmailer-b", "\t\tmailer\t3",
        "= 2", "\tvim-minimal",
    ]  # fmt: skip
    assert InstalledProviders().batch_process(calls, output) == [
        [Provider("mailer-b", "3"), Provider("mailer-a", None)],
        [Provider("vim-minimal", None)],
        [],
        [Provider("mailer-b", None)],
    ]
    assert InstalledProviders().batch_process(calls, []) == [[], [], [], []]
    with pytest.raises(FactProcessError):
        InstalledProviders().batch_process(calls, output[:9])


@pytest.mark.parametrize("fact", [RpmPackage, RpmFile])
def test_one_package(fact: Any) -> None:
    calls = [{"package": "a"}, {"package": "b"}]
    output = ["= 1", "\tapp\t1:1.2-1\tnoarch", "\tapp\t1:1.3-1\tnoarch", "= 2", "package b is not installed"]
    version = "1.2-1" if fact is RpmPackage else "1:1.2-1"
    assert fact().batch_process(calls, output) == [{"name": "app", "version": version}, None]
    assert fact().batch_process(calls, []) == [None, None]


def test_files_are_told_from_names() -> None:
    assert "file ./-x.rpm" in str(RpmPackage().command("-x.rpm"))
    assert "name 'a b'" in str(RpmPackage().command("a b"))
    assert "file '/a b'" in str(RpmPackage().command("/a b"))
    assert "-r 0-8388607 'https://x/a;b.rpm'" in str(RpmFile().command("https://x/a;b.rpm"))


CHECK_UPDATE_OF_DNF = [
    "=",
    "",
    "demo.noarch                            1:2.0-1                             small",
    "glibc.i686                             2.34-101.el9                        base",
    "glibc.x86_64                           2.34-101.el9                        base",
    "Obsoleting Packages",
    "new.noarch                             2-1                                 small",
    "    old.noarch                         1-1                                 @System",
]


def test_updates() -> None:
    assert NewerRpms().process(CHECK_UPDATE_OF_DNF) == {
        "demo": "1:2.0-1", "demo.noarch": "1:2.0-1", "glibc": "2.34-101.el9", "glibc.i686": "2.34-101.el9",
        "glibc.x86_64": "2.34-101.el9",
    }  # fmt: skip
    assert NewerRpms().process(["=", ""]) == {}
    assert NewerRpms().process([]) is None


def test_updates_of_yum_3_after_its_documentation() -> None:
    lines = ["=", "", "NetworkManager-config-server.noarch", "                        1:1.18.8-2.el7_9     updates",
             "bash.x86_64             4.2.46-35.el7_9      updates", "Security: kernel-3 is an update"]  # fmt: skip
    found = NewerRpms().process(lines)
    assert found is not None
    assert {name: version for name, version in found.items() if "." not in name} == {
        "NetworkManager-config-server": "1:1.18.8-2.el7_9", "bash": "4.2.46-35.el7_9",
    }  # fmt: skip


def test_updates_of_zypper() -> None:
    lines = ["=", "<?xml version='1.0'?>", "<stream>", '<update-status version="0.6">', "<update-list>",
             '<update kind="package" name="demo" edition="1:2.0-1" arch="noarch" edition-old="1.0-1"><license/>',
             '<source url="file:/srv/repo" alias="small"/></update>', '<update kind="patch" name="p" edition="1"/>',
             "</update-list>", "</update-status>", "</stream>"]  # fmt: skip
    assert NewerRpms().process(lines) == {"demo": "1:2.0-1", "demo.noarch": "1:2.0-1"}
    assert NewerRpms().process([*lines[:2], "<stream></stream>"]) == {}
    assert NewerRpms().process(lines[:5]) is None


def test_nothing_to_do() -> None:
    assert NothingToDo().process(["Dependencies resolved.", "Nothing to do.", "Complete!"])
    assert not NothingToDo().process(["Package", "Operation aborted."])
    assert "dnf --assumeno install '@a;b'" in str(NothingToDo().command("dnf", "install", ["@a;b"]))
    assert "zypper --non-interactive remove --dry-run -- 'x*'" in str(NothingToDo().command("zypper", "remove", ["x*"]))


def test_what_provides() -> None:
    calls = [{"package": "mailer"}, {"package": "x"}]
    output = ["= 1", "\tmailer-a\t1-1", "", "\tmailer-b\t1-1", "\tmailer-b\t1-1", "= 2"]
    expected = [[["mailer-a", "1-1"], ["mailer-b", "1-1"]], []]
    assert RpmPackageProvides().batch_process(calls, output) == expected
    assert RpmPackageProvides().batch_process(calls, []) == [[], []]
    assert "'--whatprovides=a;b'" in str(RpmPackageProvides().command("a;b"))


REPOSITORIES = [
    "#pyinfra-filename:/etc/dnf/dnf.conf", "[main]", "gpgcheck=1",
    "#pyinfra-filename:/etc/yum.repos.d/b.repo", "[base]", "name = Base é", "baseurl=http://m.example/$releasever",
    "enabled=1", "gpgkey=file:///etc/one", "\tfile:///etc/two?a=b", "", "[other]", "baseurl=",
    "  http://n.example",
]  # fmt: skip


@pytest.mark.parametrize("fact", [DnfRepositories, YumRepositories, ZypperRepositories])
def test_repositories(fact: Any) -> None:
    where = "/etc/yum.repos.d/b.repo"
    assert fact().process(REPOSITORIES) == [
        {"repoid": "base", "name": "Base é", "filename": where, "baseurl": "http://m.example/$releasever",
         "enabled": "1", "gpgkey": "file:///etc/one file:///etc/two?a=b"},
        {"repoid": "other", "name": "other", "filename": where, "baseurl": "http://n.example"},
    ]  # fmt: skip


def test_repository_files(remote: Remote, tmp_path: Path) -> None:
    class Here(ZypperRepositories):
        directories = (str(tmp_path),)

    assert remote.read(Here) == []
    (tmp_path / "a.repo").write_text("[a]\n# pyinfra-filename:/x\n#pyinfra-filename:/y\nname=A\n")
    (tmp_path / "b b.repo").write_text("[b]\n;c\nname=B")
    (tmp_path / "c.repo.off").write_text("[c]\n")
    assert remote.read(Here) == [
        {"repoid": "a", "name": "A", "filename": f"{tmp_path}/a.repo"},
        {"repoid": "b", "name": "B", "filename": f"{tmp_path}/b b.repo"},
    ]


def test_modules_of_dnf_4() -> None:
    lines = ["= 4", " [nodejs]", " name=nodejs", " stream=20", " profiles=", " state=enabled", " ", " [php]",
             " stream=", " state=disabled", " [perl]", " stream=5", " state=", "= 0"]  # fmt: skip
    assert DnfEnabledModules().process(lines) == {"nodejs": "20"}
    assert DnfDisabledModules().process(lines) == ["php"]
    assert (DnfEnabledModules().process(["= 0"]), DnfDisabledModules().process(["= 0"])) == ({}, [])


def test_modules_of_dnf_5_after_its_documentation() -> None:
    lines = ["= 5", ' version = "1.0"', " [modules.nodejs]", ' enabled_stream = "20"', " installed_profiles = []",
             ' state = "Enabled"', " [modules.php]", ' state = "Disabled"', "= 0"]  # fmt: skip
    assert DnfEnabledModules().process(lines) == {"nodejs": "20"}
    assert DnfDisabledModules().process(lines) == ["php"]
    assert DnfEnabledModules().process(["= 5", " [[", "= 0"]) == {}


def test_a_table_of_modules() -> None:
    lines = ["Name    Stream  Profiles  Summary", "nodejs  18 [d]  common [d]  x", "nodejs  20 [e]  common  x",
             "php     8.1 [d][x]  common  x", "Hint: [d]efault, [e]nabled, [x]disabled, [i]nstalled"]  # fmt: skip
    assert DnfEnabledModules().process(lines) == {"nodejs": "20"}
    assert DnfDisabledModules().process(lines) == ["php"]


def test_keys(remote: Remote, tmp_path: Path) -> None:
    lines = KEY.splitlines()
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "page").write_text("<html>\n= 1\n")
    (tmp_path / "half").write_text("\n".join(lines[:6] + lines[-1:]))
    (tmp_path / "damaged").write_text(KEY.replace("mDME", "mDM?"))
    calls = [{"src": f"{tmp_path}/{name}"} for name in ("key", "page", "half", "damaged", "missing")]
    found = remote.read_all(RpmKeyFile, *calls)
    assert found == [[[fingerprint, "6b03f6ff"] for fingerprint in FINGERPRINTS], [], [], [], []]


@pytest.mark.parametrize(
    "fact",
    [RpmPackages, InstalledRpms, RpmPackage, RpmFile, RpmPackageProvides, NewerRpms, NothingToDo, DnfRepositories,
     DnfEnabledModules, DnfDisabledModules, RpmKeyFile],
)  # fmt: skip
@given(
    output=st.lists(
        st.text(alphabet="=0145 \t\n[]<>?xml-:.ea", max_size=20)
        | st.sampled_from(["= 1", "= 5", "= 4", " [a]", " state=", "=", "\ta\tb\tc", "\ta\tb", "<?xml version='1.0'?>",
                           *KEY.splitlines(), *(f" {line}" for line in KEY.splitlines())]),
        max_size=8,
    )
)  # fmt: skip
def test_any_output_gives_a_value_or_an_error(fact: Any, output: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(output)


@given(output=st.lists(st.sampled_from(["= 1", "= 1 2", "= 9", "\ta", "\t\ta\tb", "\t\ta", "\t", "x"]), max_size=8))
def test_any_output_about_providers_gives_values_or_an_error(output: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        InstalledProviders().batch_process([{"wanted": "a"}, {"wanted": "/b"}], output)
