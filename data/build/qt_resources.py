"""Read the files inside a Qt resource archive (``.rcc``, format version 3)."""

import struct
import zlib

DIRECTORY, ZLIB, ZSTD = 2, 1, 4  # flags of an entry
ENTRY = 22  # bytes of an entry in the tree


def read_resources(data):
    """The archive's files: a dict, path → bytes. What zstd packed is left out; no photograph is."""
    magic, version, tree, contents, names, _ = struct.unpack_from(">4s5I", data)
    if (magic, version) != (b"qres", 3):
        raise SystemExit(f"not a Qt resource archive of version 3: {magic!r}, {version}")

    def name(offset):
        (length,) = struct.unpack_from(">H", data, names + offset)
        start = names + offset + 6  # the length, then a hash of four bytes, then the name
        return data[start : start + 2 * length].decode("utf-16-be")

    def walk(index, path):
        entry = tree + ENTRY * index
        name_offset, flags = struct.unpack_from(">IH", data, entry)
        if index:  # the root has no name
            path = f"{path}/{name(name_offset)}"
        if flags & DIRECTORY:
            count, first = struct.unpack_from(">II", data, entry + 6)
            for child in range(first, first + count):
                yield from walk(child, path)
        elif not flags & ZSTD:
            (offset,) = struct.unpack_from(">I", data, entry + 10)
            (length,) = struct.unpack_from(">I", data, contents + offset)
            start = contents + offset + 4
            packed = data[start : start + length]
            yield path[1:], zlib.decompress(packed[4:]) if flags & ZLIB else packed

    return dict(walk(0, ""))
