"""Which host, run, inventory and configuration the running code is about.

``host`` and ``config`` belong to the code that runs (context variables: every host's code has its own).
``state`` and ``inventory`` are set once for the process, and can be overridden for a block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from typing import Any, Generic, TypeVar

from .errors import PyinfraError

T = TypeVar("T")

_UNSET: Any = object()


Watcher = Callable[["ContextObject", str, Any], None]

_watcher: Watcher | None = None


def watch(watcher: Watcher) -> None:
    """Have a function told of everything that code asks of ``host``, ``state``, ``inventory`` and ``config``.

    Args:
        watcher: takes the proxy, the name of the attribute (empty: of the object itself), and its value.
    """
    global _watcher
    _watcher = watcher


class container:
    """Holds the process-wide object of one context."""

    module: Any = None


class ContextObject:
    """Stands for an object that is set elsewhere: every use goes to that object.

    While nothing is set, attributes are looked up on the class of what will be set.
    """

    __slots__ = ("_base", "_container", "_key", "_var")

    _base: Any
    _container: Any
    _key: str
    _var: ContextVar[Any]

    def __init__(self) -> None:
        self._fill("context")

    def _fill(self, key: str) -> None:
        fill = object.__setattr__
        fill(self, "_key", key)
        fill(self, "_base", None)
        fill(self, "_container", self._make_container())
        fill(self, "_var", ContextVar(f"pyinfra_{key}"))

    @staticmethod
    def _make_container() -> container | None:
        return container()

    def _get_module(self) -> Any:
        module = self._var.get(_UNSET)
        if module is not _UNSET:
            return module
        return self._container.module if self._container is not None else None

    def _set_module(self, module: Any) -> None:
        if self._container is None or self._var.get(_UNSET) is not _UNSET:  # local, or within a use() block
            self._var.set(module)
        else:
            self._container.module = module

    def _get_base(self) -> Any:
        if isinstance(self._base, BaseLoader):
            object.__setattr__(self, "_base", self._base.load())
        return self._base

    def _looked_at(self) -> Any:
        module = self._get_module()
        if _watcher is not None:
            _watcher(self, "", module)
        return module

    def _get_module_or_base(self) -> Any:
        module = self._looked_at()
        return self._get_base() if module is None else module

    def __getattr__(self, key: str) -> Any:
        module = self._get_module()
        if module is not None:
            value = getattr(module, key)
            if _watcher is not None:
                _watcher(self, key, value)
            return value
        if key[:2] != "__":  # protocols that Python looks for are not asked of a class that is not loaded yet
            base = self._get_base()
            found = getattr(base, key, _UNSET) if base is not None else _UNSET
            if found is not _UNSET:
                return found
        raise ContextNotSetError(self._key, key)

    def __setattr__(self, key: str, value: Any) -> None:
        module = self._get_module()
        if module is None:
            raise TypeError(f"cannot assign to {self._key}.{key}: no {self._key} is set here")
        setattr(module, key, value)

    def __delattr__(self, key: str) -> None:
        module = self._get_module()
        if module is None:
            raise TypeError(f"cannot delete {self._key}.{key}: no {self._key} is set here")
        delattr(module, key)

    def _set(self, meant_for: str) -> Any:
        module = self._looked_at()
        if module is None:
            raise ContextNotSetError(self._key, meant_for)
        return module

    def __copy__(self) -> ContextObject:
        return self

    def __deepcopy__(self, memo: object) -> ContextObject:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(f"the {self._key} of the running code cannot be pickled")

    def __dir__(self) -> list[str]:
        return dir(self._get_module_or_base())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._set("__iter__"))

    def __len__(self) -> int:
        return len(self._set("__len__"))

    def __contains__(self, item: object) -> bool:
        return item in self._set("__contains__")

    def __getitem__(self, key: Any) -> Any:
        return self._set("__getitem__")[key]

    def __bool__(self) -> bool:
        return bool(self._looked_at())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ContextObject):
            other = other._get_module()
        return bool(self._looked_at() == other)

    def __hash__(self) -> int:
        return hash(self._looked_at())

    def __str__(self) -> str:
        return str(self._get_module_or_base())

    def __repr__(self) -> str:
        return f"ContextObject({self._get_module_or_base()!r})"


class LocalContextObject(ContextObject):
    """Stands for an object that belongs to the running code only."""

    __slots__ = ()

    @staticmethod
    def _make_container() -> container | None:
        return None


class ContextNotSetError(PyinfraError, AttributeError):
    """Something was asked of ``host``, ``state``, ``inventory`` or ``config`` where there is none."""

    def __init__(self, key: str, attribute: str) -> None:
        super().__init__(
            f"there is no {key} here, so {key}.{attribute} is not known",
            hint=f"deploys and operations have one; a program can give one: with ctx_{key}.use(...)",
        )


class BaseLoader:
    """Imports the class behind a proxy when it is first needed."""

    __slots__ = ("load",)

    def __init__(self, load: Callable[[], type]) -> None:
        self.load = load


class ContextManager(Generic[T]):
    """Sets what a proxy stands for.

    Args:
        key: name of the proxy, for messages.
        context_cls: ``ContextObject`` (process-wide) or ``LocalContextObject``.

    Example:
        >>> with ctx_host.use(web1):
        ...     print(host.name)
        web1
    """

    __slots__ = ("context", "key")

    def __init__(self, key: str, context_cls: type[ContextObject]) -> None:
        self.key = key
        self.context = context_cls()
        self.context._fill(key)

    def __repr__(self) -> str:
        return f"ContextManager({self.key})"

    def get(self) -> T:
        """Return what is set (None when nothing is)."""
        module: T = self.context._get_module()
        return module

    def set(self, module: T) -> None:
        """Set what the proxy stands for, until it is set again."""
        self.context._set_module(module)

    def set_local(self, module: T) -> None:
        """Set what the proxy stands for in the running code only, also for a process-wide one."""
        self.context._var.set(module)

    def set_base(self, module: Any) -> None:
        """Set the class that attributes are looked up on while nothing is set."""
        object.__setattr__(self.context, "_base", module)

    def reset(self) -> None:
        """Set nothing."""
        self.context._set_module(None)

    def isset(self) -> bool:
        """Whether something is set."""
        return self.context._get_module() is not None

    def use(self, module: T) -> AbstractContextManager[None]:
        """Set it for a block; whatever happens inside, what was set before is set again afterwards.

        Args:
            module: what the proxy stands for inside the block.
        """
        return _Use(self.context._var, module)


class _Use(AbstractContextManager[None]):
    __slots__ = ("_module", "_token", "_var")

    def __init__(self, var: ContextVar[Any], module: Any) -> None:
        self._var = var
        self._module = module

    def __enter__(self) -> None:
        self._token = self._var.set(self._module)

    def __exit__(self, *exc_info: object) -> None:
        try:
            self._var.reset(self._token)
        except ValueError:  # the block is left in another context (a generator that is closed elsewhere)
            old = self._token.old_value
            self._var.set(None if old is Token.MISSING else old)


ctx_state: ContextManager[Any] = ContextManager("state", ContextObject)
ctx_inventory: ContextManager[Any] = ContextManager("inventory", ContextObject)
ctx_config: ContextManager[Any] = ContextManager("config", LocalContextObject)
ctx_host: ContextManager[Any] = ContextManager("host", LocalContextObject)

# The user's file that is being run (a deploy file, or one that it includes), for paths that begin with "./".
current_file: ContextVar[str | None] = ContextVar("pyinfra_file", default=None)

state: Any = ctx_state.context
inventory: Any = ctx_inventory.context
config: Any = ctx_config.context
host: Any = ctx_host.context
