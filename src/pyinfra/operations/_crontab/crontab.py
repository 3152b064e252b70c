"""``crontab.crontab``: an entry of a user's crontab."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._core.output import encode
from pyinfra._lib.text_diff import summary, unified
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import change, prefetch, promise
from pyinfra.facts._crontab.reading import Interpolated
from pyinfra.facts.crontab import Crontab, CrontabFile
from pyinfra.operations._public import public_in
from pyinfra.operations._server.names import checked_name

from .editing import Edit, with_job, without_job
from .job import checked_job
from .writing import add, replace

Moment = list[str | int] | str | int | None


@operation()
@public_in("crontab")
def crontab(
    command: str,
    present: bool = True,
    user: str | None = None,
    cron_name: str | None = None,
    minute: Moment = None,
    hour: Moment = None,
    month: Moment = None,
    day_of_week: Moment = None,
    day_of_month: Moment = None,
    special_time: str | None = None,
    interpolate_variables: bool = False,
) -> Generator[StringCommand, None, None]:
    """Ensure that a command is in a crontab with these times, or that it is not there.

    The entry is found by its name, or else by exactly its command; all other lines stay as they are. When somebody
    else changes the crontab in the meantime the operation fails instead of undoing that. As cron has it, an
    unescaped ``%`` in the command ends it and begins its input.

    Args:
        command: what is run. One line.
        present: False to remove it.
        user: whose crontab; that of the user who runs the operation by default.
        cron_name: a name to know the entry by, so that its command can change; kept in a comment above it.
        minute: 0 to 59; every one by default. Times may be a list, or anything that cron takes: ``"*/15"``.
        hour: 0 to 23; every one by default.
        month: 1 to 12; every one by default.
        day_of_week: 0 (Sunday) to 7; every one by default.
        day_of_month: 1 to 31; every one by default.
        special_time: instead of these: ``"@daily"``, ``"@reboot"`` ...
        interpolate_variables: have the shell of the host fill in ``$NAME`` in ``command``.

    Raises:
        OperationValueError: cron would not understand a time, or ``command`` is not one line.

    Example:
        crontab.crontab(command="/srv/app/nightly", cron_name="nightly", hour=2, minute=[5, 35])
    """
    times = {"minute": minute, "hour": hour, "month": month, "day_of_week": day_of_week, "day_of_month": day_of_month}
    job = checked_job(command, cron_name, special_time, times)
    if user is not None:
        checked_name(user, "user")
    if interpolate_variables:
        prefetch(Crontab, user=user)
        job = checked_job(host.get_fact(Interpolated, text=job.command), cron_name, special_time, times)
    found = host.get_fact(Crontab, user=user)
    present_file = found if isinstance(found, CrontabFile) else CrontabFile(found)
    edit = with_job(present_file, job) if present else without_job(present_file, job)
    if edit.lines == present_file.lines:
        host.noop(f"cron job {cron_name or job.command} {'is as it should be' if present else 'does not exist'}")
        return
    yield _install(user, present_file, edit)
    _tell(user, present_file, CrontabFile(edit.lines))


def _install(user: str | None, before: CrontabFile, edit: Edit) -> StringCommand:
    if edit.added is not None:
        return add(user, before.lines, edit.added)
    return replace(user, before.lines, edit.lines)


def _tell(user: str | None, before: CrontabFile, after: CrontabFile) -> None:
    old, new = encode(str(before)), encode(str(after))
    shown = unified(old, new) or summary(new)
    change(f"crontab of {user}" if user else "crontab", "content", summary(old) if before.lines else None, shown)
    promise(Crontab, after, user=user)
