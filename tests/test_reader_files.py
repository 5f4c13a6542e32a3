"""A reader's files, solved exercises and saved weights: a full disk, a stopped kernel, two notebooks at once.

Each is tried by really doing it, in processes of their own. What is kept must be what was there or what was
written, whole; test_progress.py has the rest of the progress file.
"""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from helpers import nn
from helpers.exercises import progress

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and signals of POSIX")
SAVE = """
import os, sys
from helpers import nn
def network(seed):
    nn.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 10))
"""  # a megabyte
ADD = f"import runpy, sys; add = runpy.run_path({progress.__file__!r})['add']\n"


def process(code, folder, *arguments, wait=True):
    env = {key: value for key, value in os.environ.items() if key != "CI"}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.PIPE, "text": True}
    started = subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=folder, env=env, **pipes)
    return started.communicate(timeout=60) if wait else started


def network(seed):
    found = {}
    exec(SAVE, found)
    return found["network"](seed)


def weights(model):
    return model.state_dict()["1.weight"]


def loaded(path):
    return weights(network(0).load(path))


def test_a_kernel_killed_while_it_saves_leaves_the_file_whole(tmp_path):
    file, draw, code = (
        tmp_path / "net.npz",
        random.Random(0),
        SAVE
        + (
            "models = [network(seed) for seed in (1, 2)]\nmodels[0].save('net.npz'); print(flush=True)\n"
            "while True:\n    for model in models: model.save('net.npz')"
        ),
    )
    both = [weights(network(seed)) for seed in (1, 2)]
    for _ in range(4):
        kernel = process(code, tmp_path, wait=False)
        kernel.stdout.readline()
        time.sleep(draw.uniform(0, 0.05))
        kernel.send_signal(signal.SIGKILL)
        kernel.communicate()
        assert any(np.array_equal(loaded(file), one) for one in both)
    assert len(list(tmp_path.iterdir())) <= 5, "at most one unfinished file for each stopped kernel"


def test_two_notebooks_that_save_at_once_leave_one_of_both_whole(tmp_path):
    code = SAVE + "model = network(int(sys.argv[1]))\nfor _ in range(20): model.save('net')"
    started = [process(code, tmp_path, str(seed), wait=False) for seed in (1, 2)]
    assert [one.communicate()[1] for one in started] == ["", ""]
    assert any(np.array_equal(loaded(tmp_path / "net"), weights(network(seed))) for seed in (1, 2))
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999))\n"
# Root may write anywhere: nobody may not.
READ_ONLY = "import os\nos.chmod('.', 0o555)\nif os.getuid() == 0: os.setuid(65534)\n"


@pytest.mark.parametrize("trouble", [FULL, READ_ONLY], ids=["full disk", "read-only folder"])
def test_where_nothing_can_be_saved_the_old_file_stays_and_the_reason_is_said(trouble, tmp_path):
    network(1).save(tmp_path / "net")
    code = SAVE + trouble + "try: network(2).save('net')\nexcept OSError as error: print(error)"
    said, wrong = process(code, tmp_path)
    assert ("too large" in said or "Permission denied" in said) and not wrong
    assert np.array_equal(loaded(tmp_path / "net"), weights(network(1)))
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]


def test_a_read_only_folder_costs_no_solved_exercise(tmp_path, monkeypatch):
    said, wrong = process(ADD + "add('1.1')\n" + READ_ONLY + "print(*sorted(add('1.2')))", tmp_path)
    assert said.split() == ["1.1", "1.2"] and not wrong
    monkeypatch.chdir(tmp_path)
    assert progress.solved() == {"1.1"}


def test_a_kernel_killed_while_it_notes_loses_nothing_that_it_had_noted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, noted = ADD + "for n in range(99999): add(f'{sys.argv[1]}.{n}'); print(n, flush=True)", set()
    for chapter in range(1, 6):
        kernel = process(code, tmp_path, str(chapter), wait=False)
        heard = [kernel.stdout.readline() for _ in range(20)]
        kernel.send_signal(signal.SIGKILL)
        heard += kernel.communicate()[0].splitlines()
        noted |= {f"{chapter}.{line.strip()}" for line in heard if line.strip()}
        assert noted <= progress.solved()


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_damaged_file_is_named_and_changes_no_weight(share, tmp_path):
    network(1).save(tmp_path / "net")
    file, model = tmp_path / "net.npz", network(2)
    content = file.read_bytes()
    cut = content[: int(len(content) * share)]
    middle = len(content) // 2
    for damaged in (cut, content[:middle] + b"\xff" * 9 + content[middle + 9 :], b"no zip at all" + cut[:5]):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"net.npz'?: it is damaged, .*save the network once more"):
            model.load(file)
        assert np.array_equal(weights(model), weights(network(2)))


def test_what_is_no_archive_of_arrays_is_refused(tmp_path):
    np.save(tmp_path / "one.npy", np.zeros(3))
    os.replace(tmp_path / "one.npy", tmp_path / "one.npz")
    with pytest.raises(ValueError, match="one.npz'?: it is damaged"):
        nn.Linear(3, 1).load(tmp_path / "one")
