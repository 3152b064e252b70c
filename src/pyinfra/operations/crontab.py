"""Operations on crontabs.

Example:
    from pyinfra.operations import crontab

    crontab.crontab(command="/srv/app/nightly", cron_name="nightly", hour=2, minute=5, user="app", _sudo=True)
"""

from __future__ import annotations

from ._crontab.crontab import crontab

__all__ = ["crontab"]
