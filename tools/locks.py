"""What only one program at a time may do: make ``.venv``, keep a set of tabs."""

import errno
import os

TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_held = []


def hold(path):
    """Hold a file until this program ends, however it ends; return False where another program holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = open(path, "a")
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in TAKEN:
            file.close()
            return False
        # Some network drives know no locks: there nothing is held.
    _held.append(file)
    return True
