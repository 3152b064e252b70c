"""Candidates for the words after the inventory: deploy files, operations, facts, and their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyinfra_cli.reference.source import Definition, Kind, Parameter, definition_of, definitions_in, module_summary
from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules, module_spec, own_modules

from .candidates import Candidate, safely, with_lead
from .paths import paths, python_files

if TYPE_CHECKING:
    import click

    from pyinfra._core.arguments import GlobalArgument

_FORMS = (
    ("exec", "run a command: exec -- uptime"),
    ("fact", "read facts"),
    ("debug-inventory", "show hosts, groups and data"),
)
_LINE = "pyinfra_cli.arguments"  # where the command keeps its words as they were given, with the "--"
_SHELLS = (("bash", ""), ("zsh", ""), ("fish", ""))
_KEYWORD = re.compile(r"(\w+)=(.*)", re.DOTALL)
_BOOL = re.compile(r"(?:.* \| )?bool(?: \| .*)?")
_LITERAL = re.compile(r"\bLiteral\[([^\]]*)\]")
# What docstrings say of arguments that are paths of this machine, in the first thing that they say.
_LOCAL_PATH = re.compile(r"[^.,;:]*\b(?:path|file|script|template|director(?:y|ies)|folder)s?\b[^.,;:]* this machine\b")


@safely
def complete_operations(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete what follows the inventory, in the light of the words before."""
    words = list(ctx.params.get("operations") or ())
    inventory = ctx.params.get("inventory")
    if inventory == "help":
        from pyinfra_cli.reference.topics import topics

        return topics(incomplete)
    if inventory == "completion":
        return iter(() if words else _SHELLS)
    return _first_word(incomplete) if not words else _further_word(words, incomplete, ctx.meta.get(_LINE, ()))


def _first_word(text: str) -> Iterator[Candidate]:
    if "/" not in text:
        yield from _names(text, OPERATIONS)
        yield from _FORMS
    yield from python_files(text)


def _further_word(words: Sequence[str], text: str, line: Sequence[str]) -> Iterator[Candidate]:
    first = words[0]
    if first.endswith(".py"):
        return (file for file in python_files(text) if file[0] not in words)
    if first == "fact":
        return _fact_word(words[1:], text)
    if first == "exec":
        return iter([("--", "the command follows")] if len(words) == 1 and "--" not in line else [])
    if first == "debug-inventory":
        return iter(())
    return _argument(_named(first, OPERATIONS), words[1:], text)


def _fact_word(words: Sequence[str], text: str) -> Iterator[Candidate]:
    names = [number for number, word in enumerate(words) if not _KEYWORD.match(word)]
    if names:
        yield from _argument(_named(words[names[-1]], FACTS), words[names[-1] + 1 :], text)
    if not _KEYWORD.match(text):
        yield from _names(text, FACTS)


# -- names of operations and facts ---------------------------------------------------------------


def _names(text: str, package: str) -> Iterator[Candidate]:
    """Modules with the dot that has to follow, or what is in the module that the text begins with."""
    noun, dot, _ = text.rpartition(".")
    if dot:
        for module in _modules_called(noun, package):
            members = definitions_in(module).values()
            yield from ((f"{noun}.{m.name}", m.summary) for m in members if (m.kind is Kind.FACT) == (package == FACTS))
        return
    nouns = [noun for noun in bundled_modules(package) if noun.startswith(text)]
    yield from ((f"{noun}.", module_summary(f"{package}.{noun}")) for noun in nouns)
    yield from ((f"{noun}.", module_summary(noun)) for noun in _own_nouns(text, package))


def _modules_called(noun: str, package: str) -> Iterator[str]:
    """A module of ours goes before one of the user's that has the same name."""
    if noun in bundled_modules(package):
        yield f"{package}.{noun}"
    yield noun


def _own_nouns(text: str, package: str) -> Iterator[str]:
    marks = (b"FactBase",) if package == FACTS else (b"@operation", b"@deploy")
    for noun in own_modules():
        if noun.startswith(text) and _mentions(noun, marks) and definitions_in(noun):
            yield noun


def _mentions(module: str, marks: Iterable[bytes]) -> bool:
    """Look before parsing: a directory may have hundreds of files."""
    spec = module_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return False
    content = Path(spec.origin).read_bytes()
    return any(mark in content for mark in marks)


def _named(word: str, package: str) -> Definition | None:
    noun, _, member = word.replace(":", ".").rpartition(".")
    found = (definition_of(module, member) for module in _modules_called(noun, package))
    return next(filter(None, found), None)


# -- arguments -----------------------------------------------------------------------------------


def _argument(definition: Definition | None, given: Sequence[str], text: str) -> Iterator[Candidate]:
    """Names of arguments that are not there yet, or values of the one that the text begins with."""
    keyword = _KEYWORD.match(text)
    if keyword:
        yield from with_lead(f"{keyword[1]}=", _values(definition, keyword[1], keyword[2]))
        return
    taken = {match[1] for word in given if (match := _KEYWORD.match(word))}
    if definition is not None:
        by_place = len(given) - len(taken) if definition.kind is not Kind.FACT else 0
        free = [p for p in definition.parameters[by_place:] if p.name not in taken]
        meanings = definition.meanings
        yield from ((f"{p.name}=", _meaning(p, meanings)) for p in free)
    is_fact = definition is not None and definition.kind is Kind.FACT
    for name, argument in _global_arguments().items():
        if name not in taken and (argument.is_connector or not is_fact):
            yield f"{name}=", argument.description


def _meaning(parameter: Parameter, meanings: Mapping[str, str]) -> str:
    text = meanings.get(parameter.name) or parameter.type
    return f"{text} (needed)" if parameter.default is None and len(text) < 60 else text


def _values(definition: Definition | None, name: str, text: str) -> Iterator[Candidate]:
    own = {parameter.name: parameter for parameter in definition.parameters} if definition is not None else {}
    if definition is not None and name in own:
        return _values_of(own[name], definition.meanings.get(name, ""), text)
    argument = _global_arguments().get(name)
    return iter(_choices(argument.type) if argument is not None else ())


def _values_of(parameter: Parameter, meaning: str, text: str) -> Iterator[Candidate]:
    yield from _choices(parameter.type, parameter.default)
    if _LOCAL_PATH.match(meaning):
        yield from paths(text)


def _choices(type_: str, default: str | None = None) -> Iterator[Candidate]:
    if _BOOL.fullmatch(type_) or default in ("True", "False"):
        yield from ((word, "default" if word.capitalize() == default else "") for word in ("true", "false"))
    for literal in _LITERAL.finditer(type_):
        for part in literal[1].split(","):
            word = part.strip().strip("'\"")
            if word not in ("True", "False", "None", ""):
                yield word, "default" if default is not None and default.strip("'\"") == word else ""


def _global_arguments() -> Mapping[str, GlobalArgument]:
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS

    return GLOBAL_ARGUMENTS
