"""J6: 100 packages that are all there, one operation each, as roles and loops write them."""

from pathlib import Path

from pyinfra.operations import apt

for name in Path("packages.txt").read_text().split():
    apt.packages(name=f"Package {name}", packages=[name])
