"""What a decorated operation looks like to editors and type checkers."""

from pyinfra._core.argument_types import EnvValue
from pyinfra._engine.model.typed_operation import P, PyinfraOperation

from ._public import publish
from .hiddenvalue import HiddenValue

__all__ = ["EnvValue", "HiddenValue", "P", "PyinfraOperation"]

publish(__name__, PyinfraOperation)
