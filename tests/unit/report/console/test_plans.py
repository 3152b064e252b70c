"""The plan as text, of reports made by hand: everything that real runs seldom show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyinfra._core.events import Change
from pyinfra._report.console.changes import diff_size
from pyinfra._report.console.plans import plan_lines
from pyinfra._report.plan import HostGroup, PlannedOperation, PlanReport

from .tape import HOSTILE, Tape, widest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

HOSTS = tuple(f"web{n}" for n in range(1, 13))
DIFF = "@@ -1,3 +1,4 @@\n worker_processes 1;\n-listen 80;\n+listen 443 ssl;\n+http2 on;\n \x1b[31m end"


def group(
    hosts: int | tuple[str, ...], *changes: Change, commands: tuple[str, ...] = (), certainty: str = "certain"
) -> Any:
    names = HOSTS[:hosts] if isinstance(hosts, int) else hosts
    return HostGroup(names, changes, commands, certainty)


def planned(number: int, name: str, *groups: HostGroup, place: str | None = "", **more: Any) -> PlannedOperation:
    defaults: dict[str, Any] = {"unchanged": (), "unchecked": (), "conditional": False}
    shown = place if place != "" else f"deploy.py:{number * 4}"
    return PlannedOperation(f"hash{number}", number, name, (name,), (), shown, groups, **(defaults | more))


def text(*operations: PlannedOperation, hosts: tuple[str, ...] = HOSTS, checked: bool = True, width: int = 80,
         **options: bool) -> str:  # fmt: skip
    lines = plan_lines(PlanReport(operations, hosts, checked), width, **options)
    return "\n".join(line.render(False) for line in lines)


FULL = (
    planned(1, "Install nginx", group(12, Change("packages", "nginx", None, ["1.22.1"]))),
    planned(2, "Files of the site", unchanged=HOSTS),
    planned(
        3, "Write the configuration",
        group(("web1", "web2"), Change("file /etc/nginx/nginx.conf", "content", "80 bytes, sha1 aa", DIFF),
              Change("file /etc/nginx/nginx.conf", "size", 80, 112),
              Change("file /etc/nginx/nginx.conf", "mode", 644, 640)),
        group(HOSTS[2:], Change("file /etc/nginx/nginx.conf", "present", None, True),
              Change("file /etc/nginx/nginx.conf", "mode", None, 640),
              Change("file /etc/nginx/nginx.conf", "content", None, "112 bytes, sha1 bb"), certainty="inferred"),
        place="tasks/nginx.py:7",
    ),
    planned(4, "Account of the application", group(
        1, Change("users app", "present", None, True), Change("users app", "home", None, "/srv/app"),
        Change("users app", "shell", None, "/usr/sbin/nologin"), Change("users app", "password", None, "in clear"),
        Change("groups", "app", None, "app"))),
    planned(5, "Remove what nobody needs", group(12, Change("packages", "apache2", ["2.4"], None),
                                                 Change("directory /var/www/html", "present", True, None))),
    planned(6, "Start nginx", group(12, Change("service nginx", "running", None, True), certainty="inferred"),
            conditional=True),
    planned(7, "server.shell (commands=['systemctl daemon-reload', 'systemctl try-restart nginx php-fpm'])",
            group(12, commands=("systemctl daemon-reload", "echo one\necho two", "x" * 200, "four", "five"),
                  certainty="unknown")),
    planned(8, "Something live", group(3, certainty="unknown"), place=None),
    planned(9, "Nothing here", unchanged=HOSTS),
)  # fmt: skip


def test_everything(snapshot: SnapshotAssertion) -> None:
    told = text(*FULL)
    assert widest(told) <= 80
    assert told == snapshot


def test_with_diffs_and_names(snapshot: SnapshotAssertion) -> None:
    told = text(*FULL, diff=True, names=True)
    assert "\x1b" not in told
    assert told == snapshot


@pytest.mark.parametrize("width", [60, 100])
def test_other_widths(width: int) -> None:
    assert widest(text(*FULL, width=width)) <= width


def test_the_legend_says_only_what_is_used() -> None:
    certain = text(planned(1, "Sure", group(1, Change("a", "b", 1, 2))))
    assert "~" not in certain
    assert "?" not in certain
    inferred = text(planned(1, "So", group(1, Change("a", "b", 1, 2), certainty="inferred")))
    assert "~ as it will be after" in inferred
    assert "?" not in inferred


def test_nothing_to_change() -> None:
    told = text(planned(1, "Same", unchanged=HOSTS), planned(2, "Same too", unchanged=HOSTS))
    assert told == "--> Plan: nothing to change on 12 hosts"


def test_no_operations() -> None:
    assert text(hosts=("web1",)) == "--> Plan: no operations for 1 host"


def test_some_hosts_only() -> None:
    told = text(planned(1, "One", group(1, Change("a", "b", 1, 2))), planned(2, "Same", unchanged=HOSTS))
    assert told.startswith("--> Plan: 1 of 2 operations changes something on 1 of 12 hosts\n")
    assert "    1 operation has nothing to change" in told


def test_unchecked() -> None:
    told = text(planned(1, "One", unchecked=HOSTS), planned(2, "Two", unchecked=HOSTS), checked=False)
    assert told.split("\n")[0] == "--> Not planned: 2 operations will run on 12 hosts"


def test_hostile_texts_stay_in_their_line(snapshot: SnapshotAssertion) -> None:
    told = text(
        planned(1, f"Name {HOSTILE}", group((HOSTILE, "b"), Change(f"file {HOSTILE}", HOSTILE, HOSTILE, HOSTILE)),
                place=HOSTILE),
        planned(2, "Shell", group(("b",), commands=(HOSTILE,))),
        planned(3, "Diff", group(("b",), Change("file x", "content", None, f"@@ -1 +1 @@\n+{HOSTILE}"))),
        hosts=(HOSTILE, "b"), diff=True,
    )  # fmt: skip
    assert sum(line.startswith("-->") for line in told.split("\n")) == 1
    assert not set(told) & set("\x1b\x07\r")
    assert told == snapshot


def test_colours_are_marked_only_where_they_are_wanted() -> None:
    tape = Tape(color="always", diff=True)
    with tape.told() as view:
        view.plan(PlanReport(FULL, HOSTS, True))
    assert "\x1b[32m+listen 443 ssl;\x1b[0m" in tape.out
    assert "\x1b[31m-listen 80;\x1b[0m" in tape.out


@pytest.mark.parametrize(
    ("diff", "size"),
    [("@@ -0,0 +1 @@\n+a", "+1 line"), ("@@\n-a\n-b", "-2 lines"), ("@@\n+a\n... 7 more lines", "+1 line and more")],
)
def test_sizes_of_diffs(diff: str, size: str) -> None:
    assert diff_size(diff) == size


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("service x", "enabled", True, False), "enabled yes -> no"),
        (Change("service x", "running", None, True), "running no -> yes"),
        (Change("package nginx", "version", None, "1.22.1"), "absent -> 1.22.1"),
        (Change("packages", "nginx", {"1.2", "1.1"}, ["1.3"]), "nginx 1.1, 1.2 -> 1.3"),
        (Change("authorized keys of x", "ssh-rsa A", None, "ssh-rsa A"), "ssh-rsa A will be added"),
        (Change("authorized keys of x", "ssh-rsa A", "ssh-rsa A", None), "ssh-rsa A will be removed"),
        (Change("file /x", "content", "4 bytes, sha1 aa", "8 bytes, sha1 bb"), "content 4 bytes -> 8 bytes"),
        (Change("file /x", "content", "8 bytes, sha1 aa", "8 bytes, sha1 bb"), "content other 8 bytes"),
        (Change("file /x", "content", None, "@@ -0,0 +1 @@\n+a"), "content +1 line"),
        (Change("file /x", "content", "8 bytes", "new content"), "content 8 bytes -> new content"),
        (Change("package nginx", "present", None, True), "will be added"),
        (Change("directory /x", "present", None, True), "will be created"),
        (Change("directory /x", "present", True, None), "will be removed"),
        (Change("account", "password", "hunter2", "hunter3"), "password *MASKED* -> *MASKED*"),
        (Change("a", "b", "", "x"), "b '' -> x"),
    ],
)
def test_changes(change: Change, told: str) -> None:
    lines = text(planned(1, "One", group(1, change))).split("\n")
    assert lines[2].split("  ")[-1] == told
