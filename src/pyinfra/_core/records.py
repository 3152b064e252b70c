"""Values with named fields that cannot be changed.

What a frozen dataclass is, without generated code: that takes about a millisecond for each class, at every start of the
program, and there are dozens of them.

Example:
    >>> class Point(Record):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(x=1, y=0), changed(Point(1), y=2)
    (Point(x=1, y=0), True, Point(x=1, y=2))
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

R = TypeVar("R", bound="Record")


@dataclass_transform(frozen_default=True)
class Record:
    """Base of values; a subclass names its fields as a dataclass does. Defaults are values, and are not copied."""

    record_fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = [name for name, kind in inspect.get_annotations(cls).items() if "ClassVar" not in str(kind)]
        cls.record_fields = (*cls.record_fields, *(name for name in own if name not in cls.record_fields))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        values = self.__dict__
        fields = type(self).record_fields
        values.update(zip(fields, args, strict=False))
        if kwargs:
            values.update(kwargs)
        if len(args) + len(kwargs) != len(fields) or len(values) != len(fields) or not values.keys() <= set(fields):
            self._complete(args, kwargs)

    def _complete(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Fill in defaults.

        Raises:
            TypeError: the arguments do not fit.
        """
        kind = type(self)
        given = kind.record_fields[: len(args)]
        wrong = [name for name in kwargs if name in given or name not in kind.record_fields]
        if wrong or len(args) > len(kind.record_fields):
            raise TypeError(f"{kind.__name__} takes {kind.record_fields}, not {args} and {kwargs}")
        for name in kind.record_fields:
            if name not in self.__dict__:
                if not hasattr(kind, name):
                    raise TypeError(f"{kind.__name__}: {name} is missing")
                self.__dict__[name] = getattr(kind, name)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        values = self.__dict__
        return hash((type(self), *(values[name] for name in type(self).record_fields)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).record_fields)
        return f"{type(self).__qualname__}({shown})"


def changed(record: R, **changes: Any) -> R:
    """Return a copy with other values in some fields.

    Args:
        record: what is copied.
        changes: fields and their values.

    Raises:
        TypeError: there is no such field.
    """
    return type(record)(**{**{name: getattr(record, name) for name in record.record_fields}, **changes})
