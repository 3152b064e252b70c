"""What facts about services share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.services.systems import SERVICES, InitSystem


class ServiceFact(FactBase[dict[str, bool | None]]):
    """Something that is so or not of each service, by its name; None when it cannot be told."""

    abstract = True
    in_plans = False  # operations say what becomes of which service
    system: ClassVar[type[InitSystem]]  # whose services these are

    @staticmethod
    def default() -> dict[str, bool | None]:
        return {}

    def resources(self, *args: Any, **asked: Any) -> Iterable[Resource]:
        return (SERVICES, *map(tree, self.system.definitions), *map(tree, self.system.links))

    def describe(self, *args: Any, **asked: Any) -> str:
        return " ".join(["services", *(str(value) for value in asked.values() if value)])
