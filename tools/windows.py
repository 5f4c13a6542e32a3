"""Windows' limit for the length of a path, which PyTorch's licences reach."""

LIMIT = 259  # characters of a whole path
# The longest path in the wheel of PyTorch 2.13, a licence, and where .venv keeps it.
INSIDE = len("\\.venv\\Lib\\site-packages\\") + 167


def allowed():
    """Return whether this Windows was told to allow longer paths."""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


def too_long(folder):
    """Return what to tell the owner of a book in a folder whose path is too long, or None."""
    longest = LIMIT - INSIDE
    if len(str(folder)) <= longest or allowed():
        return None
    return (
        f"The path of this folder has {len(str(folder))} characters, and Windows allows {longest} here, as "
        "some files of PyTorch have long names. Move the book to a shorter path, such as C:\\book, or allow "
        "long paths: https://pip.pypa.io/warnings/enable-long-paths"
    )
