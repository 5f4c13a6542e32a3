"""A picture file as bytes: its kind, its pixels apart from its metadata, and how the camera was held.

Text, colour profiles and a camera's notes are no part of the pixels, but a decoder that stumbles over damaged
ones gives up the pixels too. So they are left out before it sees the file.
"""

import io
import struct
import zlib
from functools import lru_cache

from PIL import Image, features

PNG = b"\x89PNG\r\n\x1a\n"
BEGUN = (PNG, b"\xff\xd8\xff", b"GIF8")  # what begins so is one of the formats that are read
KEPT_IN_PNG = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
KEPT_IN_WEBP = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
BEGINNINGS = {
    b"%PDF": "a PDF",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"8BPS": "a Photoshop file",
    b"\0\0\1\0": "an icon",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"PK\3\4": "a zip archive",
    b"version https://git-lfs": "a pointer of Git LFS, not the picture it stands for",
}
TURNS = {  # what the camera noted -> what turns its picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@lru_cache
def formats():
    """The formats that are read here: AVIF where Pillow was built with it."""
    known = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
    return (*known, "AVIF") if "avif" in features.modules and features.check("avif") else known


def kind(data):
    """What a file is, in words, by its first bytes: "a HEIC picture"; an empty string if that is unknown."""
    if data[4:8] == b"ftyp":  # ISO's file format: a list of brands follows
        brands = data[8 : int.from_bytes(data[:4], "big")]
        if b"avif" in brands or b"avis" in brands:
            return "an AVIF picture"
        heic = any(brand in brands for brand in (b"hei", b"hev", b"mif1", b"msf1"))
        return "a HEIC picture, as telephones take them" if heic else "a film"
    text = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page, not the picture on it"
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return "a drawing in SVG"
    return next((words for start, words in BEGINNINGS.items() if data.startswith(start)), "")


def turn(image):
    """What turns an opened picture upright, as its camera noted; None where nothing readable is noted."""
    try:
        return TURNS.get(image.getexif().get(0x0112))
    except Exception:  # notes can be damaged in any way, and are no reason to refuse a picture
        return None


def turn_of(data):
    """The same for a file, even where the metadata before the camera's notes is damaged."""
    try:
        with Image.open(io.BytesIO(data), formats=formats()) as image:
            return turn(image)
    except Exception:
        notes = Image.Exif()
    try:
        notes.load(_notes(data))
        return TURNS.get(notes.get(0x0112))
    except Exception:
        return None


def pixels_of(data):
    """The file without what its pixels can do without; itself where it is of another kind or out of joint."""
    try:
        if data.startswith(PNG):
            return _bare_png(data)
        if data.startswith(b"\xff\xd8"):
            return _bare_jpeg(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _bare_webp(data)
    except (struct.error, IndexError):
        pass
    return data


def _png_chunks(data):
    """Yield (name, content, the whole chunk) of a PNG, in order, up to where it breaks off."""
    place = len(PNG)
    while place + 12 <= len(data):
        size, name = struct.unpack_from(">I4s", data, place)
        yield name, data[place + 8 : place + 8 + size], data[place : place + 12 + size]
        place += 12 + size


def _bare_png(data):
    kept, mode = [], 0
    for name, content, chunk in _png_chunks(data):
        if name == b"IHDR":
            mode = content[9]
        if name in KEPT_IN_PNG and (name != b"tRNS" or _fits(mode, content) and _sound(chunk)):
            kept.append(chunk)
    return PNG + b"".join(kept)


def _fits(mode, content):
    """Whether a tRNS chunk is one of this kind of PNG: a grey, a colour, or a palette's opacities."""
    return {0: len(content) == 2, 2: len(content) == 6, 3: 0 < len(content) <= 256}.get(mode, False)


def _sound(chunk):
    """Whether a chunk is what its checksum says."""
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


def _jpeg_segments(data):
    """Yield (marker, the whole segment) up to the scan, which is all the rest."""
    place = 2
    while data[place] == 0xFF:
        marker, size = struct.unpack_from(">xBH", data, place)
        if marker == 0xDA:
            yield marker, data[place:]
            return
        yield marker, data[place : place + 2 + size]
        place += 2 + size
    raise struct.error("no marker where one must be")


def _bare_jpeg(data):
    # APP0 and APP14 say how the colours are stored; the other notes of programs and the comment are left out.
    left_out = (*range(0xE1, 0xEE), 0xEF, 0xFE)
    return data[:2] + b"".join(segment for marker, segment in _jpeg_segments(data) if marker not in left_out)


def _bare_webp(data):
    kept, place = [], 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        chunk = bytearray(data[place : place + 8 + size + size % 2])
        if name == b"VP8X":
            chunk[8] &= 0x12  # of what the file holds, opacity and animation are left
        if name in KEPT_IN_WEBP:
            kept.append(chunk)
        place += len(chunk)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body if len(kept) > 0 else data


def _notes(data):
    """A camera's notes (Exif) as they stand in a PNG or JPEG, whatever stands before them."""
    if data.startswith(PNG):
        return next(text for name, text, chunk in _png_chunks(data) if name == b"eXIf" and _sound(chunk))
    segments = (segment for marker, segment in _jpeg_segments(data) if marker == 0xE1)
    return next(segment[4:] for segment in segments if segment[4:10] == b"Exif\0\0")
