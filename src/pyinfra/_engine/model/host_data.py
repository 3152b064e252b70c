"""The data of a host: layers from the inventory and the deploy, the first one that has a key gives its value."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pyinfra._core.suggestions import did_you_mean

if TYPE_CHECKING:
    import builtins

    from pyinfra._engine.model.host import Host

_MISSING: Any = object()
_IMMUTABLE = (str, int, bool, type(None), float, bytes)


def extract_callable_datas(datas: list[Callable[..., Any] | Any]) -> Generator[Any, Any, Any]:
    """Return layers of data one by one, calling those that are functions."""
    for data in datas:
        yield from _evaluated(data)


def _evaluated(data: Any) -> Generator[Any, Any, Any]:
    while callable(data):
        data = data()
    if data:
        yield data


class HostData:
    """Data of one host, read as attributes.

    Values set here (``host.data.key = value``) are laid over all others. Containers are given out as shallow
    copies, so that changing one has no effect on other hosts.

    Args:
        host: the host, for messages.
        datas: layers, strongest first; dictionaries, or functions that return one.

    Example:
        >>> host.data.app_port, host.data.get("app_user", "www-data")
        (8080, 'www-data')
    """

    __slots__ = ("_datas", "_host", "_version", "override_datas")

    _host: Host
    _datas: tuple[Any, ...]
    _version: int
    override_datas: builtins.dict[str, Any]

    def __init__(self, host: Host, *datas: Any) -> None:
        put = object.__setattr__
        put(self, "_host", host)
        put(self, "_datas", datas)
        put(self, "_version", 0)
        put(self, "override_datas", {})

    def _evaluated_layers(self) -> Iterator[Mapping[str, Any]]:
        if self.override_datas:
            yield self.override_datas
        for data in self._datas:
            while callable(data):
                data = data()
            if data:
                yield data

    def _find(self, key: str) -> Any:
        for layer in self._evaluated_layers():
            value = layer.get(key, _MISSING)
            if value is not _MISSING:
                return value if type(value) in _IMMUTABLE else _shallow(value)
        return _MISSING

    def __getattr__(self, key: str) -> Any:
        value = self._find(key)
        if value is not _MISSING:
            return value
        if key[:2] == "__":  # protocols that Python looks for
            raise AttributeError(key)
        hint = did_you_mean(key, self.dict())
        raise AttributeError(f"the host {self._host} has no data {key!r}{hint}")

    def __setattr__(self, key: str, value: Any) -> None:
        self.override_datas[key] = value
        object.__setattr__(self, "_version", self._version + 1)

    def __delattr__(self, key: str) -> None:
        if key not in self.override_datas:
            raise AttributeError(f"{key!r} was not set on the data of the host {self._host} in this run")
        del self.override_datas[key]
        object.__setattr__(self, "_version", self._version + 1)

    def __contains__(self, key: object) -> bool:
        return any(key in layer for layer in self._evaluated_layers())

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.dict()]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or a default when no layer has the key."""
        value = self._find(key)
        return default if value is _MISSING else value

    def dict(self) -> builtins.dict[str, Any]:
        """Return all layers merged."""
        merged: builtins.dict[str, Any] = {}
        for layer in reversed(list(self._evaluated_layers())):
            merged.update(layer)
        return merged

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"HostData({self._host}: {', '.join(self.dict())})"  # names only: values may be secret


def values_of(data: HostData, keys: Iterable[str]) -> dict[str, Any]:
    """Return the values that there are of some keys, looking at each layer once. (No method: see ``data_version``.)"""
    layers = list(data._evaluated_layers())
    found: dict[str, Any] = {}
    for key in keys:
        for layer in layers:
            value = layer.get(key, _MISSING)
            if value is not _MISSING:
                found[key] = value if type(value) in _IMMUTABLE else _shallow(value)
                break
    return found


def data_version(data: HostData) -> int:
    """Return a number that is another one after every assignment. (No attribute: that could be a key of the data.)"""
    return data._version


def _shallow(value: Any) -> Any:
    if isinstance(value, (dict, list, set)):
        return copy.copy(value)
    try:
        return copy.copy(value)
    except Exception:  # noqa: BLE001 - a lock, a connection: data may hold anything, also what cannot be copied
        return value
