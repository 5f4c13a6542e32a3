"""The file of solved exercises: no note is lost, whoever writes and whatever an editor made of it."""

import os
import subprocess
import sys

import pytest

from helpers.exercises import progress

ALL = {f"{chapter}.{exercise}" for chapter in range(1, 11) for exercise in range(1, 9)}
# A process of its own, like a notebook's; it loads the module alone, which is quicker.
PROCESS = f"import runpy, sys; add = runpy.run_path({progress.__file__!r})['add']\n"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / progress.FILE


def test_notebooks_that_write_at_once_lose_no_note(file):
    """Each of eight notes ten of its own; they begin together, when the last one has started."""
    code = PROCESS + "print(flush=True); input()\nfor number in sys.argv[1:]: add(number)"
    shares = [sorted(ALL)[start::8] for start in range(8)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, *share], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for share in shares
    ]
    for process in started:
        process.stdout.readline()
    for process in started:
        process.stdin.write("\n")
        process.stdin.close()
    assert [process.wait() for process in started] == [0] * 8
    assert progress.solved() == ALL


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "text",
    [
        '{"solved": ["3.1", "10.4"]}\n',
        '{"solved": ["3.1"]}\n{"solved": ["10.4"]}\n',
        '{\r\n    "solved": [\r\n        "3.1",\r\n        "10.4"\r\n    ]\r\n}',
    ],
    ids=["list", "lines", "indented"],
)
def test_what_an_editor_made_of_the_file_is_read_and_kept(file, text, codec):
    file.write_bytes(text.encode(codec))
    assert progress.solved() == {"3.1", "10.4"}
    assert progress.add("4.2") == progress.solved() == {"3.1", "10.4", "4.2"}
    assert file.read_bytes().startswith(text.encode(codec))


def test_a_note_that_was_cut_off_costs_no_other(file):
    progress.add("3.1")
    progress.add("3.12")
    both = file.read_bytes()
    for length in range(len(both)):
        file.write_bytes(both[:length])
        kept = {number for number in ("3.1", "3.12") if f'"{number}"'.encode() in both[:length]}
        assert progress.solved() == kept
        assert progress.add("4.2") == progress.solved() == kept | {"4.2"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit for the size of a file")
@pytest.mark.parametrize("room", [0, 5])
def test_a_full_disk_is_no_error_and_costs_no_note(file, room):
    progress.add("3.1")
    size = file.stat().st_size + room
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    code = PROCESS + limit + "print(*sorted(add('4.2')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3.1", "4.2"]  # right for as long as the kernel runs
    assert file.stat().st_size == size and progress.solved() == {"3.1"}


def test_a_note_is_written_once(file):
    for _ in range(3):
        progress.add("3.1")
    assert file.read_bytes() == b'{"solved": ["3.1"]}\n'
