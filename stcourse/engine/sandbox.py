"""Run a learner's answer so that it can neither stop, stall nor harm the check.

What it cannot do: a single long computation inside compiled code (`sum(range(10**12))`) hears no
signal, so the limit acts only when that computation returns.
"""

import contextlib
import copy
import ctypes
import inspect
import io
import math
import operator
import queue
import random
import signal
import sys
import threading
import time
import types
import warnings
from functools import partial

import numpy as np
import pandas as pd

from stcourse.engine.differences import difference
from stcourse.engine.exercise import NotRight, NotYet
from stcourse.engine.wording import kind, told

MOST_BYTES = 100_000_000
MOST_PARTS = 10_000_000
TICK = 0.05
SECONDS_TO_STOP = 0.5
PATIENCE = 6  # times the limit on the clock, for an answer that waits and does not work
_modules = (__import__("builtins"), math, random, time, np, np.random, np.linalg, pd)
_interrupted = threading.Event()
_here = threading.local()  # .stop: the Event by which this thread is told to stop
_all, _map = all, map  # as they are now: an answer may put others in their place


class TimeUp(BaseException):
    """The time of a check is used up; no `except Exception` of an answer can keep it."""


# Calling an answer


class Guarded:
    """An answer whose every call gets fresh copies, is watched, and fails only with `NotRight`.

    Args:
        answer: What is called.
        repeats: How many of the first calls are made twice, to see whether the results agree.
    """

    def __init__(self, answer, repeats=0):
        self.answer = answer
        self.repeats = repeats
        self.results = []

    def __call__(self, *arguments, **named):
        try:
            result = self._once(arguments, named)
            if self.repeats:
                self.repeats -= 1
                self._again(result, arguments, named)
        except NotRight as fault:
            self.results.append(fault)
            raise
        self.results.append(result)
        return result

    def _again(self, result, arguments, named):
        again = self._once(arguments, named)
        if difference(again, result, 1e-9) is not None:
            raise NotRight(
                "Your answer gives different results for the same input: does it draw random "
                "numbers, or keep something between calls?"
            )

    def _once(self, arguments, named):
        if hasattr(_here, "stop") and _here.stop.is_set():  # something kept a TimeUp to itself
            raise TimeUp
        given, named_given = copy.deepcopy((arguments, named))
        fault, result = None, None
        with _modules_put_back() as replaced:
            try:
                result = self.answer(*given, **named_given)
            except TimeUp:
                raise
            except BaseException as error:
                if _interrupted.is_set():
                    raise KeyboardInterrupt from None
                fault = NotRight(told(error, self.answer), reason=type(error).__name__)
        if _interrupted.is_set():  # an answer may have kept the interrupt to itself
            raise KeyboardInterrupt
        if fault:
            raise fault
        if replaced:
            raise NotRight(f"Your answer replaces {replaced[0]}: leave other modules as they are.")
        _check_inputs(given, named_given, arguments, named)
        return _checked(result)


def call(answer, case):
    """Call an answer with a case's arguments, guarded.

    Args:
        answer: Function, class or bound method.
        case: Dict of keyword arguments; the answer gets copies.

    Returns:
        What the answer returns.

    Raises:
        NotRight: If it raises, returns nothing or something endless, or changes its input.
        NotYet: If it returns the `...` of a starter.

    Example:
        >>> call(lambda x: 2 * x, {"x": 4})
        8
    """
    return answer(**case) if isinstance(answer, Guarded) else Guarded(answer)(**case)


def _check_inputs(given, named_given, arguments, named):
    before = dict(enumerate(arguments, start=1)) | named
    after = dict(enumerate(given, start=1)) | named_given
    for name, value in before.items():
        if difference(after[name], value, tolerance=0) is not None:
            which = name if isinstance(name, str) else f"argument {name}"
            raise NotRight(f"Your answer changes its input ({which}): work on a copy.")


def _checked(result):
    """The result, if it is something that a property can look at."""
    if result is ...:
        raise NotYet
    if result is None:
        raise NotRight("Your answer returns None: is a `return` missing?")
    if isinstance(result, types.GeneratorType):
        if result.gi_code.co_name == "<genexpr>":
            raise NotRight(
                "Your answer returns a generator, `(... for ...)`, which has made nothing yet: "
                "square brackets make the whole list."
            )
        raise NotRight(
            "Your answer returns a generator (it uses `yield`), expected the whole result."
        )
    if inspect.isawaitable(result):
        getattr(result, "close", int)()
        raise NotRight("Your answer is an `async def`: write a plain `def`.")
    size = getattr(result, "nbytes", 0) if isinstance(result, np.ndarray) else 0
    parts = len(result) if type(result) in (list, tuple, dict, set, str, bytes, range) else 0
    if size > MOST_BYTES or parts > MOST_PARTS:
        raise NotRight(f"Your answer returns {kind(result)} far larger than its input calls for.")
    return result


@contextlib.contextmanager
def _modules_put_back():
    """Put back names in well-known modules that the body replaced; give a list of them."""
    before = [(module, vars(module), dict(vars(module))) for module in _modules]
    replaced = []
    try:
        yield replaced
    finally:
        for module, now, then in before:
            if not _all(_map(operator.is_, _map(now.get, then), then.values())):
                for name, value in then.items():
                    if now.get(name) is not value:
                        now[name] = value
                        replaced += [f"{module.__name__}.{name}"]


# What a whole check leaves as it was


class Printed(io.TextIOBase):
    """A stream that counts what is written and keeps nothing."""

    def __init__(self):
        super().__init__()
        self.characters = 0

    def writable(self):
        return True

    def write(self, text):
        self.characters += len(text)
        return len(text)


@contextlib.contextmanager
def quiet(answer):
    """Take what is printed, silence warnings, and put random state and variables back.

    Args:
        answer: The answer; the variables of the notebook it was written in are put back too.
    """
    printed = Printed()
    variables = answer.__globals__ if type(answer) is types.FunctionType else {}
    names = dict(variables)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield printed
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        for name in set(variables) - set(names):
            del variables[name]
        variables.update(names)


# Time


class Work:
    """CPU seconds that this thread works from now on; those of its imports are left out.

    A machine that has much else to do takes longer over the same work, and counts no more of it.
    Where a thread's time cannot be read, it is the time of the whole process.
    """

    def __init__(self):
        self._cpu = time.process_time
        if hasattr(time, "pthread_getcpuclockid"):
            clock = time.pthread_getcpuclockid(threading.get_ident())
            self._cpu = partial(time.clock_gettime, clock)
        self._started, self._last = time.monotonic(), self._cpu()
        self.seconds = 0.0

    def count(self, frame):
        """Add what was worked since the last count, unless the frame is in an import."""
        with contextlib.suppress(OSError):  # the thread has ended
            now = self._cpu()
            if not _is_importing(frame):
                self.seconds += now - self._last
            self._last = now

    def used_up(self, seconds):
        """Whether so many seconds of work are over, or six times as many on the clock."""
        on_clock = time.monotonic() - self._started
        return self.seconds >= seconds or on_clock >= PATIENCE * seconds


def _is_importing(frame):
    while frame is not None and frame.f_code is not Guarded._once.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def work():
    """The Work of the check that runs on this thread.

    Example:
        >>> within(1.0, lambda: work().used_up(60.0))
        False
    """
    return _here.work


def within(seconds, body):
    """Run a function for at most so many seconds.

    On the main thread a timer interrupts it, where the system has one. Elsewhere it runs in a
    thread of its own, which is told to stop and, if it does not listen, is left behind.

    A room of learners shares a few cores, and a right answer must not be stopped for that: the
    limit is on the time that this thread works, without imports. One that waits is stopped at
    six times that.

    Args:
        seconds: The limit.
        body: Function without arguments.

    Returns:
        What `body` returns.

    Raises:
        TimeUp: If the time is used up.

    Example:
        >>> within(1.0, lambda: 42)
        42
    """
    _interrupted.clear()
    on_main = threading.current_thread() is threading.main_thread()
    limit = _by_timer if on_main and hasattr(signal, "setitimer") else _by_thread
    return limit(seconds, body)


def interrupted():
    """Whether the learner pressed Ctrl-C (or the interrupt button) during this check."""
    return _interrupted.is_set()


def _by_timer(seconds, body):
    running = True
    tracer = sys.gettrace()

    def tick(number, frame):
        _here.work.count(frame)
        if running and _here.work.used_up(seconds):
            _raise_again_within_answer(frame)
            raise TimeUp

    def interrupt(number, frame):
        _interrupted.set()
        old_interrupt(number, frame)

    old_tick = signal.signal(signal.SIGALRM, tick)
    old_interrupt = signal.getsignal(signal.SIGINT)
    if callable(old_interrupt):
        signal.signal(signal.SIGINT, interrupt)
    started, _here.work = time.monotonic(), Work()
    # The timer keeps ticking: an answer may catch the first TimeUp.
    old_delay, old_interval = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        try:
            return body()
        finally:
            running = False
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(tracer)
        signal.signal(signal.SIGALRM, old_tick)
        if callable(old_interrupt):
            signal.signal(signal.SIGINT, old_interrupt)
        if old_delay:
            left = old_delay - (time.monotonic() - started)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001), old_interval)


def _raise_again_within_answer(frame):
    """Make every frame of the answer raise at its next line, also inside an `except`."""
    frames = []
    while frame is not None and frame.f_code is not Guarded._once.__code__:
        frames.append(frame)
        frame = frame.f_back
    if frame is not None:
        for inner in frames:
            inner.f_trace = _raise
        sys.settrace(_ignore)


def _raise(frame, event, argument):
    if event == "line":
        raise TimeUp
    return _raise


def _ignore(frame, event, argument):
    return None


def _by_thread(seconds, body):
    results, errors, ended, stop = [], [], threading.Event(), threading.Event()
    begun = queue.SimpleQueue()

    def run():
        _here.stop, _here.work = stop, Work()
        begun.put(_here.work)
        try:
            if not stop.is_set():
                results.append(body())
        except BaseException as error:
            errors.append(error)
        finally:
            ended.set()

    runner = threading.Thread(target=run, daemon=True)
    try:  # from the start on: Ctrl-C may come before the thread has run a line
        runner.start()
        limit = max(seconds - SECONDS_TO_STOP, seconds / 2)
        _wait(ended, begun.get(), limit, runner.ident)
    except KeyboardInterrupt:
        _stop(runner, ended, stop)
        raise
    if not ended.is_set():
        _stop(runner, ended, stop)
        raise TimeUp
    if errors:
        raise errors[0]
    return results[0]


def _wait(ended, its_work, seconds, thread):
    """Wait in steps, which measure the work; a long one would not hear Ctrl-C on Windows."""
    while not ended.is_set() and not its_work.used_up(seconds):
        ended.wait(TICK)
        its_work.count(sys._current_frames().get(thread))


def _stop(runner, ended, stop):
    stop.set()
    end = time.monotonic() + SECONDS_TO_STOP
    while not ended.is_set() and time.monotonic() < end:
        if runner.ident is not None:
            number = ctypes.c_ulong(runner.ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(TimeUp))
        ended.wait(2 * TICK)
