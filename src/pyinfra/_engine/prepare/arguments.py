"""Global arguments of one call on one host: call, then deploy, then host data, then config.

Almost every call resolves to what the host's data and the config say, so that part is worked out once per host,
and once for all hosts whose data name no global argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pyinfra._core.arguments import data_layer, defaults, resolve
from pyinfra._core.context import ctx_config
from pyinfra._engine.model.host_data import data_version
from pyinfra._engine.model.scope import deploy_of
from pyinfra._engine.prepare.options import options_from
from pyinfra._transport.base import ExecOptions

if TYPE_CHECKING:
    from pyinfra._engine.model.config import Config
    from pyinfra._engine.model.host import Host


class Resolved:
    """The values of all global arguments, and the options that follow from them.

    Args:
        base: from the configuration.
        data: from the host's data.
        config: the configuration.
        stamp: versions of what they were made from.
    """

    __slots__ = ("_base", "_data", "_last", "config", "options", "stamp", "values")

    def __init__(self, base: dict[str, Any], data: dict[str, Any], config: Config, stamp: object) -> None:
        self._base = base
        self._data = data
        self.config = config
        self.stamp = stamp
        self.values = resolve({}, None, data, base)
        self.options: ExecOptions = options_from(self.values)
        self._last: tuple[Any, Any, Resolved] | None = None

    def overlaid(self, deploy: Mapping[str, Any] | None, given: Mapping[str, Any]) -> Resolved:
        """The same with the arguments of a deploy and a call laid over; one call for many hosts is worked out once."""
        if not deploy and not given:
            return self
        if self._last is not None and self._last[0] is deploy and self._last[1] is given:
            return self._last[2]
        resolved = Resolved.__new__(Resolved)
        resolved.values = resolve(given, deploy, self._data, self._base)
        resolved.options = options_from(resolved.values)
        self._last = (deploy, given, resolved)
        return resolved


def resolve_arguments(host: Host, given: Mapping[str, Any]) -> Resolved:
    """Resolve the global arguments of a call in the present scope.

    Args:
        host: whom the call is for.
        given: global arguments of the call itself.
    """
    deploy = deploy_of(host)
    return _base(host).overlaid(deploy.kwargs if deploy is not None else None, given)


def _base(host: Host) -> Resolved:
    config: Config = ctx_config.get() or host.state.config
    stamp = _stamp(host, config)
    known = host.base_arguments
    if known is not None and known.config is config and known.stamp == stamp:
        return known
    layer = data_layer(host.data)
    resolved = Resolved(defaults(config), layer, config, stamp) if layer else _of_config(host, config)
    host.base_arguments = resolved
    return resolved


def _of_config(host: Host, config: Config) -> Resolved:
    """Shared by all hosts whose data name no global argument."""
    stamp = _stamp(host, config)
    shared = host.state.shared_arguments
    if shared is None or shared.config is not config or shared.stamp != stamp:
        shared = host.state.shared_arguments = Resolved(defaults(config), {}, config, stamp)
    return shared


def _stamp(host: Host, config: Config) -> tuple[int, int, int]:
    """Changes whenever the arguments might. (Data of a deploy are a part of the host's data while it runs.)"""
    deploy = deploy_of(host)
    return config.settings_version, data_version(host.data), id(deploy.data) if deploy is not None else 0
