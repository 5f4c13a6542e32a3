"""The limit of time: what does not end is stopped and said to be endless, and the kernel lives on."""

import itertools
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from itertools import count as counted

import numpy as np
import pytest

from helpers.exercises import trials
from helpers.exercises.base import Exercise
from helpers.exercises.judge import judge
from helpers.exercises.timing import TooLong, Watch

COUNT = Exercise(right=lambda n: n, mistakes=(), hints=("",), cases=((3,), (5,), (8,)))


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(trials, "PATIENCE", 0.2)


@pytest.fixture(params=["alarm", "thread"])
def guard(request, monkeypatch):
    """As in the main thread, and as where the system has no alarm (Windows)."""
    if request.param == "thread":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    elif not hasattr(signal, "setitimer"):
        pytest.skip("this system has no alarm")
    return request.param


def waits_for_ever(n):
    i = 0
    while i < n:
        n = n
    return i


def never_shortened(n):
    left = list(range(n))
    while left:
        last = left[-1]
    return last


def jumps_over(n):
    i = 0
    while i != n:
        i += 2
    return i


def swallows_all(n):
    while True:
        try:
            n += 1
        except:  # noqa: E722  (what a reader may write)
            n -= 1


def swallows_exceptions(n):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


def calls_itself(n):
    return max(calls_itself(n - 1), calls_itself(n - 2)) if n > -40 else n


def in_a_generator(n):
    return (k for k in itertools.count())


def in_numpy(n):
    while True:
        np.ones((50, 50)) @ np.ones((50, 50))


def adds_all(n):
    return sum(itertools.count(n))


def seeks(n):
    return max(counted())


def repeats(n):
    import itertools

    return any(itertools.repeat(0))


def goes_round(n):
    return n in zip(itertools.cycle((0, 1)))


ENDLESS = [
    (waits_for_ever, r"`(while i < n:|n = n)`\. Does one of its loops never end"),
    (never_shortened, r"Nothing inside the loop of line \d+, `while left:` changes `left`"),
    (jumps_over, r"line \d+, `(while i != n:|i \+= 2)`"),
    (swallows_all, r"line \d+, `(try:|n \+= 1|while True:|n -= 1|except:.*)`"),
    (swallows_exceptions, r"line \d+, `"),
    (calls_itself, r"line \d+, `(def calls_itself|return max\(calls_itself)"),  # it may be at its door
    (in_numpy, r"line \d+, `(np.ones|while True)"),
    (adds_all, r"line \d+, `return sum\(itertools.count"),
    (seeks, r"line \d+, `return max\(counted"),
    (repeats, r"line \d+, `return any"),
    (goes_round, r"line \d+, `return n in"),
]


@pytest.mark.parametrize("answer, said", ENDLESS)
def test_what_does_not_end_is_stopped_and_told_with_its_line(impatient, guard, answer, said, capfd):
    begun = time.monotonic()
    verdict = judge(COUNT, answer)
    assert time.monotonic() - begun < 10, "one call is stopped, and no other begun"
    assert verdict.state == "wrong" and re.search(r"did not end within [\d.]+ seconds", verdict.words)
    assert re.search(said, verdict.words), verdict.words
    assert judge(COUNT, lambda n: n).state == "right", "the kernel lives on"
    assert "TooLong" not in capfd.readouterr().err
    assert sys.modules["itertools"] is itertools and counted is itertools.count


def tower(n):
    step = 4
    for power in (4, 4, 4, n):
        step = power**step
    return step


def sleeps(n):
    time.sleep(100)


def swallows_twice(n):
    while True:
        try:
            try:
                time.sleep(0.05)
            except:  # noqa: E722
                pass
        except:  # noqa: E722
            continue


def goes_on_in_any_case(n):
    while True:
        try:
            time.sleep(0.05)
        finally:
            continue  # noqa: B012


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")
@pytest.mark.parametrize(
    "answer, said",
    [
        (tower, r"`step = power\*\*step`"),
        (sleeps, r"`time.sleep\(100\)`"),
        (swallows_twice, r"`time.sleep\(0.05\)`"),
        (goes_on_in_any_case, r"`time.sleep\(0.05\)`"),
    ],
)
def test_an_alarm_ends_a_single_long_step(impatient, answer, said):
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    assert re.search(f"did not end.*{said}", judge(COUNT, answer).words)
    assert before == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))


def test_a_generator_without_end_is_no_list(impatient):
    assert judge(COUNT, in_a_generator).state == "wrong"


def test_it_may_happen_in_a_later_case(impatient):
    words = judge(COUNT, lambda n: n if n < 5 else waits_for_ever(n)).words
    assert "did not end" in words and "n=5" in words


def test_no_other_version_of_an_answer_hangs_either(impatient):
    """The changes that are tried on a wrong answer's code make endless loops of right ones."""

    def counts(n):
        i, found = 0, 0
        while i < n - 1:
            i += 1
            found += 1
        return found * 2

    begun = time.thread_time()
    assert judge(COUNT, counts).state == "wrong"
    assert time.thread_time() - begun < 10


def test_a_slow_machine_gets_more_time():
    def slowly(n):
        time.sleep(0.004)
        return n

    slow = Exercise(right=slowly, mistakes=(), hints=("",), cases=((1,), (2,), (3,)))
    assert trials.limit_for(COUNT, COUNT.cases)[1] == trials.PATIENCE == 2
    assert 4 < trials.limit_for(slow, slow.cases)[1] <= 10


def test_a_stop_does_not_leak_into_what_follows(guard):
    """Stop calls that end at just that moment, again and again; nothing may be raised outside."""
    with Watch() as watch:
        for k in range(30):
            end = time.monotonic() + 0.02 + k % 7 / 1000

            def call(end=end):
                while time.monotonic() < end:
                    pass
                return "done"

            assert watch.run(call, 0.02) == (None if watch.stopped else "done")
            for _ in range(2000):
                pass


class Slow:
    def __del__(self):
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            pass


def test_a_stop_in_a_destructor_is_not_noted_and_made_again(guard, monkeypatch):
    noted = []
    monkeypatch.setattr(sys, "unraisablehook", noted.append)

    def call():
        Slow()
        while True:
            pass

    with Watch() as watch:
        assert watch.run(call, 0.02) is None and watch.stopped
    assert noted == [] and sys.unraisablehook == noted.append


class Deep:
    def __del__(self):
        self.__del__()


def test_a_recursion_without_end_in_a_destructor_is_not_noted(guard, monkeypatch):
    noted = []
    monkeypatch.setattr(sys, "unraisablehook", noted.append)

    def call():
        Deep()
        return 3

    with Watch() as watch:
        assert watch.run(call, 1) == 3
    assert noted == []


def test_what_a_call_raises_comes_through(guard):
    with Watch() as watch:
        with pytest.raises(KeyboardInterrupt):
            watch.run(lambda: exec("raise KeyboardInterrupt"), 1)
        assert watch.run(lambda: 3, 1) == 3 and not watch.stopped
    assert not issubclass(TooLong, Exception)


def test_it_works_in_any_thread():
    found = queue.Queue()
    thread = threading.Thread(target=lambda: found.put(judge(COUNT, never_shortened).words))
    thread.start()
    thread.join(10)
    assert "did not end within 2 seconds" in found.get(timeout=1)


CELLS = """
def search(n):
    i = 0
    while i < n:
        k = i
    return i
===
from helpers.exercises.judge import judge
from helpers.exercises.base import Exercise
count = Exercise(right=lambda n: n, mistakes=(), hints=("",), cases=((3,),), draw=lambda rng: (int(rng.integers(9)),))
print(judge(count, search).words)
===
def nearly(n):
    total = 0
    for k in range(1, n):
        total += 1
    return total
===
print(judge(count, nearly).words)
print("alive")
"""


def test_cells_of_a_notebook_are_read_and_stopped_as_functions_of_files_are():
    """In IPython's own shell, whose cells are no files."""
    pytest.importorskip("IPython")
    code = (
        "import sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "for cell in sys.stdin.read().split('===\\n'):\n    shell.run_cell(cell)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=CELLS, capture_output=True, text=True, timeout=60
    )
    said = done.stdout.splitlines()
    assert re.search(
        r"did not end within 2 seconds. It was stopped in line \d, `(while i < n:|k = i)`", said[0]
    ), done
    assert "Nothing inside the loop of line 3, `while i < n:` changes `i`." in said[0]
    assert re.search(r"line 3, `for k in range\(1, n\):`: `1` is not right there", said[1]), said
    assert said[2] == "alive"
