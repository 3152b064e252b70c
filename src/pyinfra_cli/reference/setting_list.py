"""The settings of a configuration. What they mean is in the comments above them, so their source is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pyinfra_cli.words.module_names import module_spec

_MODULE = "pyinfra._engine.model.config"
_SETTING = re.compile(r"([A-Z_]+): ([^=]+?)(?: = (.*?))?(?:  #.*)?$")


class Setting(NamedTuple):
    """One attribute of ``Config``; ``default`` and ``meaning`` are empty where the source says nothing."""

    name: str
    type: str
    default: str
    meaning: str


def settings() -> Iterator[Setting]:
    """Yield the settings in the order of the source."""
    note = ""
    for line in map(str.strip, _source().splitlines()):
        found = _SETTING.match(line)
        if line.startswith("#"):
            note = f"{note} {line[1:].strip()}".strip()
        elif found:
            yield Setting(found[1], found[2], found[3] or "", note)
            note = ""


def _source() -> str:
    spec = module_spec(_MODULE)
    if spec is None or spec.origin is None:
        return ""
    text = Path(spec.origin).read_text(encoding="utf-8")
    return text.partition("class ConfigDefaults")[2].partition("\n\n\n")[0]
