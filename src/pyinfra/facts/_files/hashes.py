"""Checksums of files. All paths of a batch cost one process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import FAILED, header, line_answers, not_understood
from pyinfra.facts._shell import path_resources, path_word, script, words

# It runs in command substitutions only, whose shells are done then.
_PICK = """digest() {{
if command -v {name}sum >/dev/null 2>&1; then exec {name}sum "$@"
elif command -v {name} >/dev/null 2>&1; then exec {name} -q "$@"
elif {shasum}; then exec shasum -a {bits} "$@"
elif command -v openssl >/dev/null 2>&1; then exec openssl dgst -{name} "$@"
else echo "{failed} 1"; return 9; fi 2>/dev/null
}}
"""
_EACH = """elif [ "$o" = "! 1" ]; then echo "! 1"
else for p do found=${found# }; n=${found%% *}; found=${found#"$n"}
if o=$(digest <"$p"); then printf '= %s\\n%s\\n' "$n" "$o"
else case $o in "! 1") echo "$o" ;; *) echo "- $n" ;; esac; fi
done; fi"""


class HashFileFactBase(FactBase[str | None]):
    """Base of the checksum facts: the digest in hexadecimal.

    ``None`` without a regular, readable file, and on a host without a program that computes it.
    """

    abstract = True
    in_plans = False
    algorithm: ClassVar[str] = ""
    digits: ClassVar[int] = 0

    def command(self, path: str) -> StringCommand:
        return self.batch_command([{"path": path}])

    def resources(self, path: str) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str) -> str:
        return f"{self.algorithm} of file {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        bits = self.algorithm.removeprefix("sha")
        shasum = "command -v shasum >/dev/null 2>&1" if self.algorithm.startswith("sha") else "false"
        pick = _PICK.format(name=self.algorithm, shasum=shasum, bits=bits, failed=FAILED)
        # Some programs print names with newlines as they are: then one by one, from standard input.
        together = not any("\n" in str(call["path"]) for call in calls)
        return script(
            pick,
            "n=0 found= gone=; set --\nfor p in ",
            words(path_word(call["path"]) for call in calls),
            '; do n=$((n+1))\nif [ -f "$p" ] && [ -r "$p" ]; then set -- "$@" "$p"; found="$found $n"; '
            'else gone="$gone $n"; fi\ndone\nprintf "%s\\n" "-$gone"; o=\nif [ $# -eq 0 ]; then :\n',
            'elif o=$(digest "$@"); then printf \'=%s\\n%s\\n\' "$found" "$o"\n' if together else "",
            _EACH,
        )

    def process(self, output: list[str]) -> str | None:
        lines = [line for line in output if line]
        if len(lines) == 1 and header(lines[0]) is None:
            return self._digest(lines[0])
        return self.batch_process([{}], lines)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[str | None]:
        if f"{FAILED} 1" in output:
            return [None for _ in calls]
        lines = line_answers(self.algorithm, output, len(calls))
        return [None if line is None else self._digest(line) for line in lines]

    def _digest(self, line: str) -> str:
        """``HEX  name`` from GNU and shasum, ``NAME (name) = HEX`` from BSD and openssl, or the digest alone."""
        match = re.match(rf"\\?([0-9a-fA-F]{{{self.digits}}})(?:\s|\Z)", line)
        match = match or re.search(rf"\)\s?= ?([0-9a-fA-F]{{{self.digits}}})\Z", line)
        if match is None:
            not_understood(self.algorithm, line)
        return match.group(1).lower()


class Sha1File(HashFileFactBase):
    """The SHA-1 of a file."""

    algorithm = "sha1"
    digits = 40


class Sha256File(HashFileFactBase):
    """The SHA-256 of a file."""

    algorithm = "sha256"
    digits = 64


class Sha384File(HashFileFactBase):
    """The SHA-384 of a file."""

    algorithm = "sha384"
    digits = 96


class Md5File(HashFileFactBase):
    """The MD5 of a file."""

    algorithm = "md5"
    digits = 32
