r"""Many small files in one request: a tree costs a few processes for each directory, not some for each file.

New files are written, by the shell itself, into a directory of ours beside their places, which nobody else can look
into; they are given owner and mode all at once, and then moved to their places with one ``mv``. Whatever is no new
file (one that exists, a link, a device) is written as ever: see ``uploads``.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pyinfra._core.output import STDERR, STDOUT, CapturedOutput

from .base import Result
from .framing import Script, escape
from .jobs import Job, JobState
from .scripts import setup_text
from .units import Unit, UploadUnit, transfer_result
from .uploads import FROM_VARIABLE, WRITE, temporary_name, temporary_path, values

if TYPE_CHECKING:
    from .shell import Shell

_MOST_FILES = 200
_MOST_BYTES = 256 * 1024
_TOGETHER = 50  # files in one list of arguments

# The list of arguments has what lies in the directory of ours, $s; $sum is how large all that is, $k tells what it has
# in common, and $u how many files are done. What runs here is the subshell of the request, so it may simply exit.
_BEGIN = r"""
u=0 s= k= sum=0
trap 'if [ -n "$s" ]; then rm -rf "$s"; fi' EXIT
trap 'exit 143' HUP INT PIPE TERM
give_up() { echo "$u"; exit 1; }
is_new() { [ ! -e "$d" ] && [ ! -L "$d" ] && [ -d "$p" ] && [ -w "$p" ]; }
move='
if [ $# -gt 0 ]; then
  [ "$sum" -eq $(cat "$@" | wc -c) ] || { echo "$p: could not be written completely" >&2; give_up; }
  if [ -n "$o" ]; then chown "$o${g:+:$g}" "$@" || give_up
  elif [ -n "$g" ]; then chgrp "$g" "$@" || give_up
  fi
  if [ -n "$m" ]; then chmod "$m" "$@" || give_up; fi
  mv -f "$@" "$p" && rmdir "$s" || give_up
  u=$((u + $#)) s= k= sum=0
  set --
fi
'
stage='
[ -n "$s" ] || { s=${p%/}/$r; ( umask 077; mkdir "$s" ) || give_up; }
set -- "$@" "$s/${d##*/}"
content >"$s/${d##*/}" 2>/dev/null || again "$s/${d##*/}" || give_up
sum=$((sum + n))
'
alone='
( write ) || give_up
u=$((u + 1))
'
set --
"""
# What is staged is moved before the values of the next file are set, unless they are alike.
_NEXT = """
if [ "$k" != {like} ] || [ $# -ge {most} ]; then eval "$move"; k={like}; fi
{values}
p=${{d%/*}}; p=${{p:-/}}
_pi_i='{content}'
if is_new; then eval "$stage"; else eval "$move$alone"; k={like}; fi"""


class PackUnit(Unit):
    """Several files to write.

    Args:
        units: of small files, alike in privilege and working directory.
    """

    def __init__(self, units: Sequence[UploadUnit]) -> None:
        super().__init__(units[0].privilege, own=False)
        self._units = units

    def new_job(self) -> Job:
        """Return the job that writes all."""
        name = temporary_name()
        text = "".join(_next(unit, name) for unit in self._units)
        return Job(
            Script(
                f'{FROM_VARIABLE}write() {{{WRITE}}}\n{_BEGIN}{text}\neval "$move"',
                setup=setup_text(self._units[0].request.options, environment=False),
                temporary=tuple({temporary_path(unit.request, name): None for unit in self._units}),
            )
        )

    def close(self) -> None:
        """Let go of what was needed on the way."""
        for unit in self._units:
            unit.close()

    def results(self, job: Job, shell: Shell) -> list[Result]:
        """Return what has become of each file, up to the first that could not be written."""
        whole = self.result(job, shell)
        if job.state is not JobState.ENDED:
            return [whole]
        seconds = job.seconds / len(self._units)
        done = len(self._units) if whole.ok else _done(job)
        results = [Result(0, True, seconds=seconds) for _ in self._units[:done]]
        if not whole.ok:
            whole.output = _only_errors(whole.output)
            results.append(transfer_result(whole, f"cannot write {self._units[done].request.path}"))
        return results


def _only_errors(output: CapturedOutput) -> CapturedOutput:
    """What it printed besides is meant for us."""
    errors = CapturedOutput()
    errors.append(STDERR, output.bytes_of(STDERR))
    return errors


def _next(unit: UploadUnit, temporary: str) -> str:
    request = unit.request
    like = shlex.quote(repr((posixpath.dirname(request.path), request.mode, request.user, request.group)))
    return _NEXT.format(
        like=like,
        most=_TOGETHER,
        values=values(request, len(unit.content), temporary),
        content=escape(unit.content).decode("ascii"),
    )


def _done(job: Job) -> int:
    """How many files were written before the one that could not be."""
    lines = job.output.bytes_of(STDOUT).split()
    return int(lines[-1]) if lines and lines[-1].isdigit() else 0


def packed(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield units with small files that follow one another put together."""
    pack: list[UploadUnit] = []
    for unit in units:
        if isinstance(unit, UploadUnit) and unit.is_small and (not pack or _fits(pack, unit)):
            pack.append(unit)
            continue
        yield from _closed(pack)
        pack = [unit] if isinstance(unit, UploadUnit) and unit.is_small else []
        if not pack:
            yield unit
    yield from _closed(pack)


def _fits(pack: Sequence[UploadUnit], unit: UploadUnit) -> bool:
    first = pack[0]
    return (
        len(pack) < _MOST_FILES
        and unit.privilege == first.privilege
        and unit.request.options.chdir == first.request.options.chdir
        and all(unit.request.path != one.request.path for one in pack)
        and sum(len(one.content) for one in pack) + len(unit.content) <= _MOST_BYTES
    )


def _closed(pack: Sequence[UploadUnit]) -> Sequence[Unit]:
    return [PackUnit(pack)] if len(pack) > 1 else pack
