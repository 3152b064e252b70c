"""dnf, yum and zypper: what their operations yield; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._rpm.archives import RpmFile
from pyinfra.facts._rpm.installed import InstalledProviders, InstalledRpms, Provider
from pyinfra.facts._rpm.keys import RpmKeyFile
from pyinfra.facts._rpm.offered import NewerRpms, NothingToDo
from pyinfra.facts.dnf import DnfDisabledModules, DnfEnabledModules
from pyinfra.facts.files import File
from pyinfra.operations import dnf, yum, zypper

from .stub import commands_of

FACTS: dict[Any, Any] = {
    InstalledRpms: {
        "versions": {
            "vim-enhanced": {"9.0-1.el9"}, "nginx": {"1:1.22.1-3.el9"}, "kernel": {"5-1", "5-2"}, "glibc": {"2.34-1"},
            "soon": None, "gpg-pubkey": {"3feba00c-6b03f65a"}, "php-cli": {"8-1"}, "php-xml": {"8-1"},
        },
        "architectures": {"glibc": {"i686", "x86_64"}, "nginx": {"x86_64"}},
    },
    (InstalledProviders, "vi"): [Provider("vim-enhanced", None)],
    (InstalledProviders, "mailer"): [Provider("nginx", "3"), Provider("glibc", "4"), Provider("gone", "5")],
    NewerRpms: {"nginx": "1:1.24-1.el9", "kernel": "5-3", "unrelated": "2-1"},
    (RpmFile, "https://x.example/app.rpm"): {"name": "app", "version": "1-1"},
    (RpmFile, "/opt/nginx.rpm"): {"name": "nginx", "version": "1:1.22.1-3.el9"},
    (RpmFile, "/opt/new.rpm"): {"name": "nginx", "version": "1:1.24-1.el9"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["nginx", "vi", "vim-enhanced", "glibc.i686", "nginx.x86_64", "soon"]}, []),
        ({"packages": ["nginx=1.22.1", "nginx-1.22.1-3.el9", "nginx-1:1.22.1-3.el9.x86_64"]}, []),
        ({"packages": ["nginx=1.*", "nginx>=1:1"]}, []),
        ({"packages": ["mailer=3", "mailer>=4", ["nothing", "vi"]]}, []),
        ({"packages": ["mailer=5", "nginx=1.24", "nginx>2:0", "a;b"]},
         ["dnf install -y mailer-5 nginx-1.24 'nginx > 2:0' 'a;b'"]),
        ({"packages": ["nginx-1.24", "glibc.aarch64"]}, ["dnf install -y nginx-1.24 glibc.aarch64"]),
        ({"packages": ["a"], "nobest": True, "extra_install_args": "--setopt=x=1 -q"},
         ["dnf install -y --nobest --setopt=x=1 -q a"]),
        ({"packages": ["nginx", "nginx=1.22.1", "vi", "kernel", "new"], "latest": True},
         ["dnf install -y new", "dnf update -y nginx kernel"]),
        ({"packages": ["nginx", "vi", "nothing"], "present": False}, ["dnf remove -y nginx vim-enhanced"]),
        ({"packages": ["mailer", "kernel=5-1"], "present": False}, ["dnf remove -y nginx glibc kernel-5-1"]),
        ({"packages": ["nginx=1.22.1", "nginx=1.0", "kernel=6"], "present": False, "extra_uninstall_args": "-q"},
         ["dnf remove -y -q nginx"]),
        ({"packages": ["php-*"], "present": False}, ["dnf remove -y php-cli php-xml"]),
        ({"packages": ["php-*", "@web server".replace(" ", "-")]}, ["dnf install -y 'php-*' @web-server"]),
        ({"packages": ["https://x.example/app.rpm", "/opt/nginx.rpm"]}, ["dnf install -y https://x.example/app.rpm"]),
        ({"packages": ["https://x.example/app.rpm", "/opt/nginx.rpm"], "present": False}, ["dnf remove -y nginx"]),
        ({"packages": ["nginx"], "update": True, "clean": True}, ["dnf clean all", "dnf update -y"]),
        ({"packages": ["nginx=1.24"], "update": True}, ["dnf update -y"]),
        ({"packages": ["nginx=1.22.1"], "update": True}, ["dnf update -y", "dnf install -y nginx-1.22.1"]),
    ],
)  # fmt: skip
def test_packages_of_dnf(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(dnf.packages, FACTS, **arguments) == expected


def test_packages_of_yum() -> None:
    assert commands_of(yum.packages, FACTS, packages=["vi", "a=1"]) == ["yum install -y a-1"]
    assert commands_of(yum.packages, FACTS, packages="nginx", latest=True, clean=True) == [
        "yum clean all", "yum update -y nginx",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"packages": ["vi", "nginx=1:1.22.1"]}, []),
        ({"packages": ["a", "b>=1"]}, ["zypper --non-interactive --gpg-auto-import-keys install -y a 'b>=1'"]),
        ({"packages": ["nginx=1.20"]},
         ["zypper --non-interactive --gpg-auto-import-keys install -y --oldpackage nginx=1.20"]),
        ({"packages": ["nginx-1.20"]},
         ["zypper --non-interactive --gpg-auto-import-keys install -y --oldpackage nginx-1.20"]),
        ({"packages": "a", "extra_global_install_args": "--root /x", "extra_install_args": "--recommends"},
         ["zypper --root /x --non-interactive --gpg-auto-import-keys install -y --recommends a"]),
        ({"packages": ["kernel=5-1"], "present": False, "extra_global_uninstall_args": "--root /x",
          "extra_uninstall_args": "--clean-deps"},
         ["zypper --root /x --non-interactive remove -y --clean-deps kernel=5-1"]),
        ({"packages": "nginx", "latest": True, "clean": True},
         ["zypper clean --all", "zypper --non-interactive --gpg-auto-import-keys update -y nginx"]),
        ({"packages": "pattern:devel_C_C++"},
         ["zypper --non-interactive --gpg-auto-import-keys install -y pattern:devel_C_C++"]),
    ],
)  # fmt: skip
def test_packages_of_zypper(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(zypper.packages, FACTS, **arguments) == expected


def test_what_only_the_package_manager_can_say() -> None:
    facts = {
        **FACTS,
        (NothingToDo, "dnf", "install", ("php-*",)): True,
        (NothingToDo, "dnf", "remove", ("@web",)): True,
    }
    assert commands_of(dnf.packages, facts, packages=["php-*", "@web"]) == ["dnf install -y @web"]
    assert commands_of(dnf.packages, facts, packages="@web", present=False) == []
    assert commands_of(dnf.packages, facts, packages="@other", present=False) == ["dnf remove -y @other"]


@pytest.mark.parametrize("operation", [dnf.update, yum.update, zypper.update])
def test_upgrading_everything(operation: Any) -> None:
    (command,) = commands_of(operation, FACTS)
    assert command.endswith("update -y")
    assert commands_of(operation, {**FACTS, NewerRpms: None}) == [command], "nobody knows"
    assert commands_of(operation, {**FACTS, NewerRpms: {"unrelated": "1-1", "glibc": "2.34-1"}}) == []


@pytest.mark.parametrize("bad", ["-y", "", "a b", "!a", "+a", "~a", "a\n", "a\0", 1, None, []])
@pytest.mark.parametrize("operation", [dnf.packages, yum.packages, zypper.packages])
def test_no_names(operation: Any, bad: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, FACTS, packages=[bad])
    assert caught.value.details.argument == "packages"


def test_no_options() -> None:
    with pytest.raises(OperationTypeError):
        commands_of(dnf.packages, FACTS, packages="a", extra_install_args=["-q"])
    with pytest.raises(OperationTypeError):
        commands_of(zypper.packages, FACTS, packages="a", extra_global_install_args=1)


# -- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"src": "/opt/nginx.rpm"}, []),
        ({"src": "/opt/new.rpm"}, ["rpm -U --oldpackage /opt/new.rpm"]),
        ({"src": "/opt/not here.rpm"}, ["rpm -i '/opt/not here.rpm'"]),
        ({"src": "-e.rpm"}, ["rpm -i ./-e.rpm"]),
        ({"src": "/opt/new.rpm", "present": False}, ["yum remove -y nginx"]),
        ({"src": "/x/other-1-1.noarch.rpm", "present": False}, []),
        ({"src": "/x/glibc-1-1.noarch.rpm", "present": False}, ["yum remove -y glibc"]),
        ({"src": "/x/glibc-2.34-1.x86_64.rpm"}, []),
    ],
)
def test_files(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(yum.rpm, FACTS, **arguments) == expected


def test_a_file_somewhere_else() -> None:
    (command,) = commands_of(dnf.rpm, FACTS, src="https://x.example/app.rpm")
    assert command.endswith('&& rpm -i "$d/package.rpm"')
    assert "curl -sSLf https://x.example/app.rpm -o" in command


def test_no_files() -> None:
    for bad in ("", "a\nb", "/opt/", "a\0", "/opt/*.rpm", "https://x y/a.rpm"):
        with pytest.raises(OperationValueError):
            commands_of(dnf.rpm, FACTS, src=bad)
    with pytest.raises(OperationTypeError):
        commands_of(dnf.rpm, FACTS, src=None)
    with pytest.raises(OperationError, match="nobody knows"):
        commands_of(zypper.rpm, FACTS, src="/opt/unknown.rpm", present=False)


# -- keys ----------------------------------------------------------------------------------

KNOWN = ["ac260d2314f0faf2846edb7b1e9ef2263feba00c", "6b03f65a"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([KNOWN], []),
        ([], ["rpm --import /k"]),
        ([KNOWN, [KNOWN[0], "6b03f65b"]], ["rpm --import /k"]),
        ([[KNOWN[0][:-1] + "d", KNOWN[1]]], ["rpm --import /k"]),
    ],
)
def test_keys(keys: list[list[str]], expected: list[str]) -> None:
    assert commands_of(dnf.key, {**FACTS, RpmKeyFile: keys}, src="/k") == expected


def test_keys_of_rpm_6_after_its_documentation() -> None:
    rpms = {"versions": {"gpg-pubkey": {f"{KNOWN[0]}-{KNOWN[1]}"}}, "architectures": {}}
    assert commands_of(yum.key, {InstalledRpms: rpms, RpmKeyFile: [KNOWN]}, src="/k") == []


def test_no_keys() -> None:
    for bad in ("", "a\nb", None, "https://x -o /etc/passwd"):
        with pytest.raises((OperationValueError, OperationTypeError)):
            commands_of(dnf.key, FACTS, src=bad)
    assert commands_of(dnf.key, FACTS, src="-k; x") == ["rpm --import './-k; x'"]
    assert vars(zypper)["yum_key"] is yum.key
    assert commands_of(zypper.key, FACTS, src="/k") == ["rpm --import /k"]


# -- repositories --------------------------------------------------------------------------


def content(operation: Any, **arguments: Any) -> str:
    from pyinfra.context import ctx_host

    from .stub import StubHost

    with ctx_host.use(StubHost({(File, "/etc/yum.repos.d"): False})):
        (command,) = [one for one in operation._inner(**arguments) if hasattr(one, "src")]
    return str(command.src.getvalue())


def test_files_of_repositories() -> None:
    assert content(dnf.repo, src="a", baseurl="https://x/$releasever", gpgkey="/k https://x/k", description="é") == (
        "[a]\nname=é\nbaseurl=https://x/$releasever\nenabled=1\ngpgcheck=1\ngpgkey=/k https://x/k\n"
    )
    assert content(zypper.repo, src="a", baseurl="dir:/srv", enabled=False, gpgcheck=False) == (
        "[a]\nname=a\nbaseurl=dir:/srv\nenabled=0\ngpgcheck=0\ntype=rpm-md\n"
    )
    assert "type" not in content(zypper.repo, src="a", baseurl="dir:/srv", type=None)


def test_repositories_at_addresses() -> None:
    (command,) = commands_of(yum.repo, {}, src="https://x.example/a.repo?b=/c")
    assert "mv -f /etc/yum.repos.d/a.repo.new /etc/yum.repos.d/a.repo" in command
    assert commands_of(yum.repo, {File: {"mode": 644}}, src="https://x.example/a.repo") == []
    with pytest.raises(OperationError, match="not a file"):
        commands_of(yum.repo, {File: False}, src="https://x.example/a.repo")
    assert commands_of(zypper.repo, {File: {"mode": 644}}, src="a", present=False) == ["rm -f /etc/zypp/repos.d/a.repo"]


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("src", {"src": "", "baseurl": "https://x"}),
        ("src", {"src": "a/b", "baseurl": "https://x"}),
        ("src", {"src": "a]b", "baseurl": "https://x"}),
        ("src", {"src": "-a", "baseurl": "https://x"}),
        ("src", {"src": "a\n", "baseurl": "https://x"}),
        ("src", {"src": "https://x/", "baseurl": "https://x"}),
        ("src", {"src": None, "baseurl": "https://x"}),
        ("baseurl", {"src": "a"}),
        ("baseurl", {"src": "a", "baseurl": "x.example"}),
        ("baseurl", {"src": "a", "baseurl": "https://x\r[b]"}),
        ("baseurl", {"src": "a", "baseurl": 1}),
        ("gpgkey", {"src": "a", "baseurl": "https://x", "gpgkey": "https://x/k k"}),
        ("description", {"src": "a", "baseurl": "https://x", "description": "a\nenabled=0"}),
    ],
)
@pytest.mark.parametrize("operation", [dnf.repo, zypper.repo])
def test_no_repositories(operation: Any, argument: str, arguments: dict[str, Any]) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, {}, **arguments)
    assert caught.value.details.argument == argument


# -- modules -------------------------------------------------------------------------------

MODULES: dict[Any, Any] = {DnfEnabledModules: {"nodejs": "18"}, DnfDisabledModules: ["php"]}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"module": "nodejs", "stream": "18"}, []),
        ({"module": "nodejs", "stream": "20"}, ["dnf module reset -y nodejs", "dnf module enable -y nodejs:20"]),
        ({"module": "php", "stream": "8"}, ["dnf module enable -y php:8"]),
        ({"module": "php", "enabled": False}, []),
        ({"module": "nodejs", "enabled": False}, ["dnf module disable -y nodejs"]),
    ],
)
def test_modules(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(dnf.module, MODULES, **arguments) == expected


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("stream", {"module": "nodejs"}),
        ("stream", {"module": "nodejs", "stream": "a:b"}),
        ("stream", {"module": "nodejs", "stream": 20}),
        ("module", {"module": "-y", "stream": "20"}),
        ("module", {"module": "", "enabled": False}),
    ],
)
def test_no_modules(argument: str, arguments: dict[str, Any]) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(dnf.module, MODULES, **arguments)
    assert caught.value.details.argument == argument
