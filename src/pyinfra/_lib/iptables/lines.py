"""Lines as ``iptables-save`` writes them."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def saved_words(line: str) -> list[str]:
    """Return the words of a line; texts are in double quotes, in which a backslash keeps the character behind it.

    Example:
        >>> saved_words('-A INPUT -m comment --comment "it\\\\'s" -j DROP')
        ['-A', 'INPUT', '-m', 'comment', '--comment', "it's", '-j', 'DROP']
    """
    found = []
    for match in _TOKEN.finditer(line):
        quoted, plain = match.groups()
        found.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain)
    return found


def rule_lines(output: list[str]) -> list[str]:
    """Return the lines that are rules, without the counters that may be in front."""
    return [line[line.index("-A ") :] for line in output if re.match(r"(?:\[\d+:\d+\] )?-A ", line)]


def chain_policies(output: list[str]) -> dict[str, str]:
    """Return the chains with their policies; ``-`` is the one of a chain that somebody made."""
    found = (re.match(r":(\S+) (\S+)(?: \[\d+:\d+\])?\s*\Z", line) for line in output)
    return {match[1]: match[2] for match in found if match}
