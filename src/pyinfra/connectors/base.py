"""What a connector is.

A connector that blocks (the usual kind for other packages) implements ``connect``, ``disconnect``,
``run_shell_command``, ``put_file`` and ``get_file``; it is called in threads. One that also has a method
``make_session()``, returning a ``Session``, is driven by the engine's loop directly.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import IOBase
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack, get_type_hints

from pyinfra._engine.model.host_data import HostData, values_of
from pyinfra.api.exceptions import ConnectorDataTypeError, PyinfraError
from pyinfra.api.util import raise_if_bad_type

if TYPE_CHECKING:
    from pyinfra.api.arguments import ConnectorArguments
    from pyinfra.api.command import StringCommand
    from pyinfra.api.host import Host
    from pyinfra.api.state import State
    from pyinfra.connectors.util import CommandOutput

__all__ = [
    "BaseConnector",
    "ConnectorData",
    "ConnectorDataTypeError",
    "DataMeta",
    "host_to_connector_data",
    "raise_if_bad_type",
]

T = TypeVar("T")


class ConnectorData(TypedDict, total=False):
    """Base of the dictionaries that say which host data a connector reads."""


class DataMeta:
    """Description of one key of host data.

    Args:
        description: what it is.
        default: value when the host has none.
    """

    description: str
    default: Any

    def __init__(self, description: str, default: Any = None) -> None:
        self.description = description
        self.default = default

    def __repr__(self) -> str:
        return f"DataMeta({self.description!r}, default={self.default!r})"


class BaseConnector(ABC):
    """One connection to one host.

    Args:
        state: the run.
        host: the host.

    Attributes:
        handles_execution: False for connectors that only list hosts.
        data_cls: a ``ConnectorData`` with the keys of host data that are read.
        data_meta: what they mean, and their defaults.
        data: their values for this host.
    """

    state: State
    host: Host

    handles_execution: bool = False

    data_cls: type[Any] = ConnectorData
    data_meta: dict[str, DataMeta] = {}  # noqa: RUF012 - replaced in subclasses, as the public contract says

    def __init__(self, state: State, host: Host) -> None:
        self.state = state
        self.host = host
        self.data = host_to_connector_data(self.data_cls, self.data_meta, host.data)

    @staticmethod
    def make_names_data(name: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield the hosts that a name in an inventory stands for: name, data, groups.

        Args:
            name: what follows ``@connector/``; None when nothing does.
        """
        raise NotImplementedError("this connector does not make hosts from names")

    def connect(self) -> None:  # noqa: B027 - connectors without a connection need none
        """Open the connection. Raises ``ConnectError``."""

    def disconnect(self) -> None:  # noqa: B027
        """Close the connection."""

    def run_shell_command(
        self,
        command: StringCommand,
        print_output: bool,
        print_input: bool,
        **arguments: Unpack[ConnectorArguments],
    ) -> tuple[bool, CommandOutput]:
        """Run a command; return success and output.

        Args:
            command: the command, before ``sudo`` and the like are added.
            print_output: print what it prints.
            print_input: print the command.
            arguments: how to run it.
        """
        raise self._cannot("run commands")

    def put_file(
        self,
        filename_or_io: str | IOBase,
        remote_filename: str,
        remote_temp_filename: str | None = None,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Upload a file; return success.

        Args:
            filename_or_io: path here, or an open file.
            remote_filename: path on the host.
            remote_temp_filename: where to put it first, where that is needed.
            print_output: print what commands print.
            print_input: print commands.
            arguments: how to run commands.
        """
        raise self._cannot("upload files")

    def get_file(
        self,
        remote_filename: str,
        filename_or_io: str | IOBase,
        remote_temp_filename: str | None = None,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Download a file; return success.

        Args:
            remote_filename: path on the host.
            filename_or_io: path here, or an open file.
            remote_temp_filename: where to put it first, where that is needed.
            print_output: print what commands print.
            print_input: print commands.
            arguments: how to run commands.
        """
        raise self._cannot("download files")

    def check_can_rsync(self) -> None:
        """Raise ``NotImplementedError`` where rsync cannot be used."""
        raise self._cannot("use rsync")

    def rsync(
        self,
        src: str,
        dest: str,
        flags: Iterable[str],
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Copy a directory with rsync; return success.

        Args:
            src: directory here.
            dest: directory on the host.
            flags: options of rsync.
            print_output: print what rsync prints.
            print_input: print the command.
            arguments: how to run it.
        """
        raise self._cannot("use rsync")

    def _cannot(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__} cannot {what}")


@cache
def _types_of(connector_data: type[Any]) -> Mapping[str, Any]:
    try:
        return get_type_hints(connector_data)
    except Exception as error:
        raise PyinfraError(f"the annotations of {connector_data.__name__} cannot be evaluated: {error}") from error


def host_to_connector_data(connector_data: type[T], connector_data_meta: dict[str, DataMeta], host_data: HostData) -> T:
    """Return the values of the keys that a connector reads from the data of a host.

    Args:
        connector_data: the ``ConnectorData`` with the keys and their types.
        connector_data_meta: their defaults.
        host_data: data of the host.

    Raises:
        ConnectorDataTypeError: a value has the wrong type. None may always be given, for "none".
    """
    values: dict[str, Any] = {}
    data_cls: Any = connector_data
    types = _types_of(data_cls)
    given: Any = values_of(host_data, types) if isinstance(host_data, HostData) else host_data
    for key, type_ in types.items():
        meta = connector_data_meta.get(key)
        default = meta.default if meta is not None else None
        value = given.get(key, default)
        if value is not None and value is not default:
            prefix = f"Invalid connector data `{key}`"
            raise_if_bad_type(value, type_, ConnectorDataTypeError, prefix)
        values[key] = value
    result: Any = values
    return result  # type: ignore[no-any-return]
