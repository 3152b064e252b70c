"""From the words after ``pyinfra help`` to pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NoReturn

from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules

from . import pages
from .layout import Block
from .source import definition_of, definitions_in, modules_of_here

_PAGES: Mapping[str, Callable[[], Iterable[Block]]] = {
    "operations": lambda: pages.all_members(OPERATIONS),
    "facts": lambda: pages.all_members(FACTS),
    "connectors": pages.connector_list,
    "@": pages.connector_list,
    "arguments": pages.arguments,
    "config": pages.config,
    "exit-codes": pages.exit_codes,
}
_KINDS = {"operations": OPERATIONS, "facts": FACTS}


def page_on(topic: str, width: int) -> Iterable[Block]:
    """Return the page on a topic.

    Args:
        topic: ``files.line``, ``facts.files.File``, ``files``, ``@ssh``, ``_sudo``, ``arguments``...
        width: of the page, in characters.

    Raises:
        CliError: there is none; it says what may have been meant.
    """
    topic = topic.removesuffix(".")
    if topic in _PAGES:
        return _PAGES[topic]()
    if topic.startswith("@"):
        return _connector(topic)
    if topic.startswith("_"):
        return _argument(topic)
    return _modules(topic) or _member(topic, width) or _raise_unknown(topic)


def _connector(topic: str) -> Iterable[Block]:
    from pyinfra._core.errors import NoConnectorError
    from pyinfra._engine.model.connector_registry import load_connector

    name = topic[1:].partition("/")[0]
    try:
        return pages.connector_page(name, load_connector(name))
    except NoConnectorError as error:
        from pyinfra_cli.exceptions import CliError

        raise CliError(str(error), hint=error.details.hint) from error


def _argument(topic: str) -> Iterable[Block]:
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS

    return pages.argument_page(topic) if topic in GLOBAL_ARGUMENTS else _raise_unknown(topic)


# -- modules and what is in them ---------------------------------------------------------------


def _parted(topic: str) -> tuple[list[str], str]:
    """The packages that a topic may be in, and its name there."""
    path = topic.removeprefix("pyinfra.")
    kind, _, rest = path.partition(".")
    return ([_KINDS[kind]], rest) if kind in _KINDS and rest else ([OPERATIONS, FACTS], path)


def _modules(topic: str) -> Iterable[Block] | None:
    packages, noun = _parted(topic)
    modules = [f"{package}.{noun}" for package in packages if noun in bundled_modules(package)]
    if modules:
        return pages.module_page(noun, modules)
    with modules_of_here():
        return list(pages.module_page(topic, [topic])) if definitions_in(topic) else None


def _member(topic: str, width: int) -> Iterable[Block] | None:
    packages, path = _parted(topic)
    noun, _, member = path.replace(":", ".").rpartition(".")
    for package in packages:
        if noun in bundled_modules(package) and definition_of(f"{package}.{noun}", member) is not None:
            return _member_page(path, getattr(import_module(f"{package}.{noun}"), member), width)
    return _page_of_users_own(topic, width)


def _page_of_users_own(topic: str, width: int) -> Iterable[Block] | None:
    """A function or fact that is none of ours, or one of ours that its source does not show."""
    from pyinfra_cli.exceptions import UnexpectedExternalError
    from pyinfra_cli.run.user_code import UserCodeError
    from pyinfra_cli.words.lookup import try_import_module_attribute

    packages, path = _parted(topic)
    try:
        with modules_of_here():
            found = (try_import_module_attribute(path, prefix=package, raise_for_none=False) for package in packages)
            thing = next((thing for thing in found if thing is not None), None)
    except UserCodeError as error:
        if isinstance(error.__cause__, Exception):
            raise UnexpectedExternalError(error.__cause__, error.filename) from error
        return None
    return _member_page(topic, thing, width)


def _member_page(name: str, thing: Any, width: int) -> Iterable[Block] | None:
    from .signatures import is_fact, is_operation

    if is_operation(thing):
        return pages.operation_page(name, thing, width)
    return pages.fact_page(name, thing, width) if is_fact(thing) else None


# -- what there is, and what was meant ---------------------------------------------------------


def topics(beginning: str = "") -> Iterator[tuple[str, str]]:
    """Yield topics that begin with a text, and what they are about. Nothing is imported for it.

    Args:
        beginning: modules are looked into when it has a dot behind their name.
    """
    packages, path = _parted(beginning)
    noun, dot, _ = path.rpartition(".")
    if dot:
        prefix = beginning.removesuffix(path)
        for package in packages:
            if noun in bundled_modules(package):
                for name, definition in definitions_in(f"{package}.{noun}").items():
                    yield f"{prefix}{noun}.{name}", definition.summary
        return
    yield from pages.TOPICS.items()
    yield from _connectors()
    yield from _nouns()


def _nouns() -> Iterator[tuple[str, str]]:
    facts = set(bundled_modules(FACTS))
    for noun in bundled_modules(OPERATIONS):
        yield noun, "operations and facts" if noun in facts else "operations"
        facts.discard(noun)
    yield from ((noun, "facts") for noun in sorted(facts))


def _connectors() -> Iterator[tuple[str, str]]:
    from pyinfra._engine.model.connector_registry import connector_points

    yield from ((f"@{name}", "connector") for name in sorted(connector_points()))


def _raise_unknown(topic: str) -> NoReturn:
    from pyinfra_cli.exceptions import CliError

    meant = _meant(topic)
    did_you_mean = f" (did you mean {meant}?)" if meant else ""
    raise CliError(f"there is no help on {topic!r}{did_you_mean}", hint="what there is: pyinfra help")


def _meant(topic: str) -> str | None:
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS
    from pyinfra._core.suggestions import closest

    if topic.startswith("_"):
        return closest(topic, GLOBAL_ARGUMENTS)
    packages, path = _parted(topic)
    if "." not in path.replace(":", "."):
        return closest(topic, [*pages.TOPICS, *(noun for noun, _ in _nouns())])
    # Names differ in their first letter: operations are written small, facts are not.
    nearest = [meant for package in packages if (meant := closest(path, _members_near(path, package)))]
    is_fact = path.rpartition(".")[2][:1].isupper()
    return min(nearest, key=lambda meant: meant.rpartition(".")[2][0].isupper() != is_fact, default=None)


def _members_near(path: str, package: str) -> Iterator[str]:
    """The members of the module that was named, or of the one that was meant."""
    from pyinfra._core.suggestions import closest

    module = closest(path.replace(":", ".").rpartition(".")[0], bundled_modules(package))
    if module is not None:
        yield from (f"{module}.{name}" for name in definitions_in(f"{package}.{module}"))
