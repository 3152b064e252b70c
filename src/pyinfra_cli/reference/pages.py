"""What each page of ``pyinfra help`` says. A page imports the module that it is about, lists import nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules

from .docstrings import parse_docstring
from .layout import Block, Code, Heading, Prose, Terms
from .source import Definition, definitions_in, module_docstring, module_summary

_TITLES = {"Args": "Arguments"}
_GLOBAL = "It also takes the global arguments (_sudo, _if, name ...): pyinfra help arguments."
_GLOBAL_OF_FACTS = "It also takes the global arguments about privilege and the shell: pyinfra help arguments."

TOPICS = {
    "operations": "all operations",
    "facts": "all facts",
    "connectors": "ways to reach hosts: @ssh, @local ...",
    "arguments": "global arguments, which every operation takes: _sudo, _if, name ...",
    "config": "settings of a run",
    "exit-codes": "what the exit status says",
}


# -- lists -------------------------------------------------------------------------------------


def overview() -> Iterator[Block]:
    """Yield the page that is shown when no topic is given."""
    yield Heading("pyinfra help TOPIC ...")
    yield Terms(
        [
            ("files", "operations and facts of a module"),
            ("files.line", "an operation"),
            ("server.Os", "a fact"),
            ("@ssh", "a connector: the host data that it reads"),
            ("_sudo", "a global argument"),
            *TOPICS.items(),
        ]
    )
    yield Prose("The options of the command: pyinfra --help.")
    yield from list_of_modules(OPERATIONS, "Modules of operations")
    yield from list_of_modules(FACTS, "Modules of facts")


def list_of_modules(package: str, title: str) -> Iterator[Block]:
    """Yield the modules of ``pyinfra.operations`` or ``pyinfra.facts`` with what they are about."""
    yield Heading(title)
    yield Terms([(noun, module_summary(f"{package}.{noun}")) for noun in bundled_modules(package)])


def all_members(package: str) -> Iterator[Block]:
    """Yield everything in a package, module by module."""
    for noun in bundled_modules(package):
        yield from _members(noun, noun, definitions_in(f"{package}.{noun}"))


def module_page(noun: str, modules: Iterable[str]) -> Iterator[Block]:
    """Yield what modules of one name are about, and what is in them.

    Args:
        noun: what people call them: ``files``.
        modules: their full names, at least one.
    """
    modules = list(modules)
    yield Heading(noun)
    yield from docstring_blocks(module_docstring(modules[0]))
    for module in modules:
        kind = "Facts" if module.startswith(FACTS + ".") else "Operations"
        yield from _members(kind, noun, definitions_in(module))


def _members(title: str, noun: str, definitions: Mapping[str, Definition]) -> Iterator[Block]:
    if definitions:
        yield Heading(title)
        yield Terms([(f"{noun}.{name}", definition.summary) for name, definition in definitions.items()])


# -- one thing ---------------------------------------------------------------------------------


def operation_page(name: str, function: Callable[..., Any], width: int) -> Iterator[Block]:
    """Yield the reference of an operation or a deploy.

    Args:
        name: as people write it: ``files.line``.
        function: the operation.
        width: of the page, for its signature.
    """
    from .signatures import folded_call, signature_of

    yield Heading(name)
    yield Code(folded_call(name + signature_of(function), width - 2))
    yield from docstring_blocks(inspect.getdoc(function) or "")
    parameters = inspect.signature(function).parameters.values()
    yield from _command_line(f"pyinfra INVENTORY {name}", _needed(parameters))
    yield Prose(_GLOBAL)


def fact_page(name: str, fact: Any, width: int) -> Iterator[Block]:
    """Yield the reference of a fact.

    Args:
        name: as people write it: ``files.File``.
        fact: its class.
        width: of the page, for its signature.
    """
    from .signatures import fact_call, fact_parameters, folded_call, value_type

    yield Heading(name)
    yield Code(folded_call(fact_call(name.rpartition(".")[2], fact), width - 2))
    value = value_type(fact)
    if value is not None:
        yield Prose(f"Value: {value}")
    yield from docstring_blocks(inspect.getdoc(fact) or "")
    takes_any = fact_parameters(fact)
    parameters = list(inspect.signature(fact.command).parameters.values())[1:] if takes_any else []
    yield from _command_line(f"pyinfra INVENTORY fact {name}", _needed(parameters))
    yield Prose(_GLOBAL_OF_FACTS)


def _needed(parameters: Iterable[inspect.Parameter]) -> list[str]:
    """The words for what has to be given."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [f"{p.name}=..." for p in parameters if p.default is p.empty and p.kind in named]


def _command_line(command: str, words: Iterable[str]) -> Iterator[Block]:
    yield Heading("On the command line")
    yield Code(" ".join([command, *words]))


def connector_page(name: str, connector: Any) -> Iterator[Block]:
    """Yield the reference of a connector.

    Args:
        name: without the ``@``.
        connector: its class.
    """
    from .data_keys import data_keys

    yield Heading(f"@{name}")
    # That of the class speaks of its constructor; people want to know how to use it.
    yield from docstring_blocks(module_docstring(connector.__module__) or inspect.getdoc(connector) or "")
    keys = list(data_keys(connector))
    if keys:
        yield Heading("Host data")
        yield Terms([(key.name, _meaning(key.meaning, key.type, repr(key.default))) for key in keys])
    if not getattr(connector, "handles_execution", False):
        yield Prose("It lists hosts; commands are run by the connectors that it gives them.")


def _meaning(meaning: str, type_: str, default: str) -> str:
    details = f"{type_}, default {default}" if type_ else f"default {default}"
    return f"{meaning.rstrip('.')} ({details})." if meaning else f"({details})"


def docstring_blocks(text: str) -> Iterator[Block]:
    """Yield a docstring: prose, lists of arguments and errors, examples."""
    for section in parse_docstring(text):
        if section.title:
            yield Heading(_TITLES.get(section.title, section.title))
        if section.is_code:
            yield Code(section.text)
        elif section.title and any(name for name, _ in section.items):
            yield Terms(section.items)
        else:
            yield Prose(section.text)


# -- topics ------------------------------------------------------------------------------------


def connector_list() -> Iterator[Block]:
    """Yield the connectors, those of other packages too."""
    from pyinfra._engine.model.connector_registry import connector_points

    yield Heading("Connectors")
    places = sorted(connector_points().items())
    yield Terms([(f"@{name}", module_summary(place.partition(":")[0])) for name, place in places])
    yield Prose("The host data that one reads: pyinfra help @ssh.")


def arguments() -> Iterator[Block]:
    """Yield the global arguments, group by group."""
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS

    yield Heading("Global arguments")
    yield Prose(
        "Every operation and deploy takes these; facts take those about privilege, the shell and trying again. "
        "Where a call does not have one, the deploys around it, the data of the host (_sudo = True) and the "
        "settings (config.SUDO = True) are asked, in this order."
    )
    for group in dict.fromkeys(argument.group for argument in GLOBAL_ARGUMENTS.values()):
        yield Heading(group.capitalize())
        yield Terms([(a.name, _argument_meaning(a)) for a in GLOBAL_ARGUMENTS.values() if a.group == group])


def argument_page(name: str) -> Iterator[Block]:
    """Yield the reference of one global argument."""
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS

    yield Heading(name)
    yield Prose(_argument_meaning(GLOBAL_ARGUMENTS[name]))
    yield Prose("All global arguments: pyinfra help arguments.")


def _argument_meaning(argument: Any) -> str:
    default = f"config.{argument.config_name}" if argument.config_name else repr(argument.default)
    return _meaning(argument.description, argument.type, default)


def config() -> Iterator[Block]:
    """Yield the settings of a run."""
    from .setting_list import settings

    yield Heading("Settings")
    yield Prose(
        "They are set in a file config.py in the working directory (another one with --config), by options of the "
        "command, or in a deploy file, where they hold until its end. Those that have the name of a global argument "
        "are its default."
    )
    yield Code("from pyinfra import config\n\nconfig.SUDO = True")
    rows = []
    for setting in settings():
        details = f"{setting.type}, default {setting.default}" if setting.default else setting.type
        rows.append((setting.name, f"{setting.meaning} ({details})." if setting.meaning else f"{details}"))
    yield Terms(rows)


def exit_codes() -> Iterator[Block]:
    """Yield what the exit status says."""
    from pyinfra_cli.run.exit_codes import MEANINGS

    yield Heading("Exit status")
    yield Terms([(str(int(code)), meaning) for code, meaning in MEANINGS.items()])
