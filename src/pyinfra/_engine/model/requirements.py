"""Checks that this version and the installed packages are the ones that a deploy asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyinfra._core.errors import PyinfraError

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_COMMENT = re.compile(r"(^|\s)#.*$")


def check_pyinfra_version(specifier: str) -> None:
    """Raise ``PyinfraError`` unless this version meets a version specifier (``">=3,<4"``)."""
    if not specifier:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from pyinfra.version import __version__

    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier as error:
        raise PyinfraError(f"REQUIRE_PYINFRA_VERSION is no version specifier: {specifier!r}") from error
    if not wanted.contains(__version__, prereleases=True):
        raise PyinfraError(f"pyinfra {specifier} is required, this is {__version__}")


def check_require_packages(requirements: str | Iterable[str] | None, directory: str | None = None) -> None:
    """Raise ``PyinfraError`` unless packages, and what they depend on, are installed in the versions asked for.

    Args:
        requirements: requirements, or the path of a file with one in each line.
        directory: where a relative path begins; the working directory by default.
    """
    if not requirements:
        return
    from packaging.requirements import InvalidRequirement, Requirement

    texts = _read_file(Path(directory or "") / requirements) if isinstance(requirements, str) else requirements
    seen: set[str] = set()
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise PyinfraError(f"REQUIRE_PACKAGES: {text!r} is no requirement: {error}") from error
        _check(requirement, "", seen)


def _read_file(path: Path) -> Iterator[str]:
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PyinfraError(f"REQUIRE_PACKAGES: {path} cannot be read: {error.strerror or error}") from error
    for line in content.replace("\\\n", " ").splitlines():
        text = _COMMENT.sub("", line).strip()
        if text.startswith(("-r ", "--requirement ")):
            yield from _read_file(path.parent / text.split(None, 1)[1])
        elif text and not text.startswith("-"):  # other options are about where to install from
            yield re.split(r"\s--\w", text, maxsplit=1)[0]  # and so are those of one requirement (--hash)


def _check(requirement: Requirement, wanted_by: str, seen: set[str], extra: str = "") -> None:
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
        return
    key = str(requirement).lower()
    if key in seen:
        return
    seen.add(key)
    because = f" (for {wanted_by})" if wanted_by else ""
    from importlib import metadata

    try:
        distribution = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        raise PyinfraError(f"the package {requirement} is required{because}, and not installed") from None
    if not requirement.specifier.contains(distribution.version, prereleases=True):
        raise PyinfraError(
            f"the package {requirement} is required{because}, the installed version is {distribution.version}"
        )
    from packaging.requirements import Requirement as Parse

    for text in distribution.requires or ():
        for chosen in ("", *requirement.extras):
            _check(Parse(text), requirement.name, seen, chosen)
