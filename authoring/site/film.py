"""``make film``: the moving picture at the top of the README, made of the real explorer at work."""

import argparse
import io

from PIL import Image

from authoring import notebooks
from helpers.explorers import SlidingKernel

FILE = notebooks.ROOT / ".github" / "sliding-kernel.gif"
WIDTH = 840  # pixels
SETTING = {"kernel": "sobel x", "image": "corner", "size": 8}
FIRST, EACH, LAST = 1200, 320, 4000  # milliseconds a picture stands


def frames():
    """The explorer's picture at every stop of its window."""
    explorer = SlidingKernel(**SETTING)
    for stop in range(explorer.limits(explorer.state)["position"] + 1):
        explorer.set(position=stop)
        picture = Image.open(io.BytesIO(explorer.png)).convert("RGB")
        yield picture.resize((WIDTH, round(WIDTH * picture.height / picture.width)), Image.Resampling.LANCZOS)


def make(file):
    """Write the film; it plays twice and stops at the whole result."""
    pictures = list(frames())
    # One palette for all of them, so that what stays is stored once.
    some = pictures[::5]
    whole = Image.new("RGB", (WIDTH, pictures[0].height * len(some)))
    for i, picture in enumerate(some):
        whole.paste(picture, (0, i * picture.height))
    palette = whole.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    flat = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    times = [FIRST, *[EACH] * (len(flat) - 2), LAST]
    flat[0].save(file, save_all=True, append_images=flat[1:], duration=times, loop=1, optimize=True)


def main():
    argparse.ArgumentParser(prog="make film", description=__doc__).parse_args()
    make(FILE)
    print(f"{FILE.relative_to(notebooks.ROOT)}: {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
