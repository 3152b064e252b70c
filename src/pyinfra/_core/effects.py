"""Which parts of a host something looks at or changes.

A fact names the resources that it looks at; an operation touches the resources of the facts that it promises,
or, when it promises nothing, everything. Two sets of resources overlap when a change of one can be seen in the other.

Example:
    >>> Effects.of([path("/etc/motd")]).overlap([tree("/etc")])
    True
    >>> Effects.of([path("/etc/motd")]).overlap([path("/etc/passwd")])
    False
    >>> EVERYTHING.overlap([named("users")])
    True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple


class Resource(NamedTuple):
    """One part of a host: a path, a whole tree of paths, or a named thing such as the users."""

    kind: str  # "path" | "tree" | "named"
    name: str


def path(name: str) -> Resource:
    """A single file system entry, not what is below it."""
    return Resource("path", name.rstrip("/") or "/")


def tree(name: str) -> Resource:
    """A directory with everything below it."""
    return Resource("tree", name.rstrip("/") or "/")


def named(name: str) -> Resource:
    """Something that is not a path: ``"users"``, ``"packages"``, ``"services"``."""
    return Resource("named", name)


def _below(name: str, top: str) -> bool:
    return name == top or top == "/" or name.startswith(top + "/")


def overlap(one: Resource, other: Resource) -> bool:
    """Whether a change of one can be seen in the other."""
    if "named" in (one.kind, other.kind):
        return one == other
    if one.kind == "tree" and _below(other.name, one.name):
        return True
    if other.kind == "tree" and _below(one.name, other.name):
        return True
    return one.name == other.name


@dataclass(frozen=True, slots=True)
class Effects:
    """What something changes: nothing, a set of resources, or everything."""

    resources: frozenset[Resource] = frozenset()
    everything: bool = False

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> Effects:
        """The effects of changing just these resources."""
        return cls(frozenset(resources))

    def __bool__(self) -> bool:
        return self.everything or bool(self.resources)

    def __or__(self, other: Effects) -> Effects:
        return Effects(self.resources | other.resources, self.everything or other.everything)

    def overlap(self, looked_at: Iterable[Resource] | None) -> bool:
        """Whether something that looks at these resources (None: at anything) may see a change."""
        if self.everything:
            return True
        if not self.resources:
            return False
        if looked_at is None:
            return True
        return any(overlap(mine, theirs) for theirs in looked_at for mine in self.resources)


NOTHING = Effects()
EVERYTHING = Effects(everything=True)


class TouchedIndex:
    """When each part of a host was last touched, by a counter that the caller keeps.

    Asking costs the depth of a path, however much has been touched.

    Example:
        >>> index = TouchedIndex()
        >>> index.add(Effects.of([path("/etc/motd")]), at=1)
        >>> index.since([tree("/etc")], 0), index.since([tree("/etc")], 1)
        (True, False)
    """

    __slots__ = ("_above", "_any", "_everything", "_named", "_paths", "_trees")

    def __init__(self) -> None:
        self._paths: dict[str, int] = {}
        self._trees: dict[str, int] = {}
        self._above: dict[str, int] = {}  # directories with something touched below
        self._named: dict[str, int] = {}
        self._everything = 0
        self._any = 0

    def add(self, effects: Effects, at: int) -> None:
        """Record that these effects happened at this time (a counter that starts above zero)."""
        if not effects:
            return
        self._any = at
        if effects.everything:
            self._everything = at
        for resource in effects.resources:
            if resource.kind == "named":
                self._named[resource.name] = at
                continue
            (self._trees if resource.kind == "tree" else self._paths)[resource.name] = at
            for directory in _ancestors(resource.name):
                self._above[directory] = at

    def since(self, looked_at: Iterable[Resource] | None, then: int) -> bool:
        """Whether something that looks at these resources (None: anything) may have changed after ``then``."""
        if self._any <= then:
            return False
        if looked_at is None or self._everything > then:
            return True
        # One loop instead of small functions: this is asked for every fact, operation and host.
        paths, trees, above, named = self._paths, self._trees, self._above, self._named
        for kind, name in looked_at:
            if kind == "named":
                if named.get(name, 0) > then:
                    return True
            elif (
                paths.get(name, 0) > then or trees.get(name, 0) > then or (kind == "tree" and above.get(name, 0) > then)
            ):
                return True
            elif trees:
                for directory in _ancestors(name):
                    if trees.get(directory, 0) > then:
                        return True
        return False


@lru_cache(maxsize=4096)
def _ancestors(name: str) -> tuple[str, ...]:
    """The directories above a path, nearest first."""
    above = []
    while name not in ("/", ""):
        name = name.rpartition("/")[0] or "/"
        above.append(name)
        if "/" not in name:  # a relative path
            break
    return tuple(above)
