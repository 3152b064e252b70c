"""npm."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable
from dataclasses import replace

from pyinfra._lib.packages.newest import touched
from pyinfra._lib.packages.semver import within
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import Resource, named, tree

from .listing import PackageVersions, by_pattern
from .managers import PackageManager

# What "npm list" draws for people: "├── @scope/name@1.2.3 -> ./where", without UTF-8 "+-- name@1.2.3 extraneous".
NPM_REGEX = r"^[├└+`][─-]+[┬]? (?!UNMET )(@?[^@\s]+)@(\S+)"


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``npm list`` prints, with ``--json`` or without; what is only asked for is not there."""
    texts = list(lines)
    if not (texts and texts[0].startswith("{")):
        return by_pattern(NPM_REGEX)(texts)
    found = json.loads("\n".join(texts))
    if found.get("error", {}).get("code") not in (None, "ELSPROBLEMS"):  # that one says that something is missing
        raise ValueError(found["error"].get("summary"))
    listed = found.get("dependencies", {})
    return {name: {told["version"]} for name, told in listed.items() if isinstance(told.get("version"), str)}


def npm(directory: str | None = None) -> PackageManager:
    """Return how packages are managed with npm.

    Args:
        directory: the project whose packages these are; None for those of everybody.
    """
    absolute = directory is not None and directory.startswith("/")
    where = tree(posixpath.normpath(directory) if directory and absolute else "/")
    resource: Resource = named("npm packages") if directory is None else where
    verbs = {verb: _command(verb, directory) for verb in ("install", "update", "uninstall")}
    manager = PackageManager(program="npm", parse=parse_list, install=verbs["install"], upgrade=verbs["update"],
                             remove=verbs["uninstall"], version_join="@", same_version=within)  # fmt: skip
    return replace(manager, resource=resource, touches=touched(resource) if directory is None else (resource,))


def _command(verb: str, directory: str | None) -> StringCommand:
    if directory is None:
        return StringCommand(f"npm {verb} -g")
    place: QuoteString | StringCommand = QuoteString(directory if directory[0] != "-" else f"./{directory}")
    if directory.startswith("~/"):
        place = StringCommand("~/", QuoteString(directory[2:]), _separator="")
    return StringCommand("cd", place, f"&& npm {verb}")
