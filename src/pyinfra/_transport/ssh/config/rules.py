"""Which lines of the configuration apply to a host: ``Host``, ``Match``, ``Include``, and the first value wins."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from .syntax import Block, Directive, blocks, matches_any, matches_list, parse_file
from .tokens import Tokens, local_user

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 16
SYSTEM_CONFIG = Path("/etc/ssh/ssh_config")
# Every line of these counts, not only the first.
REPEATED = frozenset({"identityfile", "certificatefile", "sendenv"})
_TIMES = frozenset({"connecttimeout", "serveraliveinterval"})
# What only the OpenSSH client itself can decide.
NEEDS_OPENSSH = frozenset({"localnetwork", "tagged", "sessiontype", "command", "version"})


class NeedsOpenSSH(Exception):
    """The configuration of this host holds something that only ``ssh -G`` can evaluate."""


@dataclass(slots=True)
class Target:
    """The host that is looked for, as the user named it, and what was given outside of the configuration."""

    host: str
    user: str | None = None
    port: int | None = None


class ConfigFiles:
    """Configuration files and the answers of ``Match exec``, each read or asked once per run."""

    def __init__(self) -> None:
        self._files: dict[Path, tuple[Block, ...]] = {}
        self._answers: dict[str, bool] = {}

    def blocks(self, path: Path) -> tuple[Block, ...]:
        """Return the blocks of a file."""
        if path not in self._files:
            self._files[path] = blocks(parse_file(path))
        return self._files[path]

    def succeeds(self, command: str) -> bool:
        """Run a ``Match exec`` command with the user's shell, as ssh does; return whether its status is 0."""
        if command not in self._answers:
            self._answers[command] = _run_quietly(command)
        return self._answers[command]


def _run_quietly(command: str) -> bool:
    shell = os.environ.get("SHELL") or "/bin/sh"
    try:
        done = subprocess.run(
            [shell, "-c", command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    return done.returncode == 0


@dataclass(slots=True)
class RawValues:
    """The values that apply, by lower-case keyword, each with the line it comes from."""

    single: dict[str, Directive] = field(default_factory=dict)
    repeated: dict[str, list[Directive]] = field(default_factory=dict)

    def add(self, directive: Directive) -> None:
        """Take a value unless an earlier line gave one."""
        keyword = directive.keyword
        if keyword in REPEATED:
            lines = self.repeated.setdefault(keyword, [])
            if not any(line.arguments == directive.arguments for line in lines):
                lines.append(directive)
            return
        if keyword == "proxyjump" and "proxycommand" in self.single:
            return  # whichever comes first wins over the other as well
        if keyword == "proxycommand" and (self.text("proxyjump") or "none").lower() != "none":
            return
        if keyword in _TIMES and directive.arguments[:1] == ("none",):
            return  # as ssh: it says nothing, and a later line still counts
        self.single.setdefault(keyword, directive)

    def text(self, keyword: str) -> str | None:
        """Return the first argument of a keyword, if there is one."""
        directive = self.single.get(keyword)
        return directive.arguments[0] if directive is not None and directive.arguments else None


class Evaluation:
    """One walk through the files for one host."""

    def __init__(self, files: ConfigFiles, target: Target) -> None:
        self._files = files
        self._target = target
        self._host = target.host  # what Host lines see; the resolved name in the final pass
        self._resolved: str | None = None  # the name to connect to, which the final pass cannot change
        self._final = False
        self.values = RawValues()
        self.wants_final_pass = False
        if target.user is not None:
            self.values.single["user"] = Directive("user", (target.user,), "", 0)
        if target.port is not None:
            self.values.single["port"] = Directive("port", (str(target.port),), "", 0)

    def run(self, paths: list[tuple[Path, Path]]) -> RawValues:
        """Apply the files, twice when one of them has a ``Match final`` block.

        Args:
            paths: each file with the folder that its ``Include`` lines start from.

        Raises:
            NeedsOpenSSH: when only ``ssh -G`` can tell what applies.
        """
        self._pass(paths)
        if (self.values.text("canonicalizehostname") or "no").lower() not in ("no", "false"):
            raise NeedsOpenSSH("CanonicalizeHostname")
        if self.wants_final_pass:
            self._resolved = self._host = self.hostname().lower()
            self._final = True
            self._pass(paths)
        return self.values

    def _pass(self, paths: list[tuple[Path, Path]]) -> None:
        for path, folder in paths:
            self._apply(path, folder, depth=0)

    def _apply(self, path: Path, folder: Path, *, depth: int) -> None:
        for block in self._files.blocks(path):
            if not self._is_for_us(block):
                continue
            for line in block.lines:
                if line.keyword == "include":
                    self._include(line, folder, depth=depth)
                elif not line.arguments:
                    raise line.fail(f"{line.keyword} has no value")
                else:
                    self.values.add(line)

    def _is_for_us(self, block: Block) -> bool:
        if block.names is not None:
            return self._host in block.names
        if block.head is None:
            return True
        if block.head.keyword == "match":
            return self._matches(block.head)
        return matches_any(self._host, block.head.arguments)

    def _include(self, directive: Directive, folder: Path, *, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise directive.fail("too many levels of Include")
        for pattern in directive.arguments:
            full = os.path.expanduser(pattern)  # noqa: PTH111 - glob wants text
            if not os.path.isabs(full):  # noqa: PTH117
                full = os.path.join(folder, full)  # noqa: PTH118
            for name in sorted(glob(full)):  # noqa: PTH207
                if not Path(name).is_dir():
                    self._apply(Path(name), folder, depth=depth + 1)

    def hostname(self) -> str:
        """Return the name to connect to as far as it is known."""
        if self._resolved is not None:
            return self._resolved
        value = self.values.text("hostname")
        if value is None:
            return self._target.host
        return Tokens({"h": self._target.host}).expand(value)

    def tokens(self) -> Tokens:
        """Return the ``%`` tokens as far as they are known."""
        return Tokens.of(
            original=self._target.host,
            hostname=self.hostname(),
            port=self.values.text("port") or "22",
            user=self.values.text("user") or local_user(),
            alias=self.values.text("hostkeyalias"),
        )

    def _matches(self, directive: Directive) -> bool:
        words = list(directive.arguments)
        if not words:
            raise directive.fail("Match has no criteria")
        result = True
        while words:
            criterion = words.pop(0).lower()
            negated = criterion.startswith("!")
            criterion = criterion.removeprefix("!")
            if criterion in ("all", "canonical", "final"):
                self.wants_final_pass = self.wants_final_pass or criterion == "final"
                holds = criterion == "all" or self._final
            elif not words:
                raise directive.fail(f"Match {criterion} has no argument")
            else:
                argument = words.pop(0)
                holds = result and self._criterion(directive, criterion)(argument)
            if holds == negated:
                result = False
        return result

    def _criterion(self, directive: Directive, criterion: str) -> Callable[[str], bool]:
        checks: dict[str, Callable[[str], bool]] = {
            "host": lambda text: matches_list(self.match_host(), text.lower()),
            "originalhost": lambda text: matches_list(self._target.host.lower(), text.lower()),
            "user": lambda text: matches_list(self.values.text("user") or local_user(), text),
            "localuser": lambda text: matches_list(local_user(), text),
            "exec": lambda text: self._files.succeeds(self.tokens().expand(text)),
        }
        if criterion in NEEDS_OPENSSH:
            raise NeedsOpenSSH(f"Match {criterion}")
        if criterion not in checks:
            raise directive.fail(f"unknown Match criterion {criterion}")
        return checks[criterion]

    def match_host(self) -> str:
        """Return what ``Match host`` compares: the name to connect to, in lower case."""
        return self.hostname().lower()
