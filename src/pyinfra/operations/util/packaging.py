"""What operations on packages share, for operations of other people; those here use ``pyinfra._lib.packages``."""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from pyinfra._lib.fetching import fetch, is_url
from pyinfra._lib.packages import Installed, Item, PackageManager, decide
from pyinfra._lib.packages.deciding import check_name
from pyinfra._lib.packages.ensuring import tell
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, WriteFileCommand
from pyinfra.api.host import Host
from pyinfra.api.state import State
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.facts.rpm import RpmPackage
from pyinfra.facts.util.packages import PackageInfo, PackageStatus
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.file import file
from pyinfra.operations._files.sources import Source
from pyinfra.operations._files.uploading import Upload
from pyinfra.operations._rpm.archive import ensure_archive

__all__ = [
    "File",
    "Host",
    "OperationValueError",
    "PackageInfo",
    "PackageStatus",
    "PkgInfo",
    "QuoteString",
    "RpmPackage",
    "State",
    "StringCommand",
    "default_inst_vers_format_fn",
    "ensure_packages",
    "ensure_rpm",
    "ensure_yum_repo",
    "logger",
]

logger = logging.getLogger("pyinfra")

Commands = Generator[StringCommand | WriteFileCommand, None, None]
Words = str | StringCommand

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:/{1,3}\S|/)\S*\Z")


def default_inst_vers_format_fn(name: str, operator: str, version: str) -> str:
    """Return how a package manager is told a package with its version.

    Args:
        name: of the package.
        operator: what stands between them: ``==``.
        version: the version.

    Example:
        >>> default_inst_vers_format_fn("a", "==", "1.2")
        'a==1.2'
    """
    return f"{name}{operator}{version}"


class PkgInfo(NamedTuple):
    """A package that is asked for.

    Attributes:
        name: its name.
        version: the version that it shall have; empty when any will do.
        operator: what stands between them.
        url: where it comes from, if that is told.
        inst_vers_format_fn: makes the text that a package manager is given.
    """

    name: str
    version: str = ""
    operator: str = ""
    url: str = ""
    inst_vers_format_fn: Callable[[str, str, str], str] = default_inst_vers_format_fn

    @property
    def lkup_name(self) -> str | list[str]:
        """The name; with the version, if there is one, as a list."""
        return [self.name, self.version] if self.has_version else self.name

    @property
    def has_version(self) -> bool:
        """Whether a version is asked for."""
        return self.version != ""

    @property
    def inst_vers(self) -> str:
        """The text that a package manager is given."""
        if self.url:
            return f"{self.name} @ {self.url}" if self.name else self.url
        if self.has_version or self.inst_vers_format_fn is not default_inst_vers_format_fn:
            return self.inst_vers_format_fn(self.name, self.operator, self.version)
        return self.name

    @classmethod
    def from_possible_pair(cls, s: str, join: str | None) -> PkgInfo:
        """Take a text apart.

        Args:
            s: a name, perhaps with a version.
            join: what stands between them, the last one counts; None where there are no versions.
        """
        name, operator, version = s.rpartition(join) if join else ("", "", "")
        return cls(name, version, operator) if name and version else cls(s)

    @classmethod
    def from_pep508(cls, s: str) -> PkgInfo | None:
        """Take a requirement of Python apart: ``requests==2.32``, ``app @ https://example.org/app.whl``.

        What it does not understand, or has more than one condition, is a name as a whole; a warning says so.

        Args:
            s: the requirement.
        """
        try:
            found = Requirement(s)
        except InvalidRequirement as error:
            logger.warning("%s is taken for a name: %s", s, str(error).splitlines()[0])
            return cls(s)
        specifiers = list(found.specifier)
        if len(specifiers) > 1:
            logger.warning("%s is taken for a name: it has several conditions", s)
            return cls(s)
        extras = f"[{','.join(sorted(found.extras))}]" if found.extras else ""
        version, operator = (specifiers[0].version, specifiers[0].operator) if specifiers else ("", "")
        if not extras:
            return cls(found.name, version, operator, found.url or "")

        def with_extras(name: str, operator: str, version: str) -> str:
            return f"{name}{extras}{operator}{version}"

        return cls(found.name, version, operator, found.url or "", with_extras)


def ensure_packages(
    host: Host,
    packages_to_ensure: str | list[str] | list[PkgInfo] | None,
    current_packages: dict[str, set[str]] | dict[str, PackageInfo],
    present: bool,
    install_command: str | StringCommand,
    uninstall_command: str | StringCommand,
    latest: bool = False,
    upgrade_command: str | StringCommand | None = None,
    version_join: str | None = None,
    expand_package_fact: Callable[[str], list[str | list[str]]] | None = None,
    expand_match_any: bool = False,
) -> Generator[StringCommand, None, None]:
    """Yield what makes packages be installed, or not.

    Args:
        host: where.
        packages_to_ensure: names, perhaps with versions.
        current_packages: what is installed.
        present: whether they shall be installed.
        install_command: command that installs; names are put at its end.
        uninstall_command: command that removes.
        latest: upgrade those that are installed and named without a version.
        upgrade_command: command that upgrades.
        version_join: what stands between name and version.
        expand_package_fact: returns what a name stands for: names, or names with a version as lists.
        expand_match_any: any of those will do, instead of all of them.
    """
    given = [packages_to_ensure] if isinstance(packages_to_ensure, str) else list(packages_to_ensure or [])
    items = [_item(one, version_join) for one in given]
    installed, upgradeable = _installed(current_packages)
    if expand_package_fact is not None:
        installed = {**installed, **_expanded(items, installed, expand_package_fact, expand_match_any or not present)}
    newer = upgradeable if latest and upgrade_command is not None else ()
    decision = decide(items, installed, present, newer)
    for items_to, command in (
        (decision.install, install_command),
        (decision.upgrade, upgrade_command),
        (decision.remove, uninstall_command),
    ):
        if items_to and command is not None:
            yield StringCommand(command, *(QuoteString(item.text) for item in items_to))
    for item in decision.right:
        host.noop(_note(item, installed, current_packages, present))
    tell(decision, installed)


def _item(given: Any, join: str | None) -> Item:
    if isinstance(given, str):
        check_name("".join(given.split()))  # names of other managers may hold blanks
        given = PkgInfo.from_possible_pair(given, join)
    if not isinstance(given, PkgInfo):
        raise OperationTypeError(f"a package is a text, not {given!r}", argument="packages")
    return Item(given.name, given.version or None, given.inst_vers)


def _installed(current: Mapping[str, Any]) -> tuple[Installed, set[str]]:
    """Versions by name, and what may be upgraded."""
    versions: dict[str, set[str]] = {}
    upgradeable: set[str] = set()
    for name, found in current.items():
        is_info = isinstance(found, PackageInfo)
        versions[name] = set(found.installed_versions if is_info else found or ())
        if not is_info or found.status is PackageStatus.UPGRADEABLE:
            upgradeable.add(name)
    return versions, upgradeable


def _expanded(
    items: Iterable[Item],
    installed: Installed,
    expand: Callable[[str], list[str | list[str]]],
    any_will_do: bool,
) -> dict[str, set[str]]:
    """Names that stand for others which are installed."""
    found: dict[str, set[str]] = {}
    for item in items:
        if item.name in installed:
            continue
        there = [_has(installed, one) for one in expand(item.name)]
        if there and (any(there) if any_will_do else all(there)):
            found[item.name] = {item.version} if item.version else set()
    return found


def _has(installed: Installed, wanted: str | Sequence[str]) -> bool:
    name, *versions = [wanted] if isinstance(wanted, str) else wanted
    return name in installed and (not versions or versions[0] in (installed[name] or ()))


def _note(item: Item, installed: Installed, current: Mapping[str, Any], present: bool) -> str:
    if not present:
        return f"package {item.text} is not installed"
    found = current.get(item.name)
    if isinstance(found, PackageInfo) and found.status is PackageStatus.HELD:
        return f"package {item.text} is held back"
    versions = ", ".join(sorted(installed.get(item.name) or ()))
    return f"package {item.text} is installed{f' ({versions})' if versions else ''}"


def ensure_rpm(
    state: State, host: Host, source: str, present: bool, package_manager_command: str
) -> Generator[StringCommand, None, None]:
    """Yield what makes the package in an ``.rpm`` file be installed in that version, or not be installed.

    Args:
        state: of the run.
        host: where.
        source: path of the file on the host, or an address.
        present: whether the package shall be installed.
        package_manager_command: what removes packages: ``dnf``.

    Raises:
        OperationValueError: ``source`` is neither a path nor an address.
        OperationError: it cannot be found out which package shall not be there.
    """
    manager = PackageManager(
        program=package_manager_command,
        install=f"{package_manager_command} install -y",
        remove=f"{package_manager_command} remove -y",
    )
    yield from ensure_archive(manager, source, present)


def ensure_yum_repo(
    host: Host,
    name_or_url: str,
    baseurl: str | None,
    present: bool,
    description: str | None,
    enabled: bool,
    gpgcheck: bool,
    gpgkey: str | None,
    repo_directory: str = "/etc/yum.repos.d/",
    type_: str | None = None,
) -> Commands:
    """Yield what makes a repository of rpm packages be there, or not.

    Args:
        host: where.
        name_or_url: its name, or the address of a ``.repo`` file.
        baseurl: where it is.
        present: whether it shall be there.
        description: what people call it.
        enabled: whether packages come from it.
        gpgcheck: whether they have to be signed.
        gpgkey: addresses or paths of the keys.
        repo_directory: directory with ``.repo`` files.
        type_: for zypper.

    Raises:
        OperationValueError: ``baseurl`` is missing, or a key is no address.
    """
    from_url = is_url(name_or_url)
    name = posixpath.basename(name_or_url).removesuffix(".repo") if from_url else name_or_url
    if not name or "/" in name or any(ord(character) < 32 for character in name):
        raise OperationValueError(f"{name_or_url!r} cannot name a repository", argument="src")
    path = posixpath.join(repo_directory, f"{name}.repo")
    if not present:
        yield from file._inner(path=path, present=False)
    elif from_url:
        if host.get_fact(File, path=path):
            host.noop(f"repository {name} is there")
            return
        yield StringCommand("t=$(mktemp) && { ", fetch(name_or_url, "$t"), '\n} && chmod 644 "$t" && mv -f "$t" ',
                            path_word(path), ' || { rm -f "$t"; exit 1; }', _separator="")  # fmt: skip
    else:
        text = _repo_text(name, baseurl, description, enabled, gpgcheck, gpgkey, type_)
        yield from Upload(Source(StringIO(text), None), path, Attributes.checked(None, None, "644")).commands()


def _repo_text(
    name: str, baseurl: str | None, description: str | None, enabled: bool, gpgcheck: bool, gpgkey: str | None,
    type_: str | None,
) -> str:  # fmt: skip
    if not baseurl:
        raise OperationValueError("baseurl is missing: where the repository is", argument="baseurl")
    for key in (gpgkey or "").split():
        if not _KEY.match(key):
            raise OperationValueError(f"gpgkey {key!r} is neither an address nor a path", argument="gpgkey")
    settings = {
        "name": description or name, "baseurl": baseurl, "enabled": int(bool(enabled)), "gpgcheck": int(bool(gpgcheck)),
        "type": type_, "gpgkey": gpgkey or None,
    }  # fmt: skip
    if any("\n" in str(value) for value in settings.values()):
        raise OperationValueError("a setting of a repository is one line", argument="baseurl")
    lines = [f"{key}={value}" for key, value in settings.items() if value is not None]
    return "\n".join([f"[{name}]", *lines]) + "\n"
