"""Crontabs: what they say, and that nothing of them is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra.facts import server
from pyinfra.facts._crontab.reading import Interpolated
from pyinfra.facts.crontab import Crontab, CrontabFile

from .remote import Remote

_TEXT = r"""# the first

PATH=/usr/bin:/bin
 mailto = "it's me@example.org"
'odd name' = x
# pyinfra-name=gone
# pyinfra-name=nightly
5 2 * * 1-5 /srv/nightly --to="a b" 100\% # not a comment
@daily	/srv/daily
*/5	 *  1,15 jan *   A=b c=d cmd
this is no entry
# the end"""
LINES = _TEXT.split("\n")


def test_what_it_says() -> None:
    crontab = Crontab().process(LINES)
    assert crontab.commands == [
        {"env": "PATH=/usr/bin:/bin", "comments": ["# the first", ""]},
        {"env": """mailto = "it's me@example.org\"""", "comments": []},
        {"env": "'odd name' = x", "comments": []},
        {
            "command": r"""/srv/nightly --to="a b" 100\% # not a comment""",
            "minute": 5, "hour": 2, "day_of_month": "*", "month": "*", "day_of_week": "1-5",
            "comments": ["# pyinfra-name=gone", "# pyinfra-name=nightly"],
        },
        {"command": "/srv/daily", "special_time": "@daily", "comments": []},
        {
            "command": "A=b c=d cmd",
            "minute": "*/5", "hour": "*", "day_of_month": "1,15", "month": "jan", "day_of_week": "*", "comments": [],
        },
    ]  # fmt: skip


def test_finding_entries() -> None:
    crontab = CrontabFile(LINES)
    daily = crontab.get_command("/srv/daily")
    assert daily is not None
    assert daily["special_time"] == "@daily"
    assert crontab["/srv/daily"] == crontab.get("/srv/daily") == daily
    nightly = crontab.get_command(name="nightly")
    assert nightly is not None
    assert nightly["hour"] == 2
    assert crontab.get_command(name="gone") is None, "the nearest name counts"
    assert crontab.get_env("PATH=/usr/bin:/bin") == crontab.get("PATH=/usr/bin:/bin") is not None
    assert crontab.get("/srv") is None
    assert "/srv/daily" in crontab
    assert list(crontab)[-1] == "A=b c=d cmd"
    assert dict(crontab.items())["/srv/daily"] == daily
    assert (len(crontab), bool(crontab), len(CrontabFile()), bool(CrontabFile())) == (6, True, 0, False)
    with pytest.raises(KeyError):
        crontab["nothing"]


def test_old_form() -> None:
    old = {"/srv/x": {"minute": 5, "comments": ["# n"]}, "/srv/y": {"special_time": "@reboot"}}
    crontab = CrontabFile(old)  # type: ignore[arg-type]
    assert str(crontab) == "# n\n5 * * * * /srv/x\n@reboot /srv/y\n"
    assert crontab == CrontabFile(["# n", "5 * * * * /srv/x", "@reboot /srv/y"])
    assert len({crontab, CrontabFile()}) == 2


def test_default_and_json() -> None:
    assert repr(Crontab.default()) == "CrontabResult([])"
    assert CrontabFile(LINES).to_json() == CrontabFile(LINES).commands
    assert server.Crontab is Crontab
    assert Crontab.name == "crontab.Crontab"


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30)))
def test_nothing_is_lost(lines: list[str]) -> None:
    crontab = CrontabFile(lines)
    assert list(crontab.lines) == lines
    assert str(crontab) == "".join(f"{line}\n" for line in lines)
    assert all(
        crontab.lines[entry.line].strip().endswith(str(next(iter(entry.values.values())))) for entry in crontab.entries
    )


# -- reading -------------------------------------------------------------------------------


def fake(directory: Path, remote: Remote, text: str) -> Remote:
    if remote.name == "busybox":
        pytest.skip("the shell of BusyBox runs its own crontab, whatever is on the path")
    program = directory / "crontab"
    program.write_text(f'#!/bin/sh\necho "$*" >>{directory}/log\n{text}\n')
    program.chmod(0o755)
    return Remote(remote.name, remote.argv, f"{directory}:{remote.path}")


def test_reading(remote: Remote, tmp_path: Path) -> None:
    here = fake(tmp_path, remote, "printf '# a\\n\\n* * * * * x\\n\\n'; echo noise >&2")
    assert here.read(Crontab).lines == ("# a", "", "* * * * * x", "")
    here.read(Crontab, user="ann; touch x")
    assert (tmp_path / "log").read_text() == "-l\n-u ann; touch x -l\n"


# The words of Debian's cron and of BusyBox are those of lab hosts; those of the others were not recorded.
@pytest.mark.parametrize(
    "message",
    [
        "no crontab for root",  # Vixie, Debian, cronie, FreeBSD, macOS
        "crontab: can't open 'root': No such file or directory",  # BusyBox
        "crontab: can't change directory to '/var/spool/cron/crontabs': No such file or directory",
        "crontab:  user `ann' unknown",
        "crontab: unknown user ann",
        "crontab: can't open your crontab file.",  # Solaris
    ],
)
def test_no_crontab(remote: Remote, message: str, tmp_path: Path) -> None:
    (tmp_path / "message").write_text(message)
    here = fake(tmp_path, remote, f"cat {tmp_path}/message >&2; exit 1")
    assert here.read(Crontab) == CrontabFile()


def test_one_that_cannot_be_read_is_not_taken_for_an_empty_one(remote: Remote, tmp_path: Path) -> None:
    here = fake(tmp_path, remote, "echo 'must be privileged to use -u' >&2; exit 1")
    done = here.run(Crontab().command("ann"))
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"must be privileged to use -u\n")


def test_variables_are_filled_in_and_nothing_is_run(remote: Remote, tmp_path: Path) -> None:
    text = "echo $PLACE ${PLACE}x \\$PLACE `touch x` $(touch x) \"q\" 'q' \\n % *"
    (value,) = remote.lines(Interpolated().command(text), tmp_path, PLACE="a b")
    assert value == "echo a b a bx $PLACE `touch x` $(touch x) \"q\" 'q' \\n % *"
    assert list(tmp_path.iterdir()) == []
