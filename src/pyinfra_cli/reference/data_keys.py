"""The keys of host data that a connector reads."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

from .signatures import annotation_text


class DataKey(NamedTuple):
    """One key of host data."""

    name: str
    type: str
    default: Any
    meaning: str


def data_keys(connector: Any) -> Iterator[DataKey]:
    """Yield the keys that a connector describes with ``DataMeta``.

    Args:
        connector: its class.
    """
    types = inspect.get_annotations(getattr(connector, "data_cls", None) or object)
    for key, meta in getattr(connector, "data_meta", {}).items():
        yield DataKey(key, annotation_text(types.get(key, "")), meta.default, meta.description)
