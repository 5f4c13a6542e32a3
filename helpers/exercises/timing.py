"""A limit of time for what a reader wrote: what does not end is stopped, and the kernel lives on.

In the main thread, where a notebook runs, an alarm of the system raises TooLong in the call; it ends a long sleep
and a power of millions of digits too. In other threads, and on Windows, which has no alarm, a second thread does
it, between two steps of Python: a single step that never comes back it cannot end, and an ``except`` or
``finally`` around all that a loop does may take it every time.
``sum(itertools.count())`` is such a step everywhere, so ``countable`` gives a reader the endless iterators of
itertools in Python. What stays without an end is a C loop that asks for neither, such as ``sum(iter(int, 1))``.
"""

import ctypes
import itertools
import signal
import sys
import threading
import time
import types
from contextlib import contextmanager

from helpers.exercises.diagnosis.source import undecorated

AGAIN = 0.05  # seconds after which it is raised once more: a bare except may have swallowed it


class TooLong(BaseException):
    """Raised in a call whose time is over. A reader's ``except Exception`` does not catch it."""


class Watch:
    """Runs calls under a limit: ``with Watch() as watch: watch.run(call, seconds)``.

    ``stopped`` says of the last call whether it was stopped, and ``stood`` where: (file, line), innermost first.
    """

    def __init__(self):
        self.stopped, self.stood = False, ()
        self._limit = None
        main = threading.current_thread() is threading.main_thread()
        self._guard = Alarm(self) if main and hasattr(signal, "setitimer") else Thread(self)

    def __enter__(self):
        self._told, sys.unraisablehook = sys.unraisablehook, self._untold
        self._guard.begin()
        return self

    def __exit__(self, *_):
        self._guard.end()
        sys.unraisablehook = self._told

    def run(self, call, seconds, waits=2):
        """The call's result, or None if it had to be stopped.

        The seconds are seconds of work; on the clock it may take so many times as long, on a busy machine.
        """
        result, self.stopped, self.stood = None, False, ()
        try:
            try:
                self._limit = seconds, waits * seconds, self._guard.busy(), time.monotonic()
                self._guard.wind(seconds)
                result = call()
            finally:
                self._limit = None
        except TooLong:
            pass
        finally:
            self._settle()
        return None if self.stopped else result

    def _settle(self):
        """See to it that nothing is raised in what follows the call."""
        while True:
            try:
                self._limit = None
                self._guard.settle()
                return
            except TooLong:
                continue

    def is_over(self, frame):
        """Whether the call's time is over; then it is noted where it stands."""
        if (limit := self._limit) is None:
            return False
        work, clock, busy, begun = limit
        spent = time.monotonic() - begun
        if spent < clock and (spent < work or self._guard.busy() - busy < work):
            return False
        if not self.stopped:
            self.stopped, self.stood = True, _stack(frame)
        return True

    def _untold(self, event):
        """Python's note on what is raised where nothing can be: TooLong in a __del__ is raised again outside.

        So is the RecursionError of a function that calls itself without end, in whose depth Python may clean up.
        """
        if event.exc_type not in (TooLong, RecursionError):
            self._told(event)


class Alarm:
    """The system's alarm, for calls in the main thread."""

    busy = staticmethod(time.thread_time)

    def __init__(self, watch):
        self.watch = watch

    def begin(self):
        self.handler = signal.signal(signal.SIGALRM, self.ring)
        self.timer = signal.setitimer(signal.ITIMER_REAL, 0)

    def end(self):
        signal.setitimer(signal.ITIMER_REAL, *self.timer)
        signal.signal(signal.SIGALRM, self.handler or signal.SIG_DFL)

    def wind(self, seconds):
        self.rung, self.traced = 0, sys.gettrace()
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)

    def settle(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self.rung:
            sys.settrace(self.traced)

    def ring(self, _, frame):
        if self.watch.is_over(frame):
            self.rung += 1
            self.follow(frame, self.rung)
            raise TooLong

    def follow(self, frame, lines):
        """Raise it a second time, so many lines later: where a bare except has taken the first, outside of it."""

        def trace(_, event, __):
            nonlocal lines
            lines -= event == "line"
            if not lines and self.watch.is_over(frame):
                raise TooLong
            return trace

        while frame and frame.f_code is not Watch.run.__code__:
            frame.f_trace, frame = trace, frame.f_back
        sys.settrace(lambda *_: None)  # what is called from now on is not followed


class Thread:
    """A second thread that looks on, for calls in any thread."""

    def __init__(self, watch):
        self.watch, self.raising, self.caller = watch, False, threading.get_ident()
        self.over, self.thread = threading.Event(), threading.Thread(target=self.look_on, daemon=True)

    def begin(self):
        try:
            self.thread.start()
        except RuntimeError:  # a Python without threads: no limit then
            self.thread = None

    def end(self):
        self.over.set()
        if self.thread:
            self.thread.join()

    def busy(self):
        """The caller's seconds of work, or where no other thread can read them, the clock."""
        if hasattr(time, "pthread_getcpuclockid"):
            return time.clock_gettime(time.pthread_getcpuclockid(self.caller))
        return time.monotonic()

    def wind(self, seconds):
        pass

    def settle(self):
        """Wait until the other thread is not raising, and take up what it has raised but not yet delivered."""
        while self.raising:
            time.sleep(0)
        for _ in range(3):  # it is delivered when a loop goes round
            pass

    def look_on(self):
        while not self.over.wait(0.02):
            self.raising = True
            if self.watch.is_over(sys._current_frames().get(self.caller)):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self.caller), ctypes.py_object(TooLong)
                )
            self.raising = False


def _stack(frame):
    found = []
    while frame:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)


def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(items):
    kept = []
    for item in items:
        yield item
        kept.append(item)
    while kept:
        for item in kept:
            yield item


def repeat(item, times=None):
    while times is None or times > 0:
        yield item
        times = times and times - 1


@contextmanager
def countable(function):
    """Give a reader's function the endless iterators of itertools in Python: a C loop over them can be stopped."""
    ours = types.ModuleType("itertools")
    vars(ours).update(vars(itertools) | {made.__name__: made for made in (count, cycle, repeat)})
    exchanged = {id(itertools): ours} | {
        id(getattr(itertools, f.__name__)): f for f in (count, cycle, repeat)
    }
    names = getattr(undecorated(function), "__globals__", {})
    found = {name: value for name, value in names.items() if id(value) in exchanged}
    names.update({name: exchanged[id(value)] for name, value in found.items()})
    sys.modules["itertools"] = ours  # for an import inside the function
    try:
        yield
    finally:
        sys.modules["itertools"] = itertools
        names.update(found)
