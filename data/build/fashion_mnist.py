"""Make data/fashion_mnist/ from Debian's package dataset-fashion-mnist.

    apt-get download dataset-fashion-mnist && dpkg -x dataset-fashion-mnist_*.deb unpacked
    python data/build/fashion_mnist.py unpacked

The four files are copied as they are. Debian packed them anew, so only what is inside can be compared with
the original publication: the script and the tests do.
"""

import gzip
import sys
from pathlib import Path

from common import expect, folder, write_sources

UNPACKED = {
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def main(unpacked):
    source, target = Path(unpacked) / "usr/share/datasets/fashion-mnist", folder("fashion_mnist")
    rows = []
    for name, checksum in UNPACKED.items():
        packed = (source / name).read_bytes()
        expect(gzip.decompress(packed), checksum, name)
        (target / name).write_bytes(packed)
        row = {"file": name, "author": "Zalando SE, 2017", "licence": "MIT"}
        row |= {"source": "https://github.com/zalandoresearch/fashion-mnist", "sha256_unpacked": checksum}
        rows.append(row)
    write_sources("fashion_mnist", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
