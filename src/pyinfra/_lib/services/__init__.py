"""Services: one way to decide what has to be done, and a small spec for each init system that says how.

A spec (``InitSystem``) yields commands and decides nothing; ``decide`` is pure; ``ensure`` asks the host, yields what
is needed and says what the host will be like afterwards. To add an init system write a spec beside these, its facts in
``pyinfra.facts`` and its operation in ``pyinfra.operations``: a signature, a docstring and a call of ``ensure``.
"""

from __future__ import annotations

from .deciding import Step, Wanted, decide
from .ensuring import Question, ensure
from .systems import SERVICES, InitSystem, checked_service, verb_words

__all__ = ["SERVICES", "InitSystem", "Question", "Step", "Wanted", "checked_service", "decide", "ensure", "verb_words"]
