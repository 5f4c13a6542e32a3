"""A network's state in a file: written whole or not at all, and read whole or not at all."""

import contextlib
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np


def write(path, arrays):
    """Write arrays to an .npz file. It gets its name at the very end: until then, what was there stays."""
    path = _npz(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(unfinished, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())  # on the disk, not only on its way
        os.replace(unfinished, path)
    except BaseException:  # a full disk, Ctrl-C
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def read(path):
    """The arrays of such a file, by name; ValueError where it is damaged or none."""
    path = _npz(path)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(
            f"path={str(path)!r}: it is damaged, or no file that a network was saved in ({error}); save the "
            "network once more"
        ) from error


def _npz(path):
    """The path with the ending that NumPy gives it anyway."""
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
