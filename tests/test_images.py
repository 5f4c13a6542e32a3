"""Pictures of every kind are read alike, and whatever is no picture is refused with a way out."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from helpers import images
from helpers.images import read_image

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


@pytest.mark.parametrize(
    "orientation, upright",
    [(1, lambda p: p), (3, lambda p: p[::-1, ::-1]), (6, lambda p: np.rot90(p, -1)), (8, np.rot90)],
)
def test_a_camera_held_sideways_is_turned_upright(orientation, upright):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(PIXELS), "PNG", exif=exif)
    np.testing.assert_array_equal(read_image(data), expected(upright(PIXELS)))


def png_header(width, height):
    """A PNG that claims a size and then brings almost no pixels."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", body), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def truncated(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "source, words",
    [
        (b"", "empty; save or upload"),
        (b"This is no picture.", "not a picture .* save it as PNG or JPEG"),
        (b"%PDF-1.7 ...", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (encode(Image.fromarray(PIXELS))[:20], "not a picture|damaged"),
        (truncated("PNG"), "breaks off or is damaged; .* save it anew"),
        (truncated("JPEG"), "breaks off or is damaged"),
        (truncated("WEBP"), "breaks off or is damaged|not a picture"),
        (truncated("GIF"), "breaks off or is damaged"),
        (png_header(9000, 9000), "9000 x 9000 pixels are more than 25 million; shrink"),
        (png_header(12000, 12000), "12000 x 12000 pixels are more than 25 million; shrink"),
        (png_header(100_000, 100_000), "pixels; shrink"),
        (png_header(0, 5), "not a picture|show nothing"),
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
