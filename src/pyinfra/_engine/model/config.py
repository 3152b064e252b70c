"""Defaults of a run: of the global arguments, and of the engine itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from pyinfra._core.suggestions import did_you_mean
from pyinfra._engine.model.requirements import check_pyinfra_version, check_require_packages

if TYPE_CHECKING:
    from pyinfra._engine.model.state import State

logger = logging.getLogger("pyinfra")

# One counter for all configurations: equal versions mean equal settings, also across copies.
_versions = count(1)
_NOT_SETTINGS = frozenset(("state", "_locked", "_version"))


class ConfigDefaults:
    """What every setting is when nobody sets it."""

    # How many per cent of the hosts may fail before the run stops (None: all but one)
    FAIL_PERCENT: int | None = None
    # Seconds that connecting may take
    CONNECT_TIMEOUT: int = 10
    # Directory for temporary files on hosts (None: the host's own), and the one when the host has none
    TEMP_DIR: str | None = None
    DEFAULT_TEMP_DIR: str = "/tmp"  # noqa: S108 - public default
    # On how many hosts to work at once (0: as many as possible)
    PARALLEL: int = 0
    # Checked when they are set
    REQUIRE_PYINFRA_VERSION: str | None = None
    REQUIRE_PACKAGES: str | Sequence[str] | None = None
    # Defaults of the global arguments of the same meaning
    SU_USER: str | None = None
    USE_SU_LOGIN: bool = False
    SU_SHELL: str | bool = False
    PRESERVE_SU_ENV: bool = False
    SU_PASSWORD: str | None = None
    SUDO: bool = False
    SUDO_USER: str | None = None
    PRESERVE_SUDO_ENV: bool = False
    USE_SUDO_LOGIN: bool = False
    SUDO_PASSWORD: str | None = None
    DOAS: bool = False
    DOAS_USER: str | None = None
    DZDO: bool = False
    DZDO_USER: str | None = None
    IGNORE_ERRORS: bool = False
    SHELL: str = "sh"
    # Whether to show the differences of files
    DIFF: bool = False
    RETRY: int = 0
    RETRY_DELAY: int = 5
    # Names of variables of this process that commands get
    INHERIT_ENV: Sequence[str] = ()

    # Environment of all commands; each configuration has its own
    ENV: dict[str, Any]


SETTING_NAMES: tuple[str, ...] = tuple(ConfigDefaults.__annotations__)


class Config(ConfigDefaults):
    """Settings of a run.

    Args:
        kwargs: settings by name; the names of ``ConfigDefaults``, or any other for one's own use.

    Example:
        >>> config = Config(SUDO=True)
        >>> config.SUDO, config.SHELL
        (True, 'sh')
    """

    state: State

    def __init__(self, **kwargs: Any) -> None:
        put = object.__setattr__
        put(self, "_version", next(_versions))
        put(self, "_locked", None)
        put(self, "ENV", _Env(self))
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _NOT_SETTINGS:
            value = self._accept(name, value)
            object.__setattr__(self, "_version", next(_versions))
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        object.__setattr__(self, "_version", next(_versions))

    def _accept(self, name: str, value: Any) -> Any:
        if name == "ENV":
            return _Env(self, value or {})
        if name == "REQUIRE_PYINFRA_VERSION":
            check_pyinfra_version(value)
        elif name == "REQUIRE_PACKAGES":
            check_require_packages(value, self._directory())
        elif name not in SETTING_NAMES and name not in self.__dict__:
            hint = did_you_mean(name, SETTING_NAMES)
            if hint:
                logger.warning("config has no setting %s%s", name, hint)
        return value

    def _directory(self) -> str | None:
        from pyinfra._core.context import ctx_state

        state = self.__dict__.get("state") or ctx_state.get()
        return getattr(state, "cwd", None)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"config has no setting {name}{did_you_mean(name, SETTING_NAMES)}")

    @property
    def settings_version(self) -> int:
        """A number that is another one after every change of a setting, also within ``ENV``.

        Configurations with the same number have the same settings, so what is worked out from them can be shared.
        """
        version: int = self.__dict__["_version"]
        return version

    # -- life cycle ------------------------------------------------------------------------

    def get_current_state(self) -> list[tuple[str, Any]]:
        """Return all settings, to be given to ``set_current_state`` later."""
        names = dict.fromkeys((*SETTING_NAMES, *self.__dict__))
        return [(name, _copied(getattr(self, name))) for name in names if name not in _NOT_SETTINGS]

    def set_current_state(self, config_state: Iterable[tuple[str, Any]]) -> None:
        """Go back to settings from ``get_current_state``. What was set since and is not among them is dropped."""
        wanted = dict(config_state)
        for name in [name for name in self.__dict__ if name not in _NOT_SETTINGS and name not in wanted]:
            object.__delattr__(self, name)
        for name, value in wanted.items():
            object.__setattr__(self, name, _Env(self, value) if name == "ENV" else value)
        object.__setattr__(self, "_version", next(_versions))

    def lock_current_state(self) -> None:
        """Remember the settings for ``reset_locked_state``."""
        object.__setattr__(self, "_locked", self.get_current_state())

    def reset_locked_state(self) -> None:
        """Go back to the settings at the time of ``lock_current_state``."""
        locked = self.__dict__["_locked"]
        if locked is not None:
            self.set_current_state(locked)

    def copy(self) -> Config:
        """Return a configuration with the same settings, ``ENV`` and any extra ones included."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.__dict__["ENV"] = _Env(other, self.ENV)
        return other

    def __repr__(self) -> str:
        changed = sorted(name for name in self.__dict__ if name not in _NOT_SETTINGS and name != "ENV")
        return f"Config({', '.join(changed)})"


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value


class _Env(dict[str, Any]):
    """The ``ENV`` of a configuration: a dictionary that tells its owner when it is changed."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Config, values: Any = ()) -> None:
        super().__init__(values)
        self._owner = owner

    def _changed(self) -> None:
        object.__setattr__(self._owner, "_version", next(_versions))

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._changed()

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._changed()

    def __ior__(self, other: Any) -> _Env:  # type: ignore[override,misc]
        self.update(other)
        return self

    def update(self, *args: Any, **kwargs: Any) -> None:
        super().update(*args, **kwargs)
        self._changed()

    def setdefault(self, key: str, default: Any = None) -> Any:
        value = super().setdefault(key, default)
        self._changed()
        return value

    def pop(self, *args: Any) -> Any:
        value = super().pop(*args)
        self._changed()
        return value

    def popitem(self) -> tuple[str, Any]:
        item = super().popitem()
        self._changed()
        return item

    def clear(self) -> None:
        super().clear()
        self._changed()

    def copy(self) -> dict[str, Any]:
        return dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))
