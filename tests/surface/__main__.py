"""Prints what is missing from the public surface, by module."""

import argparse
import json
from pathlib import Path

from .compare import HERE, compare_all
from .trim import write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.surface", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write missing.json")
    parser.add_argument("--trim", type=Path, metavar="FILE", help="make surface.json from a full description")
    options = parser.parse_args()
    if options.trim:
        write(options.trim, HERE / "surface.json")
        return
    missing, different = compare_all()
    if options.update:
        (HERE / "missing.json").write_text(json.dumps(missing, indent=1) + "\n")
    for module, names in missing.items():
        print(f"{module}: missing {', '.join(names) if names != ['*'] else 'altogether'}")
    for module, texts in different.items():
        for name, text in texts.items():
            print(f"{module}.{name}: {text}")


main()
