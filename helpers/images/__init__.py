"""Reading a reader's own picture, and refusing politely what is none."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.images.files import BEGUN, formats, kind, pixels_of, turn, turn_of
from helpers.ops.shapes import is_whole

MAX_BYTES = 20_000_000  # of the file
MAX_PIXELS = 25_000_000  # once unpacked: a small file can claim a picture that fills the memory
# Of these modes it is known which number is white.
MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV")
DEEP = ("I;16", "I;16L", "I;16B")  # 16 bits of grey
DAMAGED = "source: the picture breaks off or is damaged; get the file once more, or save it anew as PNG"
LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue in brightness: ITU-R BT.601


def read_image(source, size=None, grey=False, enlarge=True):
    """A picture as an array in [0, 1], float64: (3, H, W) in colour, (H, W) in grey.

    ``source`` is a path, a file's bytes (PNG, JPEG, WebP, AVIF where Pillow reads it, BMP, or GIF: its first
    frame), or a Pillow image. The picture is turned upright as its camera noted, transparent parts become
    white, 16 bits a channel become 8; damaged metadata does no harm. ``size`` cuts the central square and
    scales it to that many pixels a side, a smaller one only with ``enlarge``; without it the picture keeps
    its shape. ValueError says what is wrong with the picture and what to do about it.
    """
    check_side(size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is refused below, or repaired while reading
        if isinstance(source, Image.Image):
            image, upright = source, turn(source)
        else:
            data = _read_bytes(source)
            image, upright = _open(data, size), turn_of(data)
        _check(image)
        image = _decode(image, upright)
    if size is not None:
        image = _square(image)
        if enlarge or image.width > size:
            image = image.resize((int(size), int(size)), Image.Resampling.LANCZOS)
    colour = to_array(image)
    return to_grey(colour) if grey else colour


def to_array(image):
    """A Pillow image as a float64 array (3, H, W) in [0, 1]."""
    pixels = np.asarray(image.convert("RGB"), dtype=np.float64)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) / 255  # (H, W, 3) -> (3, H, W)


def to_grey(colour):
    """The brightness (H, W) of a colour picture (3, H, W): red, green and blue weighted by ``LUMA``."""
    red, green, blue = LUMA
    # (3, H, W) -> (H, W); added in this order the three weights make exactly 1
    return red * colour[0] + blue * colour[2] + green * colour[1]


def _check(image):
    """Refuse a picture without pixels, with too many, or with numbers that have no black and white."""
    if 0 in image.size:
        raise ValueError(f"source: {image.width} x {image.height} pixels show nothing; give another picture")
    # A 16-bit PNG has mode I in older Pillow. Elsewhere I and F hold any numbers: clipping would ruin them.
    if image.mode not in MODES + DEEP and (image.mode, image.format) != ("I", "PNG"):
        raise ValueError(
            f"source: a Pillow image of mode {image.mode} does not say which number is white; convert it to "
            "L or RGB, or give an array of fractions from 0 to 1"
        )
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(
            f"source: {image.width} x {image.height} pixels are more than {MAX_PIXELS // 10**6} million; "
            "shrink the picture first, 1000 pixels a side are plenty"
        )


def _square(image):
    """The central square, cut before any scaling so that nothing outside it bleeds in."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def check_side(size):
    """Refuse a side in pixels that is neither None nor a positive int of at most 4096."""
    if size is None:
        return
    if not is_whole(size) or not 1 <= size <= 4096:
        raise ValueError(
            f"size={size!r}: a side in pixels; give an int from 1 to 4096, or None to keep its own"
        )


def _read_bytes(source):
    """The bytes of a path or of a bytes-like object, refused when there are none or too many."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif isinstance(source, (str, Path)):
        path = Path(source)
        if path.is_dir():
            raise ValueError(f"source={str(source)!r}: that is a folder; give a picture in it")
        if not path.is_file():
            raise ValueError(
                f"source={str(source)!r}: no such file; check its name, and the folder you are in"
            )
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(_too_many_bytes(path.stat().st_size))
        data = path.read_bytes()
    else:
        raise TypeError(
            f"source={type(source).__name__}: give a path, the bytes of a picture file, or a Pillow image"
        )
    if not data:
        raise ValueError("source: the file is empty; save or upload it once more")
    if len(data) > MAX_BYTES:
        raise ValueError(_too_many_bytes(len(data)))
    return data


def _too_many_bytes(count):
    return f"source: {count:,} bytes are more than {MAX_BYTES:,}; shrink the picture or save it as JPEG"


def _open(data, size):
    """The picture's header read, its pixels not yet."""
    try:
        image = Image.open(io.BytesIO(pixels_of(data)), formats=formats())
        if size is not None and MAX_PIXELS < image.width * image.height <= 4 * MAX_PIXELS:
            image.draft(None, (4 * size, 4 * size))  # a JPEG can be unpacked smaller, down to an eighth
        return image
    except Image.DecompressionBombError as error:
        raise ValueError("source: the file claims far too many pixels; shrink the picture first") from error
    except Exception as error:  # a damaged file can raise anything in a decoder
        if data.startswith(BEGUN):
            raise ValueError(DAMAGED) from error
        known, what = ", ".join(formats()), kind(data)
        if "web page" in what:
            remedy = "save the picture itself: in the browser, by its own menu"
        else:
            remedy = "open it in a picture program and save it as PNG or JPEG"
        what = f"this is {what}, " if what else ""
        raise ValueError(f"source: {what}not a picture that can be read here ({known}); {remedy}") from error


def _decode(image, upright):
    """The pixels as RGB, upright, on white."""
    try:
        bits = _bits(image)  # known only before the pixels are read
        image.load()
        clear = _clear(image, bits)
        if image.mode.startswith("I"):  # 16-bit grey, which Pillow's own conversion would clip at 255
            high = np.asarray(image).astype(np.float64) / 257
            image = Image.fromarray(np.clip(np.round(high), 0, 255).astype(np.uint8))
        if image.mode != "P":  # a palette's opacities are kept there
            image = image.copy()
            image.info = {}  # Pillow's conversions would use it
        if image.mode in ("P", "PA", "LA", "La", "RGBA", "RGBa"):
            picture = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        image = image.convert("RGB")
        if clear is not None:
            image.paste("white", mask=Image.fromarray(clear))
        return image if upright is None else image.transpose(upright)
    except Exception as error:  # a damaged file can raise anything in a decoder
        raise ValueError(DAMAGED) from error


def _bits(image):
    """How many bits a number of a picture has in its file; 8 where nothing else is known."""
    *_, raw = str(image.tile[0][3]).split(";") if getattr(image, "tile", None) else ("",)
    return int("".join(filter(str.isdigit, raw)) or 8) if image.format == "PNG" else 8


def _clear(image, bits):
    """Where a picture's one transparent colour is, (H, W); None if it has none, or opacities instead."""
    colour = image.info.get("transparency")
    if colour is None or image.mode not in ("1", "L", "RGB", "I", *DEEP):
        return None
    colour = np.asarray(colour)
    if colour.dtype.kind != "i" or colour.shape != ((3,) if image.mode == "RGB" else ()):
        return None
    if image.mode == "RGB":
        return (np.asarray(image) == colour >> max(bits - 8, 0)).all(axis=-1)
    if image.mode == "L":
        colour = colour * 255 // (2 ** min(bits, 8) - 1)  # Pillow has spread the few greys over 0 to 255
    return np.asarray(image) == colour
