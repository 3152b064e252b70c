"""Opens and closes the connections of a run."""

from pyinfra._engine.connections import connect_all, disconnect_all
from pyinfra._engine.spinner import progress_spinner

__all__ = ["connect_all", "disconnect_all", "progress_spinner"]
