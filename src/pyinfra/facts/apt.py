"""Facts about apt.

Example:
    >>> host.get_fact(SimulateOperationWillChange, "upgrade")["upgraded"]
    2
"""

from __future__ import annotations

from ._apt.updates import AptSimulationDict, SimulateOperationWillChange
from ._faces import publish

__all__ = ["AptSimulationDict", "SimulateOperationWillChange"]

publish(globals(), __all__)
