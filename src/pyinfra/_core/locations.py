"""Where in the user's own code we were called from.

Only frame objects are looked at, no source is read: an operation call can afford it.
"""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from functools import cache
from types import CodeType, FrameType
from typing import NamedTuple

Site = tuple[str, int]  # file name, line number


class TraceLine(NamedTuple):
    """One step of the way to an error: ``deploy.py:12``, the function, and the line of source."""

    place: str
    function: str
    source: str


def _here() -> str:
    code: CodeType = _here.__code__
    return code.co_filename


# As the interpreter wrote it into our code objects, so that both sides of a comparison are spelt alike.
_PACKAGE = os.path.dirname(os.path.dirname(_here())) + os.sep  # noqa: PTH120 - hot path, plain strings
_COMMAND_LINE = _PACKAGE.rstrip(os.sep) + "_cli" + os.sep
_OURS, _CLI, _INSTALLED, _USER = range(4)
_LIBRARIES = tuple(
    path + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_path(name))
)


@cache
def _kind(filename: str) -> int:
    """Whose code a file is. The separator at the end of each prefix keeps ``pyinfra_extras`` apart from ``pyinfra``."""
    if filename.startswith(_PACKAGE) or filename.startswith("<frozen "):
        return _OURS
    if filename.startswith(_COMMAND_LINE):
        return _CLI
    return _INSTALLED if filename.startswith(_LIBRARIES) else _USER


def call_site(root: str | None = None) -> tuple[Site, ...]:
    """Return the places in code outside this package that led here, outermost first.

    Args:
        root: a file name; what lies outside the outermost frame of this file is left out.

    Example:
        >>> call_site()[-1]
        ('deploy.py', 12)
    """
    sites: list[Site] = []
    start = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        kind = _kind(filename)
        if kind == _CLI:
            break
        if kind != _OURS:
            sites.append((filename, frame.f_lineno))
            if filename == root:
                start = len(sites)
        frame = frame.f_back
    if start:
        del sites[start:]
    sites.reverse()
    return tuple(sites)


def call_frames() -> list[FrameType]:
    """Return the frames of code outside this package that led here, outermost first."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        kind = _kind(frame.f_code.co_filename)
        if kind == _CLI:
            break
        if kind != _OURS:
            frames.append(frame)
        frame = frame.f_back
    frames.reverse()
    return frames


def own_site() -> Site | None:
    """Return the innermost place in the user's own code, that is: not in an installed library, if there is one."""
    fallback: Site | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        kind = _kind(filename)
        if kind == _USER:
            return filename, frame.f_lineno
        if kind == _INSTALLED and fallback is None:
            fallback = filename, frame.f_lineno
        if kind == _CLI:
            break
        frame = frame.f_back
    return fallback


def describe_site(site: Site) -> str:
    """Write a place as people do: ``deploy.py:12``, relative to the working directory where it lies below."""
    filename, line = site
    try:
        shown = os.path.relpath(filename)
    except (ValueError, OSError):  # another drive, or the working directory is gone
        shown = filename
    if shown.startswith(os.pardir):
        shown = filename
    return f"{shown}:{line}"


def place() -> str | None:
    """Return the innermost place in the user's own code, as ``deploy.py:12``, for messages."""
    site = own_site()
    return describe_site(site) if site is not None else None


def error_place(error: BaseException) -> str | None:
    """Return the last place in the user's own code that an exception came through, as ``deploy.py:12``."""
    found: Site | None = None
    traceback = error.__traceback__
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if _kind(filename) == _USER:
            found = filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return describe_site(found) if found is not None else None


def user_trace(error: BaseException) -> tuple[TraceLine, ...]:
    """Return the way that an exception took through code outside this package, outermost first.

    Frames of installed libraries are kept only below the user's own: they are where it came from.
    """
    own: list[TraceLine] = []
    below: list[TraceLine] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        kind = _kind(code.co_filename)
        if kind == _USER or (own and kind == _INSTALLED):
            source = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            place = describe_site((code.co_filename, traceback.tb_lineno))
            line = TraceLine(place, code.co_name, source)
            if kind == _USER:
                own.append(line)
                below.clear()
            else:
                below.append(line)
        traceback = traceback.tb_next
    return (*own, *below)
