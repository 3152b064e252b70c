"""Values that must not be seen."""

from pyinfra._core.secrets import HiddenValue

from ._public import publish

__all__ = ["HiddenValue"]

publish(__name__, HiddenValue)
