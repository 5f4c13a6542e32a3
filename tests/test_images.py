"""Pictures of every kind are read alike, and whatever is no picture is refused with a way out."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from helpers import images
from helpers.images import files, read_image

# A 6 x 4 picture, upper half red, lower half blue with a white pixel at the lower right.
PIXELS = np.zeros((4, 6, 3), np.uint8)
PIXELS[:2, :, 0] = 255
PIXELS[2:, :, 2] = 255
PIXELS[3, 5] = 255


def encode(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def expected(pixels=PIXELS):
    return pixels.transpose(2, 0, 1) / 255


@pytest.mark.parametrize(
    "kind, options, tolerance",
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("GIF", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 100, "subsampling": 0}, 0.02),
    ],
)
def test_every_format_gives_the_same_array(kind, options, tolerance):
    picture = read_image(encode(Image.fromarray(PIXELS), kind, **options))
    assert picture.shape == (3, 4, 6) and picture.dtype == np.float64 and picture.flags.c_contiguous
    assert 0 <= picture.min() and picture.max() <= 1
    np.testing.assert_allclose(picture, expected(), atol=tolerance)


def test_a_path_and_its_bytes_give_the_same(tmp_path):
    data = encode(Image.fromarray(PIXELS))
    path = tmp_path / "a picture.png"
    path.write_bytes(data)
    for source in (path, str(path), data, bytearray(data), memoryview(data)):
        np.testing.assert_array_equal(read_image(source), expected())


def test_grey_is_weighted_brightness():
    grey = read_image(encode(Image.fromarray(PIXELS)), grey=True)
    assert grey.shape == (4, 6)
    assert grey[0, 0] == pytest.approx(0.299) and grey[2, 0] == pytest.approx(0.114)
    assert grey[3, 5] == 1


def test_size_cuts_the_central_square():
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, 10:30] = 255  # the central square is white, the rest black
    for size in (1, 10, 20, 50):
        read = read_image(encode(Image.fromarray(picture)), size=size)
        assert read.shape == (3, size, size)
        assert (read == 1).all()


def test_grey_palette_and_two_tone_pictures():
    grey = np.array([[0, 128], [255, 64]], np.uint8)
    np.testing.assert_array_equal(read_image(encode(Image.fromarray(grey))), np.stack([grey / 255] * 3))
    palette = Image.fromarray(PIXELS).convert("P", palette=Image.Palette.ADAPTIVE)
    np.testing.assert_array_equal(read_image(encode(palette)), expected())
    two_tone = Image.fromarray(grey).point(lambda v: 255 * (v > 100)).convert("1")
    np.testing.assert_array_equal(read_image(encode(two_tone), grey=True), [[0, 1], [1, 0]])


def test_cmyk_keeps_its_colours():
    flat = np.full((16, 16, 3), (200, 60, 30), np.uint8)
    data = encode(Image.fromarray(flat).convert("CMYK"), "JPEG", quality=100)
    assert Image.open(io.BytesIO(data)).mode == "CMYK"
    np.testing.assert_allclose(read_image(data), expected(flat), atol=0.03)


def test_sixteen_bits_are_scaled_not_clipped():
    deep = np.array([[0, 257, 32896, 65535]], np.uint16)
    read = read_image(encode(Image.fromarray(deep)), grey=True)
    np.testing.assert_allclose(read, deep / 65535, atol=1 / 510)
    assert read[0, 1] < 0.01 < read[0, 2] < 0.6


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_become_white(mode):
    black = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    black.putpixel((1, 0), (0, 0, 0, 0))
    if mode == "P":
        image = Image.new("P", (2, 1))
        image.putpalette([0, 0, 0, 9, 9, 9])
        image.putpixel((1, 0), 1)
        data = encode(image, "GIF", transparency=1)
    else:
        data = encode(black.convert(mode))
    np.testing.assert_array_equal(read_image(data, grey=True), [[0, 1]])


def test_half_transparent_is_half_white():
    glass = Image.new("RGBA", (1, 1), (0, 0, 0, 128))
    assert read_image(encode(glass), grey=True)[0, 0] == pytest.approx(127 / 255)


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (3, 3), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encode(frames[0], kind, save_all=True, append_images=frames[1:], **LOSSLESS.get(kind, {}))
        assert Image.open(io.BytesIO(data)).n_frames == 3
        np.testing.assert_array_equal(read_image(data), expected(np.full((3, 3, 3), (255, 0, 0), np.uint8)))


LOSSLESS = {"WEBP": {"lossless": True}}


def chunk(name, content):
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png_header(width, height):
    """A PNG that claims a size and then brings almost no pixels."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    few = chunk(b"IHDR", body) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + few


def truncated(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "source, words",
    [
        (b"", "empty; save or upload"),
        (b"This is no picture.", "not a picture .* save it as PNG or JPEG"),
        *((encode(Image.fromarray(PIXELS), kind)[:20], "damaged; get") for kind in ("PNG", "JPEG", "GIF")),
        (truncated("PNG"), "breaks off or is damaged; .* save it anew"),
        (truncated("JPEG"), "breaks off or is damaged"),
        (truncated("WEBP"), "breaks off or is damaged|not a picture"),
        (truncated("GIF"), "breaks off or is damaged"),
        (png_header(9000, 9000), "9000 x 9000 pixels are more than 25 million; shrink"),
        (png_header(12000, 12000), "12000 x 12000 pixels are more than 25 million; shrink"),
        (png_header(100_000, 100_000), "pixels; shrink"),
        (png_header(0, 5), "damaged; get"),
        (png_header(10, 10), "breaks off or is damaged"),
        (encode(Image.fromarray(PIXELS), "TIFF"), "not a picture .*PNG, JPEG, WEBP, GIF, BMP"),
        ("nowhere.png", "'nowhere.png': no such file; check"),
        (".", "that is a folder; give a picture in it"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(source, words):
    with pytest.raises(ValueError, match=words) as refusal:
        read_image(source)
    assert str(refusal.value).startswith("source") and ";" in str(refusal.value)


def test_a_flipped_byte_is_found_or_harmless():
    data = encode(Image.fromarray(PIXELS))
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            picture = read_image(broken)
        except ValueError as refusal:
            assert str(refusal).startswith("source")
        else:
            assert 0 <= picture.min() and picture.max() <= 1


def test_too_many_bytes_are_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 50)
    path = tmp_path / "long.png"
    path.write_bytes(encode(Image.fromarray(PIXELS)))
    for source in (path, path.read_bytes()):
        with pytest.raises(ValueError, match=r"bytes are more than 50; shrink"):
            read_image(source)


def test_exactly_the_limit_is_read(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 24)
    assert read_image(encode(Image.fromarray(PIXELS))).shape == (3, 4, 6)


def test_no_warning_escapes(recwarn):
    with pytest.raises(ValueError):
        read_image(png_header(12000, 12000))
    assert not recwarn.list


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "8", 5000, (8, 8)])
def test_impossible_sizes(size):
    with pytest.raises(ValueError, match=r"size=.*give an int from 1 to 4096"):
        read_image(encode(Image.fromarray(PIXELS)), size=size)


def test_other_sources_are_refused():
    with pytest.raises(
        TypeError, match=r"source=ndarray: give a path, the bytes of a picture file, or a Pillow"
    ):
        read_image(PIXELS)


def test_a_small_picture_is_enlarged_only_on_demand():
    data = encode(Image.fromarray(PIXELS))
    assert read_image(data, size=9).shape == (3, 9, 9)
    np.testing.assert_array_equal(read_image(data, size=9, enlarge=False), expected()[:, :, 1:5])
    assert read_image(data, size=3, enlarge=False).shape == (3, 3, 3)


# --- every depth, and what is transparent ------------------------------------------------------------------


def png(kind, bits, numbers, clear=None, palette=None, extra=b""):
    """A PNG of one row of pixels, written by hand in any of its kinds and depths."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    header = struct.pack(">IIBBBBB", len(numbers) // channels, 1, bits, kind, 0, 0, 0)
    row = "".join(f"{number:0{bits}b}" for number in numbers)
    row = row.ljust(-(-len(row) // 8) * 8, "0")
    chunks = chunk(b"IHDR", header)
    chunks += chunk(b"PLTE", palette) if palette else b""
    chunks += chunk(b"tRNS", clear) if clear is not None else b""
    chunks += extra + chunk(b"IDAT", zlib.compress(b"\0" + int(row, 2).to_bytes(len(row) // 8, "big")))
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_one_grey_may_be_transparent_at_every_depth(bits):
    top = 2**bits - 1
    for clear in {0, 1, top // 3, top - 1}:
        others = [number for number in (0, top // 2, top) if number != clear]
        data = png(0, bits, [clear, *others], struct.pack(">H", clear))
        wanted = [1, *(number / top for number in others)]
        np.testing.assert_allclose(read_image(data, grey=True)[0], wanted, atol=1 / 510)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("colour", [(0, 0, 0), (1, 0, 0), (0.25, 0.5, 0.75), (0.5, 0.5, 0.5)])
def test_one_colour_may_be_transparent_at_both_depths(bits, colour):
    top = 2**bits - 1
    clear = [round(part * top) for part in colour]
    others = [top, top, 0, 0, top // 2, top]
    read = read_image(png(2, bits, [*clear, *others], struct.pack(">HHH", *clear)))
    np.testing.assert_allclose(read[:, 0].T, [[1, 1, 1], [1, 1, 0], [0, 0.5, 1]], atol=0.003)


@pytest.mark.parametrize("bits", [8, 16])
def test_opacities_at_both_depths(bits):
    top = 2**bits - 1
    glass = [0, 0, top // 2, top, 0, top // 2]  # grey, opacity
    np.testing.assert_allclose(read_image(png(4, bits, glass), grey=True)[0], [1, 0.5, 0.5], atol=0.003)
    glass = [0, 0, 0, 0, top, 0, 0, top]
    np.testing.assert_allclose(read_image(png(6, bits, glass))[:, 0].T, [[1, 1, 1], [1, 0, 0]], atol=0.003)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("clear, first", [(bytes([0]), 1), (bytes([0, 255]), 1), (bytes([128]), 127 / 255)])
def test_colours_of_a_palette_may_be_transparent(bits, clear, first):
    read = read_image(png(3, bits, [0, 1], clear, palette=bytes([0, 0, 0, 255, 0, 0])))
    np.testing.assert_allclose(read[:, 0].T, [[first] * 3, [1, 0, 0]], atol=1e-9)


def test_pillow_images_that_are_transparent_in_other_ways():
    glass = np.zeros((1, 2, 4), np.uint8)
    glass[0, 1] = (255, 0, 0, 255)
    image, wanted = Image.fromarray(glass), [[1, 1, 1], [1, 0, 0]]
    few = image.quantize(4, method=Image.Quantize.FASTOCTREE)
    assert few.mode == "P" and "transparency" not in few.info
    for same in (image, image.convert("RGBa"), few):
        np.testing.assert_allclose(read_image(same)[:, 0].T, wanted, atol=0.02)
    for mode in ("LA", "PA", "La"):
        if mode == "PA":
            same = image.convert("RGB").convert("P").convert("PA")
            same.putalpha(image.getchannel("A"))
        else:
            same = image.convert("LA").convert(mode)
        assert same.mode == mode
        np.testing.assert_allclose(read_image(same, grey=True), [[1, 0.299]], atol=0.1)
    plain = Image.fromarray(glass[..., :3])
    for nonsense in ("yes", b"", (1, 2), 1.5):  # metadata: it says nothing that fits
        plain.info["transparency"] = nonsense
        np.testing.assert_array_equal(read_image(plain)[:, 0].T, [[0, 0, 0], [1, 0, 0]])


# --- pixels apart from metadata ----------------------------------------------------------------------------

NOISE = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
EXACT = {"PNG": {}, "JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}


def noted(kind, orientation=6):
    """NOISE as a file with everything that a program may note in it, and as one without."""
    exif, options = Image.Exif(), {"icc_profile": b"profile " * 20, **EXACT[kind]}
    exif[0x0112], exif[0x010E] = orientation, "a cat"
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Title", "cat " * 20, zip=True)
        options["pnginfo"].add_itxt("Comment", "a cat", zip=True)
        options |= {"dpi": (72, 72), "gamma": 0.45}
    else:
        options |= {"comment": b"a cat"} if kind == "JPEG" else {"xmp": b"<x:xmpmeta>a cat"}
    picture = Image.fromarray(NOISE)
    return encode(picture, kind, exif=exif, **options), encode(picture, kind, **EXACT[kind])


def contents(kind, data):
    """The first and last place of what stands inside each note of a file, its length and name left out."""
    if kind == "PNG":
        names, before = (b"iCCP", b"zTXt", b"iTXt", b"pHYs", b"eXIf", b"gAMA"), 4
    elif kind == "JPEG":
        names, before = (b"Exif\0\0", b"ICC_PROFILE\0", b"a cat"), 0
    else:
        names, before = (b"ICCP", b"EXIF", b"XMP "), 8
    for name in names:
        if (place := data.find(name)) > 0:
            size = {"PNG": data[place - 4 : place], "JPEG": data[place - 2 : place]}.get(kind)
            size = int.from_bytes(size or data[place + 4 : place + 8][::-1], "big")
            yield range(place + before, place + (before if kind != "JPEG" else -2) + size)


@pytest.mark.parametrize("kind", EXACT)
def test_damaged_metadata_costs_no_pixel(kind):
    full, bare = noted(kind)
    flat = read_image(bare)
    turned = np.rot90(flat, -1, (1, 2))
    np.testing.assert_array_equal(read_image(full), turned)
    places = [place for note in contents(kind, full) for place in note]
    assert len(places) > 120
    for place in places[::2]:
        broken = full[:place] + bytes([full[place] ^ 0xFF]) + full[place + 1 :]
        read = read_image(broken)
        assert any(read.shape == same.shape and np.array_equal(read, same) for same in (flat, turned)), place


def test_a_damaged_note_does_not_hide_how_the_camera_was_held():
    full, bare = noted("PNG")
    place = full.index(b"zTXt") + 10
    broken = full[:place] + b"\xff\xff" + full[place + 2 :]
    np.testing.assert_array_equal(read_image(broken), np.rot90(read_image(bare), -1, (1, 2)))
    long = chunk(b"zTXt", b"bomb\0\0" + zlib.compress(b"0" * 70_000_000))  # more text than Pillow unpacks
    at = full.index(b"IDAT") - 4
    np.testing.assert_array_equal(read_image(full[:at] + long + full[at:]), read_image(full))


@pytest.mark.parametrize("kind", [*EXACT, "AVIF"])
@pytest.mark.parametrize("orientation", range(10))
def test_every_way_to_hold_a_camera(kind, orientation):
    if kind == "AVIF" and "AVIF" not in files.formats():
        pytest.skip("this Pillow reads no AVIF")
    exif, options = Image.Exif(), EXACT.get(kind, {"quality": 100, "subsampling": "4:4:4"})
    exif[0x0112] = orientation
    flat = read_image(encode(Image.fromarray(NOISE), kind, **options))
    turned = {2: flat[:, :, ::-1], 3: flat[:, ::-1, ::-1], 4: flat[:, ::-1], 5: flat.transpose(0, 2, 1)}
    turned |= {6: np.rot90(flat, -1, (1, 2)), 8: np.rot90(flat, 1, (1, 2)), 7: turned[3].transpose(0, 2, 1)}
    wanted = turned.get(orientation, flat)
    data = encode(Image.fromarray(NOISE), kind, exif=exif, **options)
    np.testing.assert_allclose(read_image(data), wanted, atol=0.02)
    np.testing.assert_array_equal(read_image(Image.open(io.BytesIO(data))), read_image(data))


def test_a_pillow_image_with_notes_that_cannot_be_read_is_taken_as_it_stands():
    image = Image.open(io.BytesIO(encode(Image.fromarray(NOISE))))
    image.info["exif"] = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(9)
    np.testing.assert_array_equal(read_image(image), expected(NOISE))
    assert image.info["exif"].startswith(b"Exif"), "the reader's picture is left as it is"


@pytest.mark.parametrize(
    "data, words",
    [
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "this is a HEIC picture, as telephones take them, not a picture",
        ),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "this is an AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "this is a film"),
        (b"  <!DOCTYPE html><html><body>404", "this is a web page, .*; save the picture itself"),
        (b"\xef\xbb\xbf<html lang='en'>", "this is a web page"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "this is a drawing in SVG"),
        (b"%PDF-1.7 ...", "this is a PDF"),
        (encode(Image.fromarray(PIXELS), "TIFF"), "this is a TIFF picture"),
        (b"PK\x03\x04" + bytes(50), "this is a zip archive"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d", "this is a pointer of Git LFS"),
    ],
)
def test_what_a_file_is_instead_is_said(data, words, tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"^source: {words}" if words.startswith("this") else words):
        read_image(path)


def test_avif_is_read_where_pillow_reads_it():
    if "AVIF" not in files.formats():
        pytest.skip("this Pillow reads no AVIF")
    smooth = np.repeat(np.linspace(0, 255, 24)[:, None], 24, 1).astype(np.uint8)
    data = encode(Image.fromarray(np.stack([smooth] * 3, 2)), "AVIF", quality=95)
    np.testing.assert_allclose(read_image(data, grey=True), smooth / 255, atol=0.02)


# --- Pillow images ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P"])
def test_a_pillow_image_gives_what_its_file_would(mode):
    np.testing.assert_array_equal(read_image(Image.fromarray(PIXELS).convert(mode)), expected())


def test_a_pillow_image_is_turned_upright_and_left_as_it_is():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(io.BytesIO(encode(Image.fromarray(PIXELS), exif=exif)))
    np.testing.assert_array_equal(read_image(image), expected(np.rot90(PIXELS, -1)))
    assert image.size == (6, 4) and image.getexif()[0x0112] == 6


def test_a_pillow_image_of_sixteen_bits_is_scaled():
    deep = np.array([[0, 257, 32896, 65535]], np.uint16)
    np.testing.assert_allclose(read_image(Image.fromarray(deep), grey=True), deep / 65535, atol=1 / 510)


@pytest.mark.parametrize("mode, kind", [("F", np.float32), ("I", np.int32)])
def test_numbers_without_a_white_are_refused(mode, kind):
    with pytest.raises(ValueError, match=f"source: a Pillow image of mode {mode} .* convert it to L or RGB"):
        read_image(Image.fromarray(np.ones((2, 2), kind)))


def test_a_large_jpeg_is_unpacked_small(monkeypatch):
    """What a telephone takes: more pixels than the limit, but only a few are wanted."""
    picture = Image.fromarray(np.repeat(np.repeat(PIXELS, 100, 0), 100, 1))  # 600 x 400
    monkeypatch.setattr(images, "MAX_PIXELS", 100_000)
    data = encode(picture, "JPEG", quality=95)
    read = read_image(data, size=20)
    assert read.shape == (3, 20, 20)
    assert read[0, :9].min() > 0.9 and read[2, 11:, :14].min() > 0.9 and read[0, 11:, :14].max() < 0.1
    for refused in ({"source": data}, {"source": data, "size": 200}, {"source": encode(picture), "size": 20}):
        with pytest.raises(ValueError, match="600 x 400 pixels are more than"):
            read_image(**refused)
    monkeypatch.setattr(images, "MAX_PIXELS", 50_000)  # 240,000 are more than four times as many
    with pytest.raises(ValueError, match="600 x 400 pixels are more than"):
        read_image(data, size=20)
