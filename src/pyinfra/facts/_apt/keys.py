"""``AptKeys``: the keys that apt may trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra.facts._gpg.keys import GpgKeyrings, Keyring, Keys

APT_KEYRING_DIRS = ["/etc/apt/trusted.gpg.d", "/etc/apt/keyrings", "/usr/share/keyrings"]


class AptKeys(GpgKeyrings):
    """The keys in the keyrings of apt, by their long id.

    Example:
        >>> host.get_fact(AptKeys)["F8D2585B8783D481"]["uid"]
        'Debian Stable Release Key (12/bookworm) <debian-release@lists.debian.org>'
    """

    def command(self, directories: list[str] | None = None) -> StringCommand:  # type: ignore[override]
        return self.batch_command([{"directories": directories}])

    def resources(self, directories: list[str] | None = None) -> Iterable[Resource] | None:  # type: ignore[override]
        return super().resources(self.directories_of({"directories": directories}))

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        return self.merged_command(calls)

    def directories_of(self, call: Mapping[str, Any]) -> str | list[str]:
        return APT_KEYRING_DIRS if call["directories"] is None else super().directories_of(call)

    def value_of(self, keyrings: dict[str, Keyring]) -> Keys | None:
        return {name: key for keyring in keyrings.values() for name, key in keyring["keys"].items()} or None
