"""sudo, su and doas themselves."""

from __future__ import annotations

import asyncio
import io

import pytest

from pyinfra._core.output import STDOUT
from pyinfra._core.records import changed
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import (
    Command,
    Download,
    ExecOptions,
    FailureKind,
    Method,
    Privilege,
    PrivilegeStep,
    Result,
    Upload,
)
from pyinfra._transport.session import ShellSession
from tests.contract.session_suite import Place, shown
from tests.lab import PASSWORD, Host, Lab

from .hosts_of_sessions import (
    DOAS,
    SECRET,
    SU_WITH_PASSWORD,
    SUDO,
    SUDO_WITH_PASSWORD,
    link_to,
    place_on,
)

WHO = "id -un; echo $HOME; pwd; echo $USER; echo ${LC_ALL-unset}"


@pytest.fixture
def host(plain_hosts: list[Host]) -> Host:
    return plain_hosts[0]


def as_user(lab: Lab, host: Host, user: str, *steps: PrivilegeStep) -> Place:
    return Place(lambda: link_to(lab, host, user), "/tmp", ExecOptions(privilege=steps))


@pytest.mark.parametrize(
    ("user", "steps", "expected"),
    [
        ("deploy", [SUDO], "root /root /home/deploy root unset"),
        ("deploy", [PrivilegeStep(Method.SUDO, "bob")], "bob /home/bob /home/deploy bob unset"),
        ("deploy", [PrivilegeStep(Method.SUDO, "bob", login=True)], "bob /home/bob /home/bob bob unset"),
        ("deploy", [PrivilegeStep(Method.SUDO, "fishy", login=True)], "fishy /home/fishy /home/fishy fishy unset"),
        ("deploy", [PrivilegeStep(Method.SUDO, "cshy", login=True)], "cshy /home/cshy /home/cshy cshy unset"),
        ("alice", [SUDO_WITH_PASSWORD], "root /root /home/alice root unset"),
        ("fishy", [SUDO], "root /root /home/fishy root unset"),
        ("cshy", [SUDO], "root /root /home/cshy root unset"),
        ("bob", [SU_WITH_PASSWORD], "root /root /home/bob bob unset"),
        ("bob", [changed(SU_WITH_PASSWORD, login=True)], "root /root /root root unset"),
        ("bob", [changed(SU_WITH_PASSWORD, preserve_env=True)], "root /home/bob /home/bob bob unset"),
        ("bob", [PrivilegeStep(Method.SU, "fishy", password=SECRET)], "fishy /home/fishy /home/bob fishy unset"),
        ("bob", [PrivilegeStep(Method.SU, "cshy", login=True, password=SECRET)],
         "cshy /home/cshy /home/cshy cshy unset"),
        ("bob", [PrivilegeStep(Method.SU, "alice", shell="mksh", password=SECRET)],
         "alice /home/alice /home/bob alice unset"),
        ("deploy", [DOAS], "root /root /home/deploy root unset"),
        ("deploy", [SUDO, PrivilegeStep(Method.SU, "bob")], "bob /home/bob /home/deploy bob unset"),
        ("deploy", [DOAS, PrivilegeStep(Method.SUDO, "alice"), PrivilegeStep(Method.SU, "bob", password=SECRET)],
         "bob /home/bob /home/deploy bob unset"),
        ("root", [SUDO], "root /root /root root unset"),
        ("root", [PrivilegeStep(Method.SU, "bob")], "bob /home/bob /root bob unset"),
    ],
)  # fmt: skip
def test_who_where_and_with_what(lab: Lab, host: Host, user: str, steps: list[PrivilegeStep], expected: str) -> None:
    status, out, err = as_user(lab, host, user, *steps).run(WHO)
    assert (status, out.decode().split(), err) == (0, expected.split(), b"")


def test_environment_is_preserved_where_asked(lab: Lab, host: Host) -> None:
    host.sh("echo 'Defaults env_keep += \"KEPT\"' >/etc/sudoers.d/keep; chmod 440 /etc/sudoers.d/keep")
    keep = PrivilegeStep(Method.SUDO, preserve_env=True)
    for step, expected in ((SUDO, b"\n"), (keep, b"/home/deploy/\n")):
        # MAIL is what a login gives and sudo takes away.
        out = as_user(lab, host, "deploy", step).run('echo "${SSH_CONNECTION:+/home/deploy/}"')[1]
        assert out == expected


def failure_of(place: Place) -> tuple[FailureKind | None, str, str | None]:
    [result] = place.submit(place.command("echo no"), place.command("echo never"))
    assert result.failure is not None
    return result.failure.kind, result.failure.message, result.failure.hint


@pytest.mark.parametrize(
    ("user", "step", "words"),
    [
        ("alice", PrivilegeStep(Method.SUDO, password=HiddenValue("wrong")), "wrong sudo password"),
        ("alice", SUDO, "sudo needs a password"),
        ("bob", SUDO_WITH_PASSWORD, "bob is not in the sudoers file"),
        ("deploy", PrivilegeStep(Method.SUDO, "nobody-here"), "nobody-here"),
        ("bob", PrivilegeStep(Method.SU, password=HiddenValue("wrong")), "Authentication failure"),
        ("bob", PrivilegeStep(Method.SU, "nobody-here", password=SECRET), "nobody-here"),
        ("bob", PrivilegeStep(Method.SU), "su needs a password"),
        ("bob", DOAS, "Operation not permitted"),
        ("deploy", PrivilegeStep(Method.DOAS, "nobody-here"), "unknown user"),
        ("bob", PrivilegeStep(Method.DZDO), "dzdo is not installed"),
    ],
)
def test_refusals(lab: Lab, host: Host, user: str, step: PrivilegeStep, words: str) -> None:
    kind, message, _ = failure_of(as_user(lab, host, user, step))
    assert kind is FailureKind.PRIVILEGE
    assert words in message
    assert PASSWORD not in message


def test_a_host_without_sudo(lab: Lab, busybox_host: Host) -> None:
    assert failure_of(as_user(lab, busybox_host, "deploy", SUDO))[1] == "sudo is not installed on the host"


def test_asking_once_for_several(lab: Lab, host: Host) -> None:
    questions: list[str] = []

    async def ask(name: str, _step: PrivilegeStep) -> HiddenValue:
        questions.append(name)
        await asyncio.sleep(0.1)
        return SECRET

    async def body() -> list[list[Result]]:
        session = ShellSession(link_to(lab, host, "alice"), ask_password=ask)
        await session.open()
        try:
            options = ExecOptions(privilege=(SUDO,))
            return await asyncio.gather(*(session.submit([Command("id -u", options)]) for _ in range(5)))
        finally:
            await session.close()

    assert {shown(results[0]) for results in asyncio.run(body())} == {(0, b"0\n", b"")}
    assert questions == [host.name]


@pytest.mark.parametrize(
    ("user", "steps"), [("alice", (SUDO_WITH_PASSWORD,)), ("bob", (SU_WITH_PASSWORD,))], ids=["sudo", "su"]
)
def test_a_password_is_nowhere_to_be_seen(lab: Lab, host: Host, user: str, steps: Privilege) -> None:
    host.sh("sudo -k -u alice true 2>/dev/null; rm -rf /run/sudo/ts/*")
    place = as_user(lab, host, user, *steps)
    everything = "cat; set; env; tr '\\0' '\\n' </proc/*/cmdline; tr '\\0' '\\n' </proc/*/environ; ps -ef"

    async def body(session: ShellSession) -> list[Result]:
        return await session.submit([place.command(everything), place.command("true")])

    results = place.with_session(body)
    assert PASSWORD.encode() not in results[0].output.bytes_of(STDOUT)
    found = host.sh(f"grep -rlsF {PASSWORD} /tmp /var/tmp /run /home --exclude-dir=suite-* || :")
    assert found == ""


def test_a_cached_ticket_keeps_the_password_back(lab: Lab, host: Host) -> None:
    host.sh("echo 'Defaults:alice timestamp_type=global' >/etc/sudoers.d/ticket; chmod 440 /etc/sudoers.d/ticket")
    place = as_user(lab, host, "alice", SUDO_WITH_PASSWORD)
    try:
        for _ in range(2):
            assert place.run('cat; read x; echo "$x"; id -u') == (0, b"\n0\n", b"")
    finally:
        host.sh("rm -rf /etc/sudoers.d/ticket /run/sudo/ts/*")


@pytest.mark.parametrize("pty", [False, True])
def test_sudo_with_a_terminal_of_its_own(lab: Lab, host: Host, pty: bool) -> None:
    host.sh("echo 'Defaults:deploy use_pty' >/etc/sudoers.d/pty; chmod 440 /etc/sudoers.d/pty")
    try:
        place = as_user(lab, host, "deploy", SUDO)
        assert place.run("cat; id -u", stdin=b"typed\n", pty=pty)[:2] == (0, b"typed\n0\n")
        [result] = place.submit(place.command("sleep 71.25", timeout=0.5))
        assert result.failure is not None
        assert result.failure.kind is FailureKind.TIMEOUT
        assert not [process for process in host.processes() if "71.25" in process.argv]
    finally:
        host.sh("rm /etc/sudoers.d/pty")


def test_new_groups_count_after_a_refresh(lab: Lab, host: Host) -> None:
    place = as_user(lab, host, "deploy", SUDO, PrivilegeStep(Method.SU, "bob"))
    host.sh("groupdel fresh 2>/dev/null; groupadd fresh; gpasswd -d bob fresh 2>/dev/null || :")

    async def body(session: ShellSession) -> list[bool]:
        seen = []
        await session.submit([place.command("id -Gn")])
        host.sh("usermod -aG fresh bob")
        for _ in range(2):
            [result] = await session.submit([place.command("id -Gn")])
            seen.append(b"fresh" in result.output.bytes_of(STDOUT))
            await session.refresh()
        return seen

    assert place.with_session(body) == [False, True]


def test_files_of_others_are_never_readable_on_the_way(lab: Lab, host: Host) -> None:
    place = place_on(lab, host, "deploy", (SUDO,), owner="root")
    host.sh(f"chmod 755 {place.folder}")
    path, content = f"{place.folder}/secret", b"canary" * 400_000
    watch = (
        f"end=$(($(date +%s) + 20)); while [ ! -e {place.folder}/stop ] && [ $(date +%s) -lt $end ]; do "
        f"for f in {place.folder}/.pyinfra* {place.folder}/secret /tmp/.pyinfra* /tmp/pyinfra*; do "
        'if cat "$f" 2>/dev/null | grep -q canary; then echo "saw $f"; fi; done; done'
    )

    async def body(session: ShellSession) -> tuple[list[Result], Result, bytes]:
        watching = asyncio.ensure_future(session.submit([Command(watch)]))
        sink = io.BytesIO()
        results = []
        for size in (60_000, len(content)):
            upload = Upload(io.BytesIO(content[:size]), path, place.options, mode="600")
            results += await session.submit([upload, Download(path, sink, place.options)])
        await session.submit([place.command(f"touch {place.folder}/stop")])
        [seen] = await watching
        return results, seen, sink.getvalue()

    results, seen, fetched = place.with_session(body)
    assert [result.failure for result in results] == [None] * 4
    assert shown(seen) == (0, b"", b"")
    assert len(fetched) == 60_000 + len(content)
