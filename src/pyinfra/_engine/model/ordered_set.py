"""A set that keeps the order in which things were added, so that hosts come in inventory order everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from typing import TypeVar

T = TypeVar("T")


class OrderedSet(MutableSet[T]):
    """A mutable set with a stable order.

    Example:
        >>> list(OrderedSet("cab") - {"a"})
        ['c', 'b']
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items: dict[T, None] = dict.fromkeys(items)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def add(self, value: T) -> None:
        """Add an item at the end, unless it is there."""
        self._items[value] = None

    def discard(self, value: T) -> None:
        """Remove an item, if it is there."""
        self._items.pop(value, None)

    def update(self, items: Iterable[T]) -> None:
        """Add many items."""
        self._items.update(dict.fromkeys(items))

    def copy(self) -> OrderedSet[T]:
        """Return a copy in the same order."""
        return OrderedSet(self._items)

    def __repr__(self) -> str:
        return f"OrderedSet({list(self._items)!r})"
