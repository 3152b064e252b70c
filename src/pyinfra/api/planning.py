"""What an operation body can say about itself while it is planned; does nothing outside of a plan.

Example:
    @operation()
    def directory(path: str):
        if host.get_fact(Directory, path=path) is None:
            yield StringCommand("mkdir", QuoteString(path))
            promise(Directory, {"mode": 755}, exact=False, path=path)
"""

from pyinfra._core.effects import Effects, Resource, named, path, tree
from pyinfra._core.events import Change
from pyinfra._engine.prepare.authoring import affects, change, prefetch, promise

__all__ = ["Change", "Effects", "Resource", "affects", "change", "named", "path", "prefetch", "promise", "tree"]
