"""What an entry of a crontab shall say: when, and what."""

from __future__ import annotations

import re
from typing import Any

from pyinfra._core.records import Record
from pyinfra._core.suggestions import did_you_mean
from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._crontab.file import FIELDS, CrontabDict

_SPECIAL_TIMES = (
    "@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
    "@every_minute", "@every_second", "@noon",
)  # fmt: skip
_RANGES = {"minute": (0, 59), "hour": (0, 23), "day_of_month": (1, 31), "month": (1, 12), "day_of_week": (0, 7)}
_WORDS = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "day_of_week": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
# One item of a field: a star, a value, a range (- every one of it, ~ one at random); with a step.
_ITEM = re.compile(r"(?:\*|([0-9]+|[A-Za-z]+)(?:[-~]([0-9]+|[A-Za-z]+))?|([0-9]*)~([0-9]*))(?:/([0-9]+))?\Z", re.ASCII)


class Job(Record):
    """An entry as it shall be.

    Attributes:
        command: what is run.
        when: the five fields or ``@daily``, as they are written.
        name: that it is known by, besides its command.
    """

    command: str
    when: tuple[str, ...]
    name: str | None = None

    @property
    def line(self) -> str:
        """The line of the entry."""
        return " ".join([*self.when, self.command])

    @property
    def comment(self) -> str | None:
        """The line above that tells its name."""
        return None if self.name is None else f"# pyinfra-name={self.name}"

    def is_at(self, values: CrontabDict) -> bool:
        """Whether an entry runs when this one shall. Names of months and days are the same in capital letters."""
        special = values.get("special_time")
        if special is not None:
            found: tuple[str, ...] = (special,)
        else:
            found = tuple(str(values.get(field, "*")) for field in FIELDS)
        return [text.lower() for text in found] == [text.lower() for text in self.when]


def checked_job(command: Any, name: Any, special_time: Any, fields: dict[str, Any]) -> Job:
    """Make a job of the arguments of an operation.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: cron would not understand it, or take it for something else.
    """
    text = _checked_line(command, "command")
    known_as = None if name is None else _checked_line(name, "cron_name")
    if special_time is not None:
        return Job(text, (_checked_special(special_time),), known_as)
    return Job(text, tuple(_checked_field(field, fields[field]) for field in FIELDS), known_as)


def _checked_line(value: Any, argument: str) -> str:
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {type(value).__name__}", argument=argument)
    text = value.strip()
    if not text or any(character in text for character in "\n\r\0"):
        hint = "put the commands into a script" if argument == "command" and text else None
        raise OperationValueError(f"{argument} must be one line, not {value!r}", argument=argument, hint=hint)
    return text


def _checked_special(value: Any) -> str:
    if not isinstance(value, str):
        raise OperationTypeError(f"special_time must be a text, not {value!r}", argument="special_time")
    if value.lower() not in _SPECIAL_TIMES and not re.fullmatch(r"@[0-9]+", value, re.ASCII):
        hint = did_you_mean(value, _SPECIAL_TIMES)
        raise OperationValueError(f"special_time {value!r} is none that cron knows{hint}", argument="special_time")
    return value


def _checked_field(field: str, value: Any) -> str:
    """A field as it is written: one value, or several with commas."""
    if value is None:
        return "*"
    items = value if isinstance(value, (list, tuple)) else [value]
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (str, int)):
            message = f"{field} must be a number, a text or a list of those, not {value!r}"
            raise OperationTypeError(message, argument=field)
    text = ",".join(str(item).strip() for item in items)
    if not all(_is_item(field, item) for item in text.split(",")):
        low, high = _RANGES[field]
        raise OperationValueError(f"{field} {value!r} is nothing that cron understands", argument=field,
                                  hint=f"{low} to {high}, *, */5, 1-5, or several with commas")  # fmt: skip
    return text


def _is_item(field: str, item: str) -> bool:
    match = _ITEM.match(item)
    if match is None:
        return False
    low, high = _RANGES[field]
    *ends, step = match.groups()
    if step is not None and int(step) == 0:
        return False
    words = _WORDS.get(field, ())
    return all(
        low <= int(end) <= high if end.isdigit() else end[:3].lower() in words and len(end) == 3 for end in ends if end
    )
