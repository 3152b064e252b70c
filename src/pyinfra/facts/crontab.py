"""Facts about crontabs.

Example:
    >>> host.get_fact(Crontab, user="app").commands
    [{'command': '/srv/app/nightly', 'minute': 5, 'hour': 2, 'month': '*', 'day_of_month': '*', 'day_of_week': '*',
      'comments': ['# pyinfra-name=nightly']}]
"""

from __future__ import annotations

from ._crontab.file import CrontabDict, CrontabFile
from ._crontab.reading import Crontab
from ._faces import publish

__all__ = ["Crontab", "CrontabDict", "CrontabFile"]

publish(globals(), __all__)
