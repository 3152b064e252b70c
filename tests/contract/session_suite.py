"""What every session must do, whatever shell and privilege is behind it. Test classes inherit from ``SessionSuite``."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

from pyinfra._core.output import STDERR, STDOUT
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import (
    PLAIN,
    Command,
    Download,
    ExecOptions,
    FailureKind,
    Link,
    Request,
    Result,
    Upload,
)
from pyinfra._transport.session import ShellSession

T = TypeVar("T")


@dataclass
class Place:
    """Where the tests of a class run."""

    link: Callable[[], Link]
    folder: str  # on the host; the user may write to it
    options: ExecOptions = PLAIN

    def with_session(self, body: Callable[[ShellSession], Awaitable[T]]) -> T:
        async def everything() -> T:
            session = ShellSession(self.link())
            await session.open()
            try:
                async with asyncio.timeout(50):
                    return await body(session)
            finally:
                await session.close()

        return asyncio.run(everything())

    def submit(self, *batch: Request) -> list[Result]:
        return self.with_session(lambda session: session.submit(batch))

    def command(self, text: str, **changes: object) -> Command:
        return Command(text, replace(self.options, **changes))  # type: ignore[arg-type]

    def run(self, text: str, **changes: object) -> tuple[int | None, bytes, bytes]:
        return shown(self.submit(self.command(text, **changes))[0])


def shown(result: Result) -> tuple[int | None, bytes, bytes]:
    return result.status, result.output.bytes_of(STDOUT), result.output.bytes_of(STDERR)


def unusual_seconds() -> str:
    """Return a time that no other test sleeps for: tests run side by side."""
    return f"6{random.randint(0, 9)}.{random.randint(10_000, 99_999)}"


def running(seconds: str) -> str:
    """Return the command that lists who sleeps for that long."""
    pattern = f"slee[p] {seconds}"
    return f"ps -ef 2>/dev/null | grep '{pattern}' || ps | grep '{pattern}'"


class SessionSuite:
    """Inherit and define a fixture ``place``."""

    # -- output and status -----------------------------------------------------------------

    def test_streams_and_status_are_apart(self, place: Place) -> None:
        assert place.run("echo out; echo err >&2; exit 7") == (7, b"out\n", b"err\n")

    def test_every_byte_survives(self, place: Place) -> None:
        every = bytes(range(256))
        octal = "".join(f"\\{byte:03o}" for byte in every)
        assert place.run(f"printf '{octal}'; printf '{octal}' >&2") == (0, every, every)

    @pytest.mark.parametrize("text", [r"printf 'a\n\nb'", r"printf '\n'", r"printf 'a\n\n'", "true"])
    def test_no_newline_is_added_or_lost(self, place: Place, text: str) -> None:
        expected = {r"printf 'a\n\nb'": b"a\n\nb", r"printf '\n'": b"\n", r"printf 'a\n\n'": b"a\n\n"}.get(text, b"")
        assert place.run(text) == (0, expected, b"")

    def test_much_output_is_kept_within_bounds(self, place: Place) -> None:
        async def body(session: ShellSession) -> Result:
            return (await session.submit([place.command("head -c 60000000 /dev/zero; echo end")]))[0]

        result = place.with_session(body)
        assert result.status == 0
        assert result.output.truncated > 30_000_000
        assert result.output.bytes_of(STDOUT).endswith(b"end\n")

    def test_output_is_live(self, place: Place) -> None:
        seen: list[tuple[int, bytes]] = []
        command = place.command("echo one; echo two >&2; sleep 0.1; echo three")
        command.on_output = lambda stream, data: seen.append((stream, data))
        place.submit(command)
        assert b"".join(data for stream, data in seen if stream == STDOUT) == b"one\nthree\n"
        assert (STDERR, b"two\n") in seen

    # -- what a command may do to its shell ------------------------------------------------

    @pytest.mark.parametrize(
        "text",
        [
            "exit 3",
            "exec true",
            "exec false",
            "set -e; false; echo no",
            "set -u; : $nope_nope; echo no",
            "set -n; echo no",
            "if then",
            "echo 'open",
            'echo "open',
            "cat <<X\nnever closed",
            "( echo",
            "echo `open",
            "f() {",
            "case x in",
            "exec >&-; echo x",
            "exec >&- 2>&-; echo x",
            "exec >/dev/null 2>&1; echo x",
            "cd /; umask 0; ulimit -c 0; export LEAK=1; IFS=:; set -f",
            "trap 'true' EXIT; trap '' TERM; trap 'true' INT",
            "alias echo=false; echo() { false; }; printf() { :; }; _pi_w() { :; }; _pi_e() { :; }",
            "set -x; unset PATH; PATH=",
            "_pi_n=x; _pi_f=1; unset _pi_k",
            "readonly PATH; exit 0",
            "return 3",
            "break; continue",
            "kill -9 $(sh -c 'echo $PPID')",
            "sh -c 'kill -9 $$'",
            "kill -TERM $(sh -c 'echo $PPID')",
            "cat",
            "read x; read y",
            "cat <&0 >/dev/null; exec <&-",
            "-n",
            "",
            "# only a comment",
            "\n\n",
            "true;",
        ],
    )
    def test_nothing_spoils_the_next_command(self, place: Place, text: str) -> None:
        async def body(session: ShellSession) -> list[list[Result]]:
            where = await session.submit([place.command("pwd; umask; echo ${LEAK-none}")])
            together = await asyncio.gather(
                session.submit([place.command(text)]),
                session.submit([place.command("pwd; umask; echo ${LEAK-none}")]),
            )
            return [where, *together]

        before, _, after = place.with_session(body)
        assert shown(after[0]) == shown(before[0])

    def test_input_is_empty(self, place: Place) -> None:
        assert place.run("cat; read x || echo end") == (0, b"end\n", b"")

    def test_a_command_ends_its_shell(self, place: Place) -> None:
        async def body(session: ShellSession) -> list[list[Result]]:
            return await asyncio.gather(
                session.submit([place.command("echo before")]),
                session.submit([place.command("echo said; kill -9 $$; sleep 5"), place.command("echo not this")]),
                session.submit([place.command("echo after")]),
            )

        before, killed, after = place.with_session(body)
        assert shown(before[0])[1] == b"before\n"
        assert len(killed) == 1
        assert killed[0].failure is not None
        assert killed[0].failure.kind is FailureKind.LOST
        assert "ended its shell" in killed[0].failure.message
        assert shown(after[0]) == (0, b"after\n", b"")  # it had not begun, so it was sent again

    def test_late_output_is_kept_apart(self, place: Place) -> None:
        async def body(session: ShellSession) -> Result:
            await session.submit([place.command("(sleep 0.2; echo LATE) &")])
            return (await session.submit([place.command("sleep 0.4; echo x")]))[0]

        result = place.with_session(body)
        assert shown(result) == (0, b"x\n", b""), result

    def test_a_background_child_is_not_waited_for(self, place: Place) -> None:
        async def body(session: ShellSession) -> tuple[Result, float]:
            began = asyncio.get_running_loop().time()
            [result] = await session.submit([place.command("sleep 3 & echo started")])
            return result, asyncio.get_running_loop().time() - began

        result, seconds = place.with_session(body)
        assert shown(result) == (0, b"started\n", b"")
        assert seconds < 2.5

    # -- options ---------------------------------------------------------------------------

    def test_environment_and_directory(self, place: Place) -> None:
        env = (("ONE", 'it\'s $HOME `x` "q"\n'), ("TWO", HiddenValue("secret é")))
        status, out, err = place.run('pwd; printf "%s|%s" "$ONE" "$TWO"', env=env, chdir="/usr")
        assert (status, err) == (0, b"")
        assert out == b'/usr\nit\'s $HOME `x` "q"\n|secret \xc3\xa9'

    def test_a_directory_that_is_not_there(self, place: Place) -> None:
        status, out, err = place.run("echo no", chdir="/not/there")
        assert status != 0
        assert out == b""
        assert b"/not/there" in err

    def test_a_variable_that_is_none(self, place: Place) -> None:
        status, out, _ = place.run("echo no", env=(("a-b", "1"),))
        assert status != 0
        assert out == b""

    @pytest.mark.parametrize("data", [b"a\0b\xff%d\\'x", b"", b"line\n", bytes(range(256)) * 600, b"\n\n"])
    def test_stdin(self, place: Place, data: bytes) -> None:
        assert place.run("cat", stdin=data) == (0, data, b"")

    def test_stdin_that_nobody_reads(self, place: Place) -> None:
        assert place.run("echo x", stdin=b"y" * 300_000) == (0, b"x\n", b"")

    @pytest.mark.parametrize("executable", ["sh", None])
    def test_the_shell_itself(self, place: Place, executable: str | None) -> None:
        assert place.run('echo "$#" "${1-none}"', shell=executable) == (0, b"0 none\n", b"")

    def test_another_shell(self, place: Place) -> None:
        assert place.run("it='a b'; echo \"$it\"; echo $0 >&2; exit 4", shell="sh -u")[:2] == (4, b"a b\n")

    def test_another_shell_with_long_text_and_input(self, place: Place) -> None:
        text = "cat; : " + "x" * 200_000 + "; echo end"
        assert place.run(text, shell="sh -e", stdin=b"in\n") == (0, b"in\nend\n", b"")

    def test_secrets_in_the_text_are_no_argument_of_another_shell(self, place: Place) -> None:
        command = place.command("tr '\\0' ' ' </proc/self/cmdline >/dev/null; ps -ef; : canary-4711", shell="sh -e")
        command.masked = ": ***"
        assert b"canary" not in place.submit(command)[0].output.bytes_of(STDOUT)

    def test_a_long_command(self, place: Place) -> None:
        text = "cat <<'X' | wc -c\n" + ("y" * 99 + "\n") * 30_000 + "X"
        assert place.run(text)[1].strip() == b"3000000"

    def test_a_command_with_a_nul_byte_is_refused(self, place: Place) -> None:
        [result] = place.submit(place.command("echo a\0b"))
        assert result.failure is not None
        assert result.failure.kind is FailureKind.NOT_STARTED

    def test_a_terminal(self, place: Place) -> None:
        status, out, _ = place.run("test -t 0 && test -t 1 && test -t 2 && echo yes; read x; echo $x", pty=True,
                                   stdin=b"typed\n")  # fmt: skip
        assert (status, out) == (0, b"yes\ntyped\n")

    def test_a_terminal_without_input_is_at_its_end(self, place: Place) -> None:
        assert place.run("cat; echo end; exit 5", pty=True)[:2] == (5, b"end\n")

    # -- batches ---------------------------------------------------------------------------

    def test_a_batch_stops_at_the_first_failure(self, place: Place) -> None:
        results = place.submit(*map(place.command, ["echo 1", "echo 2; false", "echo 3"]))
        assert [shown(result) for result in results] == [(0, b"1\n", b""), (1, b"2\n", b"")]
        assert [result.ok for result in results] == [True, False]

    def test_success_exit_codes(self, place: Place) -> None:
        codes = {"success_exit_codes": (0, 2)}
        batch = [place.command("exit 2", **codes), place.command("exit 0", **codes)]
        results = place.submit(*batch, place.command("exit 2"), place.command("echo not this"))
        assert [(result.status, result.ok) for result in results] == [(2, True), (0, True), (2, False)]

    def test_many_in_flight_are_one_round_trip(self, place: Place) -> None:
        async def body(session: ShellSession) -> tuple[list[bytes], int, int]:
            batches = [[place.command(f"echo {i}"), place.command("true")] for i in range(50)]
            answers = await asyncio.gather(*map(session.submit, batches))
            first = session.round_trips
            await session.submit([place.command("true")])
            return [answer[0].output.bytes_of(STDOUT) for answer in answers], first, session.round_trips

        outputs, first, second = place.with_session(body)
        assert outputs == [b"%d\n" % i for i in range(50)]
        assert (first, second) == (1, 2)

    def test_one_batch_of_everything_is_one_round_trip(self, place: Place) -> None:
        async def body(session: ShellSession) -> tuple[list[Result], int]:
            path = f"{place.folder}/batch/file"
            results = await session.submit(
                [
                    place.command(f"mkdir -p {place.folder}/batch"),
                    Upload(io.BytesIO(b"content"), path, place.options, mode="600"),
                    place.command(f"cat {path}"),
                ]
            )
            return results, session.round_trips

        results, trips = place.with_session(body)
        assert shown(results[-1]) == (0, b"content", b"")
        assert trips == 1

    # -- ending ----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "text",
        ["sleep {0}", "sh -c 'sleep {0}; :'", "trap '' TERM; sleep {0}; sleep {0}", "(sleep {0}; :) | cat; :"],
    )
    def test_a_timeout_leaves_nothing(self, place: Place, text: str) -> None:
        seconds = unusual_seconds()
        text = text.format(seconds)

        async def body(session: ShellSession) -> list[list[Result]]:
            late, after = await asyncio.gather(
                session.submit([place.command(f"echo said; {text}", timeout=0.5), place.command("echo not this")]),
                session.submit([place.command("echo after")]),
            )
            return [late, after, await session.submit([place.command(running(seconds))])]

        late, after, left = place.with_session(body)
        assert len(late) == 1
        assert late[0].failure is not None
        assert late[0].failure.kind is FailureKind.TIMEOUT
        assert late[0].failure.hint is None
        assert late[0].output.bytes_of(STDOUT) == b"said\n"
        assert after[0].failure is None
        assert shown(after[0]) == (0, b"after\n", b"")
        assert shown(left[0])[1] == b""

    def test_a_timeout_spares_what_came_before(self, place: Place) -> None:
        seconds = unusual_seconds()

        async def body(session: ShellSession) -> Result:
            # Hidden from the scanner, so that the daemon is a child of the shared shell.
            await session.submit([place.command(f"sh -c 'sleep {seconds} >/dev/null 2>&1 & :'; sleep 0.05")])
            await session.submit([place.command("sleep 30", timeout=0.5)])
            return (await session.submit([place.command(running(seconds))]))[0]

        result = place.with_session(body)
        assert f"sleep {seconds}".encode() in result.output.bytes_of(STDOUT)
        place.run(f"{{ {running(seconds)}; }} | while read -r a b rest; do kill $a || kill $b; done 2>/dev/null; true")

    def test_interrupt_ends_everything(self, place: Place) -> None:
        seconds = unusual_seconds()

        async def body(session: ShellSession) -> tuple[float, list[list[Result]], Result]:
            loop = asyncio.get_running_loop()
            waiting = [
                asyncio.ensure_future(session.submit([place.command(f"sleep {seconds}")])),
                asyncio.ensure_future(session.submit([place.command("echo queued")])),
                asyncio.ensure_future(session.submit([place.command(f"sleep {seconds} & wait")])),
            ]
            await asyncio.sleep(0.5)
            began = loop.time()
            await session.interrupt()
            took = loop.time() - began
            results = await asyncio.gather(*waiting)
            [left] = await session.submit([place.command(running(seconds))])
            return took, results, left

        took, results, left = place.with_session(body)
        assert took < 2
        kinds = [result[0].failure.kind for result in results if result[0].failure is not None]
        assert kinds == [FailureKind.INTERRUPTED] * 3
        assert shown(left)[1] == b""

    # -- files -----------------------------------------------------------------------------

    @pytest.mark.parametrize("size", [0, 1, 4096, 128 * 1024, 128 * 1024 + 1, 3_000_000])
    def test_files_there_and_back(self, place: Place, size: int) -> None:
        content = (bytes(range(256)) * (size // 256 + 1))[:size]
        path = f"{place.folder}/it's a file {size}"
        sink = io.BytesIO()
        results = place.submit(
            Upload(io.BytesIO(content), path, place.options),
            Download(path, sink, place.options),
            place.command("echo done"),
        )
        assert [result.failure for result in results] == [None] * 3
        assert sink.getvalue() == content

    def test_mode_and_nothing_left_behind(self, place: Place) -> None:
        path = f"{place.folder}/moded"
        results = place.submit(
            place.command("umask 022"),
            Upload(io.BytesIO(b"1"), path, place.options),
            place.command(f"ls -l {path} | cut -c1-10"),
            Upload(io.BytesIO(b"2"), path, place.options, mode="640"),
            place.command(f"ls -l {path} | cut -c1-10"),
            Upload(io.BytesIO(b"3"), path, place.options, backup_suffix=".old"),
            place.command(f"ls -l {path} | cut -c1-10; cat {path} {path}.old; ls -A {place.folder} | grep pyinfra"),
        )
        assert shown(results[2])[1] == b"-rw-r--r--\n"
        assert shown(results[4])[1] == b"-rw-r-----\n"
        assert shown(results[6])[1] == b"-rw-r-----\n32"

    def test_what_somebody_else_changed_is_left_alone(self, place: Place) -> None:
        def replacing(content: bytes, path: str) -> Result:
            digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            upload = Upload(io.BytesIO(b"ours"), path, place.options, mode="640", backup_suffix="~", replaces=digest)
            return place.submit(upload)[0]

        path = f"{place.folder}/it's read"
        place.run(f"printf read >{shlex.quote(path)}; chmod 644 {shlex.quote(path)}")
        for found in (replacing(b"other", path), replacing(b"", f"{place.folder}/gone")):
            assert found.failure is not None
            assert found.failure.kind is FailureKind.TRANSFER
            assert "changed by somebody else just now" in found.failure.message
        seen = f"cat {shlex.quote(path)}; ls -lA {place.folder} | grep -v ^total | cut -c1-10"
        assert place.run(seen)[1] == b"read-rw-r--r--\n"
        for there, expected in ((path, False), (f"{place.folder}/new", True)):
            [found] = place.submit(Upload(io.BytesIO(b"made"), there, place.options, replaces="-"))
            assert (found.failure is None) is expected
        assert place.run(f"cat {place.folder}/new; rm {place.folder}/new; {seen}")[1] == b"maderead-rw-r--r--\n"
        assert replacing(b"read", path).failure is None
        assert place.run(seen)[1] == b"ours-rw-r-----\n-rw-r--r--\n"

    def test_a_link_is_followed(self, place: Place) -> None:
        place.run(f"mkdir -p {place.folder}/d; ln -s d/real {place.folder}/link; ln -s link {place.folder}/link2")
        [_, shape] = place.submit(
            Upload(io.BytesIO(b"new"), f"{place.folder}/link2", place.options),
            place.command(f"cat {place.folder}/d/real; test -L {place.folder}/link2 && test -L {place.folder}/link"),
        )
        assert shown(shape) == (0, b"new", b"")

    @pytest.mark.parametrize(("path", "words"), [("", "directory"), ("/missing/file", "No such")])
    def test_places_that_no_file_can_have(self, place: Place, path: str, words: str) -> None:
        [result] = place.submit(Upload(io.BytesIO(b"x"), place.folder + path, place.options))
        assert result.failure is not None
        assert result.failure.kind is FailureKind.TRANSFER
        assert words in result.failure.message

    def test_relative_paths_start_at_the_directory(self, place: Place) -> None:
        there = replace(place.options, chdir=place.folder)
        sink = io.BytesIO()
        results = place.submit(Upload(io.BytesIO(b"x"), "-rf", there), Download("-rf", sink, there))
        assert [result.failure for result in results] == [None, None]
        assert sink.getvalue() == b"x"

    def test_a_file_that_cannot_be_read(self, place: Place) -> None:
        sink = io.BytesIO()
        [result] = place.submit(Download(f"{place.folder}/nothing", sink, place.options))
        assert result.failure is not None
        assert "No such file" in result.failure.message
        assert sink.getvalue() == b""

    # -- many files ------------------------------------------------------------------------

    def test_many_files_of_all_kinds_in_one_batch(self, place: Place) -> None:
        """New ones, old ones, links, odd names and contents, one after the other, each as if it were alone."""
        top = f"{place.folder}/many"
        names = ["-rf", "a b", "it's", "$(touch x)", "new\nline", "\u00e9", ".hidden", "n" * 200, "*", "d/deep", "d/x"]
        contents = [bytes(range(256)), b"", b"\\0101%s\n", b"'\"$HOME`", *(b"%d" % number for number in range(7))]
        place.run(f"mkdir -p {top}/d; cd {top} && echo old >old && chmod 600 old && ln -s d/real link && umask 077")
        files = [
            *zip(names, contents, strict=True),
            ("old", b"new"),
            ("link", b"through"),
            ("last", b"1"),
            ("last", b"2"),
        ]
        sinks = [io.BytesIO() for _ in files]
        results = place.submit(
            place.command("umask 022"),
            *(Upload(io.BytesIO(content), f"{top}/{name}", place.options) for name, content in files),
            *(Download(f"{top}/{name}", sink, place.options) for (name, _), sink in zip(files, sinks, strict=True)),
            place.command(f"cd {top} && ls -A . d | grep -c pyinfra; ls -l old last link d/real | cut -c1-10"),
        )
        assert [result.failure for result in results] == [None] * (2 * len(files) + 2)
        assert [sink.getvalue() for sink in sinks] == [content for _, content in files[:-2]] + [b"2", b"2"]
        modes = b"-rw-r--r--\n-rw-r--r--\nlrwxrwxrwx\n-rw-------\n"  # d/real, last, link, old
        assert sorted(shown(results[-1])[1].split()) == sorted(b"0\n".split() + modes.split())

    def test_many_files_with_modes(self, place: Place) -> None:
        top = f"{place.folder}/modes"
        place.run(f"mkdir -p {top}")
        modes = [None, "640", "640", "755", "u=rw,go=", "755", None]
        results = place.submit(
            place.command("umask 022"),
            *(
                Upload(io.BytesIO(b"x"), f"{top}/{number}", place.options, mode=mode)
                for number, mode in enumerate(modes)
            ),
            place.command(f"ls -lA {top} | grep -v ^total | cut -c1-10"),
        )
        assert [result.failure for result in results] == [None] * (len(modes) + 2)
        assert shown(results[-1])[1].split() == [
            b"-rw-r--r--", b"-rw-r-----", b"-rw-r-----", b"-rwxr-xr-x", b"-rw-------", b"-rwxr-xr-x", b"-rw-r--r--",
        ]  # fmt: skip

    def test_the_first_of_many_that_cannot_be_written(self, place: Place) -> None:
        top = f"{place.folder}/wrong"
        place.run(f"mkdir -p {top}/directory")
        names = ["one", "two", "directory", "three"]
        results = place.submit(
            *(Upload(io.BytesIO(b"x"), f"{top}/{name}", place.options) for name in names), place.command("echo no")
        )
        assert [result.ok for result in results] == [True, True, False]
        assert results[2].failure is not None
        assert results[2].failure.kind is FailureKind.TRANSFER
        assert f"cannot write {top}/directory" in results[2].failure.message
        assert shown(place.submit(place.command(f"ls -A {top}"))[0])[1].split() == [b"directory", b"one", b"two"]

    def test_hundreds_of_files(self, place: Place) -> None:
        top = f"{place.folder}/hundreds"
        place.run(f"mkdir -p {top}/1 {top}/2")
        files = {f"{top}/{1 + number % 2}/{number}": b"%d\0" % number * 300 for number in range(450)}
        results = place.submit(
            *(Upload(io.BytesIO(content), path, place.options) for path, content in files.items()),
            place.command(f"cat {top}/1/* {top}/2/* | wc -c; ls -A {top}/1 {top}/2 | wc -l"),
        )
        assert all(result.ok for result in results)
        total, lines = shown(results[-1])[1].split()
        assert int(total) == sum(map(len, files.values()))
        assert int(lines) == 450 + 3
