"""Becoming another user: the command that does it, and the conversation about passwords.

A fresh shell is told ``exec sudo ... sh -c 'echo READY; exec sh'`` and nothing else until READY has come. A password is
written only after the prompt for it has been seen - a random text, where the program lets us choose it - so that a
cached ticket or NOPASSWD never lets it reach the input of a command. It is never in an argument, variable or file.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pyinfra._core.errors import PrivilegeError
from pyinfra._core.output import decode, encode
from pyinfra._core.records import Record
from pyinfra._core.secrets import HiddenValue

from .base import Identity, Method, Privilege, PrivilegeStep
from .framing import new_nonce

if TYPE_CHECKING:
    from .shell import Shell

AskPassword = Callable[[str, PrivilegeStep], Awaitable[HiddenValue | None]]

_ROOT = "root"
_NOT_FOUND = 127
_KEPT_TEXT = 16 * 1024
# su cannot be told what to ask with; it is run in the C locale, so that this is it.
_SU_PROMPT = re.compile(rb"(?:^|\n)[^\n]*Password[^\n:]*: ?$")
# Undo the locale that only su was to have.
RESTORE_LOCALE = (
    'if [ "${_pi_lc+x}" ]; then LC_ALL=$_pi_lc; case $LC_ALL in "") unset LC_ALL;; esac; unset _pi_lc; fi\n'
)


def effective(privilege: Privilege, identity: Identity | None) -> Privilege:
    """Leave out the steps that change nothing: root asking for root, a user asking for themself."""
    if identity is None:
        return privilege
    user = _ROOT if identity.uid == 0 else identity.user
    steps: list[PrivilegeStep] = []
    for step in privilege:
        target = step.user or _ROOT
        if target == user and not step.login and step.shell is None:
            continue
        steps.append(step)
        user = target
    return tuple(steps)


# -- the command ---------------------------------------------------------------------------


class Marks(Record):
    """The random texts of one conversation."""

    nonce: str

    def prompt(self, step: int) -> str:
        """Return what sudo is to ask with in this step."""
        return f"[{self.nonce}-{step}] "

    @property
    def pid(self) -> re.Pattern[bytes]:
        """Find the line with the process number of the outer shell."""
        return re.compile(rf"(?:^|\n)={self.nonce}@(\d+)\r?\n".encode())

    @property
    def ready(self) -> re.Pattern[bytes]:
        """Find the line that says that the user has been changed; sudo may quote it within another when it refuses."""
        return re.compile(rf"(?:^|\n)={self.nonce}:\r?\n".encode())


def command_line(privilege: Privilege, marks: Marks, *, root: bool, terminal: bool = False) -> str:
    """Return the shell text that replaces a shell by one of another user.

    It holds nothing that fish, csh or ``sudo -i`` would take for something else: no ``$``, no ``!``, no newline.

    Args:
        privilege: the steps, not empty.
        marks: the texts of this conversation.
        root: the shell is root's, so that su does not ask for a password.
        terminal: the pipe is a terminal; a shell must not take itself for interactive.
    """
    quiet = " >/dev/null 2>/dev/null" if terminal else ""
    inner = f"echo; echo ={marks.nonce}:; exec sh{quiet}"
    words = ["sh", "-c", inner]
    user = _ROOT if root else ""
    for number in range(len(privilege) - 1, -1, -1):
        before = (privilege[number - 1].user or _ROOT) if number else user
        words = _step_words(privilege[number], marks.prompt(number), words, asks=before != _ROOT)
    return f"echo; echo ={marks.nonce}@$$; exec " + " ".join(word if word in _RAW else _quote(word) for word in words)


# Words that the outer shell expands: what LC_ALL was before su was given its own.
_RAW = frozenset(('_pi_lc="${LC_ALL-}"',))


def _quote(word: str) -> str:
    if word.startswith("\0which "):  # su wants the path of a shell
        return f'"$(command -v {shlex.quote(word[7:])})"'
    return shlex.quote(word)


def _step_words(step: PrivilegeStep, prompt: str, inner: list[str], *, asks: bool) -> list[str]:
    target = ["-u", step.user] if step.user else []
    match step.method:
        case Method.DOAS:
            return ["doas", "-n", *target, *inner]
        case Method.DZDO:
            return ["dzdo", "-H", "-n", *target, *inner]
        case Method.SUDO:
            flags = (["-i"] if step.login else []) + (["-E"] if step.preserve_env else [])
            return ["sudo", "-S", "-p", prompt, "-H", *flags, *target, *inner]
    shell = step.shell
    flags = (["-l"] if step.login else []) + (["-m"] if step.preserve_env else [])
    if shell is not None:
        flags += ["-s", shell if shell.startswith("/") else f"\0which {shell}"]
    locale = ["env", '_pi_lc="${LC_ALL-}"', "LC_ALL=C"] if asks else []
    return [*locale, "su", *flags, step.user or _ROOT, "-c", "exec " + shlex.join(inner)]


# -- the conversation ----------------------------------------------------------------------


class Conversation:
    """What the programs say until the new shell is there. No I/O.

    Args:
        privilege: the steps.
        marks: the texts of this conversation.
    """

    def __init__(self, privilege: Privilege, marks: Marks) -> None:
        self._privilege = privilege
        self._marks = marks
        self._text = bytearray()
        self._answered_to = 0  # what lies before this has been answered
        self.outer_pid: int | None = None
        self.ready = False

    def feed(self, data: bytes) -> None:
        """Take what arrived on either stream."""
        self._text += data
        surplus = len(self._text) - _KEPT_TEXT
        if surplus > 0:
            del self._text[:surplus]
            self._answered_to = max(0, self._answered_to - surplus)
        found = self._marks.ready.search(self._text)
        self.ready = self.ready or found is not None
        found = self._marks.pid.search(self._text)
        if self.outer_pid is None and found:
            self.outer_pid = int(found[1])

    def prompt(self) -> int | None:
        """Return the step whose password is asked for now, or None."""
        unanswered = bytes(self._text[self._answered_to :])
        for number, step in enumerate(self._privilege):
            if step.method is Method.SUDO and self._marks.prompt(number).strip().encode() in unanswered:
                return number
        last = len(self._privilege) - 1
        if self._privilege[last].method is Method.SU and not self.ready and _SU_PROMPT.search(unanswered):
            return last
        return None

    def answered(self) -> None:
        """The prompt has been answered."""
        self._answered_to = len(self._text)

    def said(self) -> str:
        """Return what the programs said, without prompts and marks."""
        text = decode(bytes(self._text))
        text = re.sub(rf"=?\[?{self._marks.nonce}[-@:]?\d*\]?|^Password: ?", "", text, flags=re.MULTILINE)
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())


async def gain(
    shell: Shell,
    privilege: Privilege,
    *,
    host: str,
    root: bool,
    ask_password: AskPassword | None,
    patience: float,
    terminal: bool = False,
) -> None:
    """Turn a fresh shell, to which nothing has been written, into one of another user.

    Args:
        shell: the shell; its prologue is not sent yet.
        privilege: the steps, not empty.
        host: its name, for the question.
        root: the shell is root's.
        ask_password: asked when a password is needed that the step does not have.
        patience: seconds that the programs may be silent.
        terminal: the pipe is a terminal.

    Raises:
        PrivilegeError: with what the program said.
    """
    marks = Marks(new_nonce())
    conversation = Conversation(privilege, marks)
    news = asyncio.Event()

    def listen(_stream: int, data: bytes) -> None:
        conversation.feed(data)
        news.set()

    shell.listen(listen)
    shell.write_raw(encode(command_line(privilege, marks, root=root, terminal=terminal) + "\n"))
    asked: set[int] = set()
    while not conversation.ready:
        step = conversation.prompt()
        if step is not None:
            conversation.answered()
            await _answer(shell, privilege[step], host, ask_password, again=step in asked)
            asked.add(step)
            continue
        if shell.closure is not None:
            if shell.closure.error is not None:
                raise shell.no_shell("ended")
            raise _refused(privilege, conversation.said(), shell.closure.status)
        news.clear()
        await _wait_for(news, shell, privilege, conversation, patience)
    shell.outer_pid = conversation.outer_pid
    shell.listen(None)


async def _wait_for(
    news: asyncio.Event, shell: Shell, privilege: Privilege, conversation: Conversation, patience: float
) -> None:
    try:
        async with asyncio.timeout(patience):
            await news.wait()
    except TimeoutError:
        shell.abort()
        said = conversation.said()
        raise PrivilegeError(
            f"{_name(privilege)} did not answer within {patience:g} seconds" + (f"; it said: {said}" if said else "")
        ) from None


async def _answer(shell: Shell, step: PrivilegeStep, host: str, ask: AskPassword | None, *, again: bool) -> None:
    if again:
        shell.abort()
        raise PrivilegeError(f"wrong {step.method.value} password", host=host)
    password = step.password
    if password is None and ask is not None:
        password = await ask(host, step)
    if password is None or "\n" in password.unmask():
        shell.abort()
        setting = f"_{step.method.value}_password"
        raise PrivilegeError(
            f"{step.method.value} needs a password",
            host=host,
            hint=f"set {setting}" + (" or configure NOPASSWD" if step.method is Method.SUDO else ""),
        )
    shell.write_raw(password.unmask().encode("utf-8", "surrogateescape") + b"\n")


def _name(privilege: Privilege) -> str:
    return " and ".join(dict.fromkeys(step.method.value for step in privilege))


def _refused(privilege: Privilege, said: str, status: int | None) -> PrivilegeError:
    name = _name(privilege)
    for step in privilege:
        program = step.method.value
        if status == _NOT_FOUND and re.search(rf"\b{program}\b.*(not found|No such file)", said):
            return PrivilegeError(f"{program} is not installed on the host")
    hint = None
    if any(step.method in (Method.DOAS, Method.DZDO) for step in privilege):
        hint = "doas and dzdo are only used where they ask for no password (nopass, NOPASSWD)"
    if said:
        return PrivilegeError(f"{name} failed: {said}", hint=hint)
    return PrivilegeError(f"{name} failed" + (f" with exit status {status}" if status is not None else ""), hint=hint)
