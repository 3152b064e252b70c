"""dnf, zypper and rpm on lab hosts, small packages for them, and a repository of those inside of the hosts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.lab import Host

from . import small_languages

FOLDER = "/opt/rpms"  # all packages
OFFERED = "/opt/offered"  # the repository

_SPEC = """Name: {name}
Version: {version}
Release: 1
Summary: a test
License: x
BuildArch: noarch
{more}
%description
a test
%install
mkdir -p %{{buildroot}}/usr/share/{name}
echo '{version}' >%{{buildroot}}/usr/share/{name}/version
%files
/usr/share/{name}
"""

_SETTINGS = "[small]\nname=small\nbaseurl=file://{offered}\nenabled=1\ngpgcheck={check}\n{more}\n"


def install(host: Host, folder: Path) -> None:
    """Put dnf, yum (by which name current systems call dnf), zypper and rpm on a host. Skips the test without them.

    Args:
        host: a Debian host with room for them.
        folder: where to keep what is fetched.
    """
    small_languages.install(host, folder, "dnf", "zypper", "rpm", "createrepo-c", "gnupg", "curl")
    # Debian keeps a database for each user, and zypper one more.
    host.sh("mkdir -p /etc/rpm /etc/yum.repos.d /etc/zypp/repos.d; echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros; "
            "ln -s dnf /usr/bin/yum; rpm --initdb")  # fmt: skip


def build(host: Host, packages: Iterable[tuple[str, str, str]]) -> None:
    """Make packages on a host.

    Args:
        host: one with rpmbuild.
        packages: names, versions, and more lines of their spec files: ``"Provides: mailer"``.
    """
    specs = host.root / "tmp/specs"
    specs.mkdir(exist_ok=True)
    names = []
    for number, (name, version, more) in enumerate(packages):
        (specs / f"{number}.spec").write_text(_SPEC.format(name=name, version=version, more=more))
        names.append(f"/tmp/specs/{number}.spec")
    host.sh(f"for s in {' '.join(names)}; do rpmbuild -bb --quiet --define '_rpmdir {FOLDER}' --define '_rpmfilename "
            f"%{{NAME}}-%{{VERSION}}-%{{RELEASE}}.%{{ARCH}}.rpm' --define '_topdir /tmp/top' $s 2>/tmp/log || "
            f"{{ cat /tmp/log >&2; exit 1; }}; done; rm -rf /tmp/specs /tmp/top")  # fmt: skip


def publish(host: Host, *files: str, check: bool = False) -> None:
    """Have a repository inside of a host offer packages, and nothing else.

    Args:
        host: where they were made.
        files: names of packages with their versions: ``demo-1.0-1``.
        check: whether they have to be signed.
    """
    paths = " ".join(f"{FOLDER}/{name}.noarch.rpm" for name in files)
    # what was fetched a moment ago would be good enough for both
    host.sh("rm -rf /var/cache/dnf /var/cache/zypp")
    host.sh(f"rm -rf {OFFERED}; mkdir {OFFERED}; cp {paths} {OFFERED}; createrepo_c -q {OFFERED}")
    for folder, more in (("yum.repos.d", "metadata_expire=0"), ("zypp/repos.d", "autorefresh=1")):
        text = _SETTINGS.format(offered=OFFERED, check=int(check), more=more)
        (host.root / f"etc/{folder}/small.repo").write_text(text)


def versions(host: Host) -> dict[str, str]:
    """What rpm says is installed, besides keys and the package that is always there."""
    listed = host.sh("rpm -qa --queryformat '%{NAME} %{EVR}\\n'").splitlines()
    return {
        name: version for name, version in (line.split() for line in listed) if name not in ("gpg-pubkey", "keeper")
    }
