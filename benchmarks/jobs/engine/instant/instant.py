"""A connector for pyinfra 3.10 whose hosts run nothing and answer at once with nothing, as ``@fake`` does here."""

from collections.abc import Iterator
from typing import Any

from pyinfra.connectors.base import BaseConnector
from pyinfra.connectors.util import CommandOutput


class InstantConnector(BaseConnector):
    """Hosts by name: ``@instant/web1``."""

    handles_execution = True

    @staticmethod
    def make_names_data(name: str | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield one host."""
        yield f"@instant/{name}", {}, []

    def connect(self) -> None:
        """Do nothing."""

    def run_shell_command(self, *_words: Any, **_arguments: Any) -> tuple[bool, CommandOutput]:
        """Succeed in silence."""
        return True, CommandOutput([])

    def put_file(self, *_words: Any, **_arguments: Any) -> bool:
        """Succeed."""
        return True

    def get_file(self, *_words: Any, **_arguments: Any) -> bool:
        """Succeed."""
        return True
