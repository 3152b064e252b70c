"""The bridge between synchronous code and the engine's event loop.

The engine owns one asyncio loop in a daemon thread. Everything that looks synchronous - deploy code, operation
bodies, callbacks, and the engine's own decisions - runs in greenlets on that thread: ``wait(awaitable)`` hands an
awaitable to the loop and lets other greenlets go on. From any other thread the same calls submit and block. So the
same function works in a script, in a notebook, inside a running asyncio program and in a ``python.call`` thread.

Example:
    >>> run(lambda: wait(asyncio.sleep(0, "done")))
    'done'
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from greenlet import getcurrent, greenlet

T = TypeVar("T")

# How long an interrupted run may take to end what it began on the hosts, in seconds.
INTERRUPT_GRACE = 1.8


class _UserGreenlet(greenlet):
    """A greenlet that may wait; its parent is whoever switched to it last."""

    has_waited = False


@dataclass(slots=True)
class Outcome(Generic[T]):
    """How a call ended: with a value, or with an error."""

    value: T | None = None
    error: BaseException | None = None

    def get(self) -> T:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


# -- the loop ------------------------------------------------------------------------------

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_loop_thread: threading.Thread | None = None


def engine_loop() -> asyncio.AbstractEventLoop:
    """Return the engine's loop, starting it when there is none (also again in a forked child)."""
    global _loop, _loop_thread
    if _loop is not None:
        return _loop
    with _lock:
        if _loop is None:
            loop = asyncio.new_event_loop()
            started = threading.Event()
            _loop_thread = threading.Thread(target=_serve, args=(loop, started), name="pyinfra-engine", daemon=True)
            _loop_thread.start()
            started.wait()
            _loop = loop
    return _loop


def _forget_loop() -> None:
    """In a forked child: the thread that served the loop has stayed behind, and so have its greenlets."""
    global _lock, _loop, _loop_thread
    _lock, _loop, _loop_thread = threading.Lock(), None, None
    _idle.clear()
    _threads.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_loop)


def _serve(loop: asyncio.AbstractEventLoop, started: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    loop.call_soon(started.set)
    loop.run_forever()


# -- one call in a greenlet ----------------------------------------------------------------


class Job(Generic[T]):
    """One synchronous call running in a greenlet on the loop."""

    __slots__ = ("_greenlet", "_on_done", "_task", "done", "outcome")

    def __init__(self, on_done: Callable[[Job[T]], None] | None = None) -> None:
        self.outcome: Outcome[T] = Outcome()
        self.done = False
        self._on_done = on_done
        self._task: asyncio.Task[None] | None = None
        self._greenlet: _UserGreenlet | None = None

    def start(self, call: Callable[[], T], context: contextvars.Context) -> None:
        """Run the call until it ends or first waits. Only on the loop's thread."""
        user = self._greenlet = _UserGreenlet(self._body)
        user.gr_context = context
        awaitable = _enter(user, call)
        if user.dead:
            self._finish()
        else:
            loop = cast("asyncio.AbstractEventLoop", _loop)
            self._task = loop.create_task(self._drive(user, awaitable))

    def go_on(self, user: _UserGreenlet, awaitable: Awaitable[Any]) -> None:
        """Take over a greenlet that waits."""
        self._greenlet = user
        self._task = cast("asyncio.AbstractEventLoop", _loop).create_task(self._drive(user, awaitable))

    def _body(self, call: Callable[[], T]) -> None:
        try:
            self.outcome.value = call()
        except BaseException as error:  # noqa: BLE001 - handed on to whoever asks for the outcome
            self.outcome.error = error

    async def _drive(self, user: _UserGreenlet, awaitable: Awaitable[Any]) -> None:
        while not user.dead:
            try:
                value = await awaitable
            except BaseException as error:  # noqa: BLE001 - also delivers cancellation into the user's code
                user.parent = getcurrent()
                awaitable = _enter_throwing(user, error)
            else:
                user.parent = getcurrent()
                awaitable = _enter(user, value)
        self._finish()

    def _finish(self) -> None:
        self.done = True
        self._greenlet = self._task = None
        if self._on_done is not None:
            self._on_done(self)

    def cancel(self) -> None:
        """Raise ``CancelledError`` in the call where it waits. Only on the loop's thread."""
        if self._task is not None:
            self._task.cancel()


def _enter(user: _UserGreenlet, value: Any) -> Awaitable[Any]:
    if in_engine():  # one that starts another
        return cast("Awaitable[Any]", user.switch(value))
    # User code must not see the engine's loop as running: it may call asyncio.run() itself.
    asyncio._set_running_loop(None)
    try:
        return cast("Awaitable[Any]", user.switch(value))
    finally:
        asyncio._set_running_loop(_loop)


def _enter_throwing(user: _UserGreenlet, error: BaseException) -> Awaitable[Any]:
    asyncio._set_running_loop(None)
    try:
        return cast("Awaitable[Any]", user.throw(error))
    finally:
        asyncio._set_running_loop(_loop)


# -- waiting -------------------------------------------------------------------------------


def in_engine() -> bool:
    """Whether the calling code runs in one of the engine's greenlets."""
    return isinstance(getcurrent(), _UserGreenlet)


def wait(awaitable: Awaitable[T]) -> T:
    """Wait for an awaitable from synchronous code and return its result.

    Args:
        awaitable: a coroutine or a future of the engine's loop.

    Raises:
        RuntimeError: when called on the loop's thread outside of a greenlet, where waiting would block the loop.
    """
    current = getcurrent()
    if isinstance(current, _UserGreenlet):
        if isinstance(awaitable, asyncio.Future) and awaitable.done():
            return cast("T", awaitable.result())
        current.has_waited = True
        return cast("T", cast("greenlet", current.parent).switch(awaitable))
    _refuse_on_loop_thread(awaitable)
    return _block(asyncio.run_coroutine_threadsafe(_as_coroutine(awaitable), engine_loop()))


def wait_call(make: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Like ``wait(make(*args))``, but ``make`` is called where the loop is running, as plain async code expects."""
    if not isinstance(getcurrent(), _UserGreenlet):
        return wait(_call_soon(make, args))
    asyncio._set_running_loop(_loop)
    try:
        awaitable = make(*args)
    finally:
        asyncio._set_running_loop(None)
    return wait(awaitable)


async def _call_soon(make: Callable[..., Awaitable[T]], args: tuple[Any, ...]) -> T:
    return await make(*args)


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable


def _refuse_on_loop_thread(awaitable: object) -> None:
    if threading.current_thread() is _loop_thread:
        if hasattr(awaitable, "close"):
            awaitable.close()
        raise RuntimeError("this would block the engine: it was called from a coroutine instead of synchronous code")


def _block(future: concurrent.futures.Future[T]) -> T:
    try:
        return future.result()
    except KeyboardInterrupt:
        future.cancel()
        raise


# -- from outside --------------------------------------------------------------------------


def submit(call: Callable[..., T], *args: Any) -> concurrent.futures.Future[T]:
    """Run a synchronous call on the engine; return a future of any thread. Cancelling it cancels the call."""
    loop = engine_loop()
    future: concurrent.futures.Future[T] = concurrent.futures.Future()
    job: Job[T] = Job(lambda ended: _settle(future, ended.outcome))
    context = contextvars.copy_context()
    future.set_running_or_notify_cancel()
    loop.call_soon_threadsafe(job.start, lambda: call(*args), context)
    future._pyinfra_cancel = lambda: loop.call_soon_threadsafe(job.cancel)  # type: ignore[attr-defined]
    return future


def _settle(future: concurrent.futures.Future[T], outcome: Outcome[T]) -> None:
    if outcome.error is not None:
        future.set_exception(outcome.error)
    else:
        future.set_result(cast("T", outcome.value))


def cancel(future: concurrent.futures.Future[Any]) -> None:
    """Cancel a call made by :func:`submit`; its future ends with ``CancelledError`` when the call has cleaned up."""
    future._pyinfra_cancel()  # type: ignore[attr-defined]


def run(call: Callable[..., T], *args: Any) -> T:
    """Run a synchronous call on the engine and return its result.

    In a greenlet of the engine it is simply called. Ctrl-C while waiting cancels the call, gives it
    ``INTERRUPT_GRACE`` seconds to end what it began on the hosts, and raises ``KeyboardInterrupt``.
    """
    if in_engine():
        return call(*args)
    _refuse_on_loop_thread(None)
    future = submit(call, *args)
    try:
        return future.result()
    except KeyboardInterrupt:
        cancel(future)
        concurrent.futures.wait([future], timeout=INTERRUPT_GRACE)
        raise


async def run_async(call: Callable[..., T], *args: Any) -> T:
    """Like :func:`run`, awaitable from any running loop. Cancelling the awaiting task cancels the call."""
    future = submit(call, *args)
    try:
        return await asyncio.shield(asyncio.wrap_future(future))
    except asyncio.CancelledError:
        if not future.done():
            cancel(future)
        raise


# -- many calls ----------------------------------------------------------------------------


class _Group(Generic[T]):
    """Calls that run side by side, at most ``limit`` of them unfinished at any time.

    A greenlet serves call after call for as long as they do not wait; one that waits keeps its greenlet, and another
    one goes on with the rest. Most calls never wait, so thousands of them share one stack.
    """

    def __init__(self, calls: Sequence[Callable[[], T]], limit: int | None) -> None:
        self.outcomes: list[Outcome[T]] = [Outcome() for _ in calls]
        self._calls = calls
        self._end = len(calls)
        self._next = 0
        self._limit = limit or len(calls)
        self._unfinished = 0
        self._context = contextvars.copy_context()
        self._servers: list[Job[None]] = []
        self._everything: asyncio.Future[None] | None = None

    def begin(self) -> None:
        while self._can_take():
            server: Job[None] = Job()
            self._servers.append(server)
            server.start(self._serve, self._context.copy())

    def _can_take(self) -> bool:
        return self._next < self._end and self._unfinished < self._limit

    def _serve(self) -> None:
        while self._can_take():
            number = self._next
            self._next += 1
            self._unfinished += 1
            outcome = self.outcomes[number]
            try:
                outcome.value = self._context.copy().run(self._calls[number])
            except BaseException as error:  # noqa: BLE001 - handed on to whoever asks for the outcome
                outcome.error = error
            self._unfinished -= 1
        if self._finished() and self._everything is not None and not self._everything.done():
            self._everything.set_result(None)

    def _finished(self) -> bool:
        return self._unfinished == 0 and self._next >= self._end

    def wait(self) -> None:
        while not self._finished():
            self._everything = cast("asyncio.AbstractEventLoop", _loop).create_future()
            wait(self._everything)

    def stop(self) -> None:
        """Begin nothing more, and cancel what waits."""
        self._end = self._next
        for server in self._servers:
            if not server.done:
                server.cancel()


def gather(calls: Sequence[Callable[[], T]], limit: int | None = None) -> list[Outcome[T]]:
    """Run synchronous calls side by side, each in a context of its own; return their outcomes in order.

    Args:
        calls: functions without parameters.
        limit: how many may be unfinished at the same time; None or 0 for all.

    A cancellation of the caller cancels all of them and waits for them to end.
    """
    group = _Group(calls, limit)
    group.begin()
    try:
        group.wait()
    except BaseException:
        group.stop()
        group.wait()
        raise
    return group.outcomes


_IDLE: Any = object()
_idle: list[_UserGreenlet] = []


def start(call: Callable[[], object]) -> None:
    """Start a call in a greenlet of its own and go on; only from a greenlet of the engine.

    Most calls never wait. A greenlet that did not have to is kept for the next call: making one costs more than most
    calls do. What the call raises is lost: it has to see to that itself.
    """
    user = _idle.pop() if _idle else _UserGreenlet(_serve_calls)
    user.parent = getcurrent()
    awaitable = _enter(user, (contextvars.copy_context(), call))
    if awaitable is _IDLE:
        _idle.append(user)
    elif not user.dead:
        job: Job[None] = Job()
        job.go_on(user, awaitable)


def _serve_calls(task: tuple[contextvars.Context, Callable[[], object]]) -> None:
    me = cast("_UserGreenlet", getcurrent())
    while True:
        context, call = task
        with contextlib.suppress(BaseException):
            context.run(call)
        if me.has_waited:  # the loop has gone on since: there is nobody who would take it back
            return
        task = cast("greenlet", me.parent).switch(_IDLE)


def call_later(callback: Callable[..., object], *args: Any) -> None:
    """Have the loop call something as soon as every greenlet that can go on has done so."""
    engine_loop().call_soon(callback, *args)


def new_future() -> asyncio.Future[Any]:
    """Return a future of the engine's loop."""
    return engine_loop().create_future()


# -- threads for code that may block ---------------------------------------------------------


class _Threads:
    """Daemon threads, reused, as many as there are calls at the same time.

    The standard pool joins its threads when the interpreter ends, so a call that never returns would hang the exit.
    """

    def __init__(self) -> None:
        self._idle: deque[_Worker] = deque()

    def forget(self) -> None:
        """In a forked child there are no threads but its own."""
        self._idle.clear()

    def call(self, function: Callable[[], None]) -> None:
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = _Worker(self._idle)
        worker.give(function)


class _Worker:
    def __init__(self, idle: deque[_Worker]) -> None:
        self._idle = idle
        self._wake = threading.Semaphore(0)
        self._function: Callable[[], None] | None = None
        threading.Thread(target=self._work, name="pyinfra-blocking", daemon=True).start()

    def give(self, function: Callable[[], None]) -> None:
        self._function = function
        self._wake.release()

    def _work(self) -> None:
        while True:
            self._wake.acquire()
            function, self._function = self._function, None
            if function is not None:
                function()
            self._idle.append(self)


_threads = _Threads()


def in_thread(function: Callable[..., T], *args: Any) -> asyncio.Future[T]:
    """Run a function that may block in a thread, in a copy of the caller's context; return a future of the loop."""
    loop = engine_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(outcome: Outcome[T]) -> None:
        if future.cancelled():
            return
        if outcome.error is None:
            future.set_result(cast("T", outcome.value))
        elif isinstance(outcome.error, StopIteration):  # a future refuses it
            future.set_exception(RuntimeError("StopIteration raised"))
        else:
            future.set_exception(outcome.error)

    def work() -> None:
        outcome: Outcome[T] = Outcome()
        try:
            outcome.value = context.run(function, *args)
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            outcome.error = error
        loop.call_soon_threadsafe(settle, outcome)

    _threads.call(work)
    return future
