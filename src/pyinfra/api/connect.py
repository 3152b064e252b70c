"""Opens and closes the connections of a run."""

from pyinfra._engine.connect.connections import connect_all, disconnect_all
from pyinfra._engine.controller.spinner import progress_spinner

__all__ = ["connect_all", "disconnect_all", "progress_spinner"]
