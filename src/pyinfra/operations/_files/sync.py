"""``files.sync``: a directory of this machine, on the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pyinfra import host
from pyinfra._engine.controller.files import file_sum
from pyinfra._lib.text_diff import summary
from pyinfra.api import OperationError, WriteFileCommand, operation
from pyinfra.api.planning import affects, change, prefetch, tree
from pyinfra.facts._files.contents import FileText
from pyinfra.facts._files.tree import Tree, TreeEntry
from pyinfra.facts.files import Directory
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .entries import NEW_DIRECTORY, promise_entry
from .local_tree import Exclusion, LateFile, LocalEntry, LocalTree
from .paths import host_path, missing_parents, removable
from .sources import Source
from .tree_changes import TreeChanges, joined
from .uploading import Commands, Upload, tell_content

_MOST_DIFFS = 50
_LARGEST_DIFFED = 64 * 1024
_MOST_OPEN = 200
_SMALL = 128 * 1024
_REMOVABLE = "-ld"  # nobody but who made them knows what other things are good for


@operation()
@public_in("files")
def sync(
    src: str,
    dest: str,
    user: str | None = None,
    group: str | None = None,
    mode: str | None = None,
    dir_mode: str | None = None,
    delete: bool = False,
    exclude: str | list[str] | tuple[str] | None = None,
    exclude_dir: str | list[str] | tuple[str] | None = None,
    add_deploy_dir: bool = True,
) -> Commands:
    """Ensure that a directory of this machine is on the host, with everything below it.

    Everything that is there is looked at in one go, and only what differs is brought. Files take the place of old ones
    in one step each. Links stay links; times are not looked at.

    Args:
        src: directory on this machine.
        dest: directory on the host; a link to one is followed.
        user: who shall own everything.
        group: which group everything shall belong to.
        mode: permissions of files: ``"644"``; those that each has on this machine when it is not given.
        dir_mode: permissions of directories; those that each has on this machine when it is not given.
        delete: remove what is not in ``src``, but for what is excluded. Something of another kind than in ``src`` is
            replaced; without ``delete`` it is an error.
        exclude: patterns for files and links to leave out, of whole paths: ``"*.pyc"``, ``"*/.git*"``.
        exclude_dir: patterns for directories to leave out with all that is in them, of paths below ``src``:
            ``"cache"``.
        add_deploy_dir: take ``src`` to be relative to the directory of the deploy.

    Raises:
        OperationError: something else is at a place, and ``delete`` is not given.
        OperationValueError: there is no directory ``src``.

    Example:
        files.sync(src="templates", dest="/srv/app/templates", user="app", mode="640", dir_mode="750", delete=True)
    """
    exclusion = Exclusion.checked(exclude, exclude_dir)
    local = LocalTree.read(src, add_deploy_dir, exclusion)
    dest = host_path(dest, "dest")
    dest = (removable(dest, "dest") if delete else dest).rstrip("/") or "/"
    files, directories = Attributes.checked(user, group, mode), Attributes.checked(user, group, dir_mode)
    work = _Sync(dest, local, files, directories, delete, exclusion)
    work.read()
    work.decide()
    commands = list(work.changes.commands())
    if not commands:
        host.noop(f"{dest} is the same as {src} already")
        return
    work.tell()
    yield from commands


@dataclass(slots=True)
class _Sync:
    """From what is on this machine and on the host to what is to be done."""

    dest: str
    local: LocalTree
    file_attributes: Attributes
    directory_attributes: Attributes
    delete: bool
    exclusion: Exclusion
    top: Any = None  # the fact of the directory itself: False when it is a link to one
    remote: dict[str, TreeEntry] = field(default_factory=dict)
    changes: TreeChanges = field(default_factory=TreeChanges)
    through_links: set[str] = field(default_factory=set)  # directories that are links to some on the host
    uploads: dict[str, LocalEntry] = field(default_factory=dict)

    # -- reading ---------------------------------------------------------------------------

    def read(self) -> None:
        """Find out what is on the host; directories behind links cost another round trip."""
        prefetch(Directory, path=self.dest)
        found = self._read_tree(self.dest)
        self.top = host.get_fact(Directory, path=self.dest)
        if found is False:
            raise OperationError(f"{self.dest} exists and is not a directory", argument="dest")
        if found is None:
            return
        self.remote = found
        self._follow_links()

    def _read_tree(self, path: str) -> Any:
        return host.get_fact(Tree, path=path, sizes=tuple(sorted({entry.size for entry in self.local.files.values()})))

    def _follow_links(self) -> None:
        for name in list(self.local.directories):
            entry = self.remote.get(name)
            if entry is None or entry.kind != "l":
                continue
            below = self._read_tree(joined(self.dest, name) + "/")
            if below:
                self.through_links.add(name)
                self.remote.update({f"{name}/{inner}": one for inner, one in below.items() if inner != "."})

    # -- deciding --------------------------------------------------------------------------

    def decide(self) -> None:
        """Compare everything."""
        if self.delete:
            self._remove_extras()
        if not self.remote:
            self.changes.directories += [(path, Attributes()) for path in missing_parents(self.dest)]
        for name, entry in self.local.directories.items():
            self._directory(name, entry)
        for name, entry in self.local.links.items():
            self._link(name, entry)
        for name, entry in self.local.files.items():
            self._file(name, entry)
        for number, (name, entry) in enumerate(self.uploads.items()):
            self._write(name, entry, many=number >= _MOST_OPEN)

    def _there(self, name: str, kind: str, noun: str) -> TreeEntry | None:
        """What is at a place, when it is of the right kind; anything else goes."""
        found = self.remote.get(name)
        if found is None or found.kind == kind:
            return found
        path = joined(self.dest, name)
        if not self.delete:
            raise OperationError(f"{path} exists and is not a {noun}", hint="delete=True replaces it")
        self._remove(path, found)
        for known in [known for known in self.remote if known == name or known.startswith(f"{name}/")]:
            del self.remote[known]
        return None

    def _remove(self, path: str, found: TreeEntry) -> None:
        self.changes.gone.append(path)
        change(f"{_NOUNS.get(found.kind, 'entry')} {path}", "present", True, None)

    def _directory(self, name: str, entry: LocalEntry) -> None:
        if name in self.through_links:
            return
        path = joined(self.dest, name)
        wanted = _with_mode(self.directory_attributes, entry)
        found = self._there(name, "d", "directory")
        if found is None:
            self.changes.directories.append((path, wanted))
            if name != ".":  # which the promised fact shows
                change(f"directory {path}", "present", None, True)
        else:
            self._adjust(path, found.attributes, wanted, directory=True)

    def _link(self, name: str, entry: LocalEntry) -> None:
        path = joined(self.dest, name)
        wanted = replace(self.file_attributes, mode=None)
        found = self._there(name, "l", "link")
        before = found.attributes.get("link_target") if found is not None else None
        if before != entry.target:
            if found is not None:
                self.changes.gone.append(path)
            self.changes.links.append((path, entry.target))
            change(f"link {path}", "link_target", before, entry.target)
        if wanted.owner_differs(found.attributes if found is not None and before == entry.target else None):
            self.changes.link_owners[wanted.user, wanted.group].append(path)

    def _file(self, name: str, entry: LocalEntry) -> None:
        found = self.remote.get(name)
        if found is not None and found.kind == "l":
            self._through_link(name, entry)
            return
        found = self._there(name, "-", "file")
        if found is None or not _same_content(entry, found):
            self.uploads[name] = entry
        else:
            wanted = _with_mode(self.file_attributes, entry)
            self._adjust(joined(self.dest, name), found.attributes, wanted, directory=False)

    def _through_link(self, name: str, entry: LocalEntry) -> None:
        """A file behind a link is written as ``files.put`` does it."""
        source = Source(entry.path, name.rpartition("/")[2])
        self.changes.files += Upload(
            source, joined(self.dest, name), _with_mode(self.file_attributes, entry), create_remote_dir=False
        ).commands()

    def _write(self, name: str, entry: LocalEntry, *, many: bool) -> None:
        wanted = _with_mode(self.file_attributes, entry)
        late = many and entry.size <= _SMALL
        self.changes.files.append(
            WriteFileCommand(
                LateFile(entry.path) if late else entry.path,  # type: ignore[arg-type]
                joined(self.dest, name),
                mode=None if wanted.mode is None else str(wanted.mode),
                user=wanted.user,
                group=wanted.group,
            )
        )

    def _adjust(self, path: str, found: Mapping[str, Any], wanted: Attributes, *, directory: bool) -> None:
        owner = wanted.owner_differs(found)
        mode = wanted.mode_differs(found, directory=directory)
        self.changes.set_attributes(path, wanted, owner=owner, mode=mode)
        after = wanted.after(found, directory=directory)
        noun = "directory" if directory else "file"
        if path == self.dest and self.top:  # which the promised fact shows
            return
        for attribute in ("user", "group", "mode") if owner or mode else ():
            if found.get(attribute) != after[attribute]:
                change(f"{noun} {path}", attribute, found.get(attribute), after[attribute])

    # -- removing --------------------------------------------------------------------------

    def _remove_extras(self) -> None:
        """What is kept keeps the directories that it is in."""
        wanted = self.local.names()
        extras = {name for name in self.remote if name not in wanted}
        kept = {name for name in extras if self._is_kept(name)}
        for name in kept:
            extras -= {name, *_above(name)}
        for name in sorted(extras):
            if extras.isdisjoint(_above(name)):
                self._remove(joined(self.dest, name), self.remote[name])

    def _is_kept(self, name: str) -> bool:
        entry = self.remote[name]
        directory = name if entry.kind == "d" else name.rpartition("/")[0]
        if entry.kind not in _REMOVABLE or (directory and self.exclusion.covers_directory(directory)):
            return True
        return self.exclusion.covers(joined(self.dest, name)) or not self.through_links.isdisjoint(_above(name))

    # -- telling ---------------------------------------------------------------------------

    def tell(self) -> None:
        """Put into the plan what changes."""
        affects(tree(self.dest))
        if self.top is not False:
            wanted = _with_mode(self.directory_attributes, self.local.directories["."])
            after = wanted.after(self.top or NEW_DIRECTORY, directory=True)
            promise_entry(self.dest, Directory, {**after, "size": None, "mtime": None})
        small = [name for name, entry in self.uploads.items() if name in self.remote and entry.size <= _LARGEST_DIFFED]
        diffed = set(small[:_MOST_DIFFS])
        for name in diffed:
            prefetch(FileText, path=joined(self.dest, name))
        for name, entry in self.uploads.items():
            self._tell_content(joined(self.dest, name), entry, self.remote.get(name), name in diffed)

    def _tell_content(self, path: str, entry: LocalEntry, found: TreeEntry | None, diffed: bool) -> None:
        source = Source(entry.path, None)
        if diffed and found is not None:
            tell_content(path, found.attributes, source.data(), _with_mode(self.file_attributes, entry))
            return
        before = None
        if found is not None:
            digest = f", {found.algorithm} {found.digest[:12]}" if found.digest else ""
            before = f"{found.attributes['size']} bytes{digest}"
        after = summary(source.data()) if entry.size <= _SMALL else f"{entry.size} bytes"
        change(f"file {path}", "content", before, after)


_NOUNS = {"-": "file", "l": "link", "d": "directory"}


def _with_mode(wanted: Attributes, entry: LocalEntry) -> Attributes:
    return replace(wanted, mode=entry.mode) if wanted.mode is None else wanted


def _same_content(entry: LocalEntry, found: TreeEntry) -> bool:
    if entry.size != found.attributes["size"]:
        return False
    if entry.size == 0:
        return True
    return found.algorithm is not None and file_sum(entry.path, found.algorithm) == found.digest


def _above(name: str) -> set[str]:
    parts = name.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}
