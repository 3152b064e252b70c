"""``crontab.crontab``: how lines are changed, and how they are installed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra.api import OperationTypeError, OperationValueError, PyinfraError
from pyinfra.api.operation import add_op, add_ops
from pyinfra.api.operations import run_ops
from pyinfra.facts._crontab.reading import Interpolated
from pyinfra.facts.crontab import Crontab, CrontabFile
from pyinfra.operations import crontab as module
from pyinfra.operations import server
from pyinfra.operations._crontab.editing import with_job, without_job
from pyinfra.operations._crontab.job import Job, checked_job
from pyinfra.operations._crontab.writing import add
from pyinfra.operations.crontab import crontab

from .machine import Machine
from .stub import commands_of
from .test_injection import HOSTILE

TIMES = dict.fromkeys(("minute", "hour", "day_of_month", "month", "day_of_week"))
ODD = """echo "it's" $HOME `id` \\% 100% > /tmp/x; [a-z]* .* Á ☃ & b/c\\d ^$ -n #x"""


def job(command: str = "cmd", name: str | None = None, special: str | None = None, **times: Any) -> Job:
    return checked_job(command, name, special, {**TIMES, **times})


def present(lines: list[str], wanted: Job) -> list[str]:
    after = list(with_job(CrontabFile(lines), wanted).lines)
    assert list(with_job(CrontabFile(after), wanted).lines) == after, "a second time there is nothing to do"
    return after


def absent(lines: list[str], wanted: Job) -> list[str]:
    after = list(without_job(CrontabFile(lines), wanted).lines)
    assert list(without_job(CrontabFile(after), wanted).lines) == after
    return after


OTHERS = ["# mine", "", "PATH=/bin", "0 0 * * * other", "\t@daily   x  ", "no entry"]


# -- lines ---------------------------------------------------------------------------------


def test_adding() -> None:
    assert present(OTHERS, job(minute=5)) == [*OTHERS, "5 * * * * cmd"]
    assert present(OTHERS, job(name="n", special="@daily")) == [*OTHERS, "# pyinfra-name=n", "@daily cmd"]
    assert present([], job(hour=[1, "2-4/2"], day_of_week="Mon,5")) == ["* 1,2-4/2 * * Mon,5 cmd"]


def test_changing() -> None:
    assert present([*OTHERS, "5 * * * * cmd", "# end"], job(minute=6)) == [*OTHERS, "6 * * * * cmd", "# end"]
    assert present(["5 * * * * cmd"], job(special="@daily")) == ["@daily cmd"]
    assert present(["@daily cmd"], job(hour=2)) == ["* 2 * * * cmd"]
    named = ["# pyinfra-name=n", "# why", "5 * * * * old"]
    assert present(named, job(name="n", minute=5)) == ["# pyinfra-name=n", "# why", "5 * * * * cmd"]


def test_what_means_the_same_is_left_as_it_is() -> None:
    for line, wanted in (
        ("5\t *  * * *   cmd", job(minute=5)),
        ("05 * * * * cmd", job(minute=5)),
        ("0 0 * JAN mon cmd", job(minute="0", hour=0, month="jan", day_of_week="Mon")),
        ("@Daily cmd  ", job(special="@daily")),
        ("1,2 * * * * cmd", job(minute=[1, 2])),
    ):
        assert present([line], wanted) == [line]


def test_a_name_is_added_to_what_is_there() -> None:
    lines = ["# why", "5\t* * * * cmd"]
    assert present(lines, job(name="n", minute=5)) == ["# why", "# pyinfra-name=n", "5\t* * * * cmd"]


def test_jobs_with_one_command_and_different_names() -> None:
    lines = present(present([], job(name="a", hour=1)), job(name="b", hour=2))
    assert lines == ["# pyinfra-name=a", "* 1 * * * cmd", "# pyinfra-name=b", "* 2 * * * cmd"]
    assert present(lines, job(name="a", hour=1)) == lines
    assert absent(lines, job(name="a")) == lines[2:]


def test_the_name_of_a_job_that_is_gone() -> None:
    lines = ["# pyinfra-name=gone", "# pyinfra-name=n", "* * * * * cmd"]
    assert present(lines, job("new", name="gone")) == [*lines, "# pyinfra-name=gone", "* * * * * new"]


def test_removing() -> None:
    assert absent([*OTHERS, "5 * * * * cmd"], job()) == OTHERS
    assert absent(["# why", "# pyinfra-name=n", "5 * * * * cmd", "@daily cmd"], job()) == ["# why"]
    lines = ["# pyinfra-name=n", "5 * * * * x", "# pyinfra-name=m", "@daily cmd", "@hourly cmd"]
    assert absent(lines, job(name="n")) == ["# pyinfra-name=m", "@daily cmd"]
    assert absent(["# why", "# pyinfra-name=n", "5 * * * * cmd"], job("other", name="n")) == ["# why"]
    assert absent(["* * * * * cmd", "@daily cmd"], job()) == []
    assert absent(OTHERS, job("o.her")) == OTHERS, "a command is no pattern"
    assert absent(["# cmd", "cmd=cmd", "0 0 * * * cmd x"], job()) == ["# cmd", "cmd=cmd", "0 0 * * * cmd x"]


LINE = st.one_of(
    st.sampled_from(["# pyinfra-name=n", "# pyinfra-name=m", "* * * * * cmd", "5 * * * * x", "@daily cmd", "A=b", ""]),
    st.text(st.characters(exclude_characters="\n"), max_size=12),
)  # fmt: skip


@given(
    st.lists(LINE, max_size=8), st.sampled_from(["cmd", "x", ODD]), st.sampled_from([None, "n", "m"]),
    st.sampled_from([None, "@daily"]),
)  # fmt: skip
def test_other_lines_stay(lines: list[str], command: str, name: str | None, special: str | None) -> None:
    wanted = job(command, name, special)
    for after in (present(lines, wanted), absent(lines, wanted)):
        kept = [line for line in lines if line in after]
        others = [line for line in lines if "pyinfra-name=" not in line and not line.rstrip().endswith(command)]
        if name is None:
            assert [line for line in kept if line in others] == others
    assert absent(present([], wanted), wanted) == []


# -- arguments -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minute", 60), ("minute", "60"), ("minute", -1), ("hour", 24), ("hour", "x"), ("day_of_month", 0),
        ("day_of_month", 32), ("month", 13), ("month", "mon"), ("day_of_week", 8), ("day_of_week", "jan"),
        ("minute", "1 2"), ("minute", ""), ("minute", []), ("minute", "*/0"), ("minute", "1,"),
        ("minute", "* * * * * touch x #"), ("hour", "1-"), ("minute", "$(x)"), ("minute", "²"),
    ],
)  # fmt: skip
def test_times_that_make_no_sense(field: str, value: Any) -> None:
    with pytest.raises(OperationValueError) as caught:
        job(**{field: value})
    assert caught.value.details.argument == field


@pytest.mark.parametrize("value", ["*", "*/5", "1-5", "1-5/2", "0,30", "5~10", "~", "7", 0])
def test_times_that_cron_takes(value: Any) -> None:
    assert job(minute=value).when[0] == str(value)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"command": "a\n* * * * * b"}, OperationValueError),
        ({"command": " "}, OperationValueError),
        ({"command": 5}, OperationTypeError),
        ({"command": "a\0"}, OperationValueError),
        ({"cron_name": "a\nb"}, OperationValueError),
        ({"special_time": "daily"}, OperationValueError),
        ({"special_time": 5}, OperationTypeError),
        ({"minute": True}, OperationTypeError),
        ({"minute": 1.5}, OperationTypeError),
        ({"user": "a b"}, OperationValueError),
        ({"user": "-l"}, OperationValueError),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        commands_of(crontab, **{"command": "x", **arguments})


def test_typing_errors_are_recognised() -> None:
    with pytest.raises(OperationValueError, match="did you mean @daily"):
        job(special="@dayly")


# -- the operation -------------------------------------------------------------------------


def test_nothing_to_do() -> None:
    there = CrontabFile(["5 * * * * cmd"])
    assert commands_of(crontab, {Crontab: there}, command="cmd", minute=5) == []
    assert commands_of(crontab, {Crontab: there}, command="other", present=False) == []
    assert commands_of(crontab, {Crontab: {"cmd": {"minute": 5}}}, command="cmd", minute=5) == [], "the old form"
    assert server.crontab is crontab is module.crontab


def test_variables_of_the_host() -> None:
    facts = {Crontab: CrontabFile(["* * * * * /home/ann/x"]), Interpolated: "/home/ann/x"}
    assert commands_of(crontab, facts, command="$HOME/x", interpolate_variables=True) == []
    (command,) = commands_of(crontab, facts, command="$HOME/x")
    assert "'* * * * * $HOME/x'" in command


def test_whose_it_is() -> None:
    (command,) = commands_of(crontab, command="x", user="ann")
    assert "crontab -u ann -l" in command
    assert command.endswith("crontab -u ann -")


# -- for real, with a crontab that keeps its file beside it ---------------------------------

PROGRAM = """#!/bin/sh
file={directory}/file
case $1 in
-l) [ -e "$file" ] && exec cat "$file"; echo "no crontab for me" >&2; exit 1 ;;
-) {delay} cat >"$file.new" && mv "$file.new" "$file" ;;
*) exit 9 ;;
esac
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crontab").write_text(PROGRAM.format(directory=tmp_path, delay=""))
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path / "file"


@pytest.fixture
def here(place: Path, machine: Machine) -> Machine:
    return Machine(machine.name, _env={"PATH": f"{place.parent}:/usr/local/bin:/usr/bin:/bin"})


def test_from_nothing_to_something_and_back(place: Path, here: Machine) -> None:
    meta = here.apply(crontab, command=ODD, minute=5)
    assert place.read_text() == f"5 * * * * {ODD}\n"
    (change,) = meta.plan.changes
    assert (change.resource, change.attribute, change.before) == ("crontab", "content", None)
    assert change.after == f"@@ -0,0 +1 @@\n+5 * * * * {ODD}"
    here.apply(crontab, command=ODD, minute=6, cron_name="Á")
    here.apply(crontab, command="other", cron_name="Á", special_time="@daily")
    assert place.read_text() == "# pyinfra-name=Á\n@daily other\n"
    here.apply(crontab, command="whatever", cron_name="Á", present=False)
    assert place.read_text() == ""


def test_bytes_of_others_stay(place: Path, here: Machine) -> None:
    others = b"\n# \xff\xfe\r\nA=b\t\n 0 0 * * *  x\t\n\n\n"
    place.write_bytes(others)
    here.apply(crontab, command="cmd")
    assert place.read_bytes() == others + b"* * * * * cmd\n"
    here.apply(crontab, command="cmd", hour=5)
    assert place.read_bytes() == others + b"* 5 * * * cmd\n"
    here.apply(crontab, command="cmd", present=False)
    assert place.read_bytes() == others


def test_a_last_line_without_an_end(place: Path, here: Machine) -> None:
    place.write_text("0 0 * * * x")
    here.apply(crontab, command="cmd")
    assert place.read_text() == "0 0 * * * x\n* * * * * cmd\n"
    place.write_text("0 0 * * * x")
    here.apply(crontab, command="x")
    assert place.read_text() == "* * * * * x\n"


def changed_meanwhile(place: Path, here: Machine, text: str | None, **kwargs: Any) -> Any:
    with here.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, crontab, **here.arguments, **kwargs, _ignore_errors=True).values()
        if text is None:
            place.unlink()
        else:
            place.write_text(text)
        run_ops(state)
    return meta


def test_somebody_else_is_faster(place: Path, here: Machine) -> None:
    place.write_text("@daily x\n")
    meta = changed_meanwhile(place, here, "@daily y\n", command="x", present=False)
    assert not meta.did_succeed()
    assert "changed by somebody else" in meta.stderr
    assert place.read_text() == "@daily y\n"
    meta = changed_meanwhile(place, here, "@daily y\n@daily z", command="new")
    assert meta.did_succeed()
    assert place.read_text() == "@daily y\n@daily z\n* * * * * new\n", "adding takes nothing away"
    meta = changed_meanwhile(place, here, "* * * * * newer\n", command="newer")
    assert meta.did_succeed()
    assert place.read_text() == "* * * * * newer\n", "what is there by then is not added"
    meta = changed_meanwhile(place, here, None, command="newest")
    assert not meta.did_succeed(), "what cannot be read any more is not replaced"
    assert not place.exists()


def test_many_at_the_same_time(place: Path) -> None:
    if shutil.which("flock") is None:
        pytest.skip("no flock here")
    (place.parent / "crontab").write_text(PROGRAM.format(directory=place.parent, delay="sleep 0.05;"))
    adding = []
    for number in range(4):
        line = place.parent / str(number)
        line.write_text(f"* * * * * job {number}\n")
        command = add(None, [], [line.read_text().strip()]).get_raw_value()
        with line.open() as given:
            adding.append(subprocess.Popen(["sh", "-c", command], stdin=given))
    assert [shell.wait() for shell in adding] == [0, 0, 0, 0]
    assert sorted(place.read_text().splitlines()) == [f"* * * * * job {number}" for number in range(4)]


def test_one_operation_after_another_is_planned_exactly(place: Path, here: Machine) -> None:
    calls: list[Any] = [
        (crontab, {"command": "a", "minute": 1, **here.arguments}),
        (crontab, {"command": "a", "minute": 1, **here.arguments}),
        (crontab, {"command": "a", "present": False, **here.arguments}),
        (crontab, {"command": "a", "present": False, **here.arguments}),
    ]
    with here.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True, False, True, False]
    assert not place.exists()


# -- hostile texts -------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["command", "cron_name"])
@pytest.mark.parametrize("variables", [False, True])
def test_nothing_is_obeyed(argument: str, variables: bool, place: Path, here: Machine, tmp_path: Path) -> None:
    for hostile in HOSTILE:
        text = hostile.format(mark=tmp_path / "mark")
        given = {"command": "cmd", argument: text, "interpolate_variables": variables}
        with here.run(FAIL_PERCENT=100) as state, contextlib.suppress(PyinfraError):
            add_op(state, crontab, **here.arguments, **given, _ignore_errors=True)
            run_ops(state)
        for line in place.read_text().splitlines() if place.exists() else ():
            assert line.startswith(("* * * * * ", "# pyinfra-name=")), line
        assert not (tmp_path / "mark").exists(), hostile
