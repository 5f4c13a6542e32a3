"""A limit of time for what a reader wrote: a loop that does not end is stopped, and the kernel lives on.

A second thread looks on and raises an exception inside the first, as Python offers it: on every system, in
the main thread of a notebook, without signals. It takes hold between two steps of Python; a single call into
C that never comes back, such as ``sum(itertools.count())``, cannot be stopped by anything but the kernel's end.
"""

import ctypes
import sys
import threading
import time


class TooLong(BaseException):
    """Raised in a call whose time is over. A reader's ``except Exception`` does not catch it."""


class Watch:
    """Runs calls under a limit: ``with Watch() as watch: watch.run(call, seconds)``.

    ``stopped`` says of the last call whether it was stopped, and ``stood`` where: (file, line), innermost first.
    """

    def __init__(self):
        self.stopped, self.stood = False, ()
        self._deadline, self._raising = None, False
        self._over, self._caller = threading.Event(), threading.get_ident()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self):
        try:
            self._thread.start()
        except RuntimeError:  # a Python without threads: no limit then
            self._thread = None
        return self

    def __exit__(self, *_):
        self._over.set()
        if self._thread:
            self._thread.join()

    def run(self, call, seconds):
        """The call's result, or None if it had to be stopped."""
        result, self.stopped, self.stood = None, False, ()
        try:
            try:
                self._deadline = time.monotonic() + seconds
                result = call()
            finally:
                self._deadline = None
        except TooLong:
            pass
        except BaseException:
            self._settle()
            raise
        self._settle()
        return None if self.stopped else result

    def _settle(self):
        """Wait until the other thread is not raising, and take up what it has raised but not yet delivered."""
        while True:
            try:
                self._deadline = None
                while self._raising:
                    time.sleep(0)
                for _ in range(3):  # it is delivered when a loop goes round
                    pass
                return
            except TooLong:
                continue

    def _look_on(self):
        while not self._over.wait(0.02):
            self._raising = True
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                if not self.stopped:
                    self.stood = _stack(sys._current_frames().get(self._caller))
                self.stopped = True
                _raise_in(self._caller)  # again and again: a bare except may have swallowed it
            self._raising = False


def _stack(frame):
    found = []
    while frame:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)


def _raise_in(thread):
    """Have a thread raise TooLong at its next step."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TooLong))
