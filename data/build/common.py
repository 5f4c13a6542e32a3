"""What every build script needs: where ``data/`` is, and the table of sources beside each set of files."""

import csv
import hashlib
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1]


def sha256(data):
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def expect(data, checksum, name):
    """The bytes themselves; stops unless they have this checksum."""
    if sha256(data) != checksum:
        raise SystemExit(f"{name} has checksum {sha256(data)}, not {checksum}: is it the version named?")
    return data


def folder(name):
    """The path of ``data/<name>``, made and emptied of what an earlier build left there."""
    path = DATA / name
    path.mkdir(exist_ok=True)
    for old in path.iterdir():
        old.unlink()
    return path


def read_sources(name):
    """The rows of ``data/<name>/sources.csv``, as dicts."""
    with open(DATA / name / "sources.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_sources(name, rows):
    """Write ``data/<name>/sources.csv``: one row per file, its checksum in the second column."""
    path = DATA / name
    made, listed = {file.name for file in path.iterdir()} - {"sources.csv"}, {row["file"] for row in rows}
    if made != listed:
        raise SystemExit(f"{name}: files and rows differ in {sorted(made ^ listed)}")
    rows = [
        {"file": row["file"], "sha256": sha256((path / row["file"]).read_bytes())}
        | {key: value for key, value in row.items() if key not in ("file", "sha256")}
        for row in rows
    ]
    with open(path / "sources.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def save_small(path, arrays):
    """Write an .npz, kernels in half precision; stops where that would lose more than its rounding."""
    small = {}
    for name, array in arrays.items():
        kernel = array.ndim > 1
        small[name] = array.astype(np.float16 if kernel else np.float32)
        if not np.allclose(small[name].astype(np.float32), array, rtol=1e-3, atol=1e-7):
            raise SystemExit(f"{name} does not fit into half precision")
    np.savez(path, **small)
