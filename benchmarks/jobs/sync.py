"""J5: a tree of 500 files, on a host that has none of it."""

from pyinfra.operations import files

files.sync(name="Tree", src="tree", dest="/srv/tree")
