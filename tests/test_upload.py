"""Pictures that readers upload or name: every kind is taken or refused in words, on both widget versions."""

import io
import re

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from helpers.explorers import LayerCost, Pipeline
from helpers.upload import PictureUpload, files

PIXELS = np.zeros((80, 120, 3), np.uint8)
PIXELS[:, 60:] = (200, 120, 40)


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def colour():
    return Image.fromarray(PIXELS)


def transparent():
    image = colour().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 60, 80))
    return encoded(image)


TAKEN = {
    "photo.png": lambda: encoded(colour()),
    "photo.jpg": lambda: encoded(colour(), "JPEG"),
    "photo.webp": lambda: encoded(colour(), "WEBP"),
    "photo.bmp": lambda: encoded(colour(), "BMP"),
    "still.gif": lambda: encoded(colour(), "GIF"),
    "moving.gif": lambda: encoded(colour(), "GIF", save_all=True, append_images=[colour().rotate(180)]),
    "print.jpg": lambda: encoded(colour().convert("CMYK"), "JPEG"),
    "grey.png": lambda: encoded(colour().convert("L")),
    "deep.png": lambda: encoded(Image.fromarray(PIXELS[..., 0].astype(np.uint16) * 257)),
    "glass.png": transparent,
}
REFUSED = {
    "empty.png": (b"", "the file is empty"),
    "notes.txt": (b"a cat, on a mat" * 40, "not a picture that can be read here"),
    "broken.png": (encoded(colour())[:80], "damaged|not a picture"),
    "cut.jpg": (encoded(Image.effect_noise((300, 300), 90), "JPEG")[:9000], "breaks off or is damaged"),
    "huge.png": (encoded(Image.new("1", (6000, 6000))), "6000 x 6000 pixels are more than 25 million"),
    "fat.png": (b"\x89PNG" + bytes(20_000_001), "bytes are more than 20,000,000"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is a drawing in SVG, not a picture"),
    "cat.jpg": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "this is a HEIC picture"),
    "saved.jpg": (b"<!doctype html><title>Cats</title>", "a web page, .*save the picture itself"),
}


@pytest.fixture
def upload():
    return PictureUpload(Pipeline(image="cat"))


def as_eight(name, content):
    """What FileUpload's value is in ipywidgets 8."""
    return ({"name": name, "type": "image/png", "size": len(content), "content": memoryview(content)},)


def as_seven(name, content):
    """And in ipywidgets 7.7."""
    return {name: {"metadata": {"name": name, "type": "image/png", "size": len(content)}, "content": content}}


def send(upload, value):
    """What the widget's own message does: in either version the trait changes, and observers are told."""
    upload.button.notify_change({"type": "change", "name": "value", "owner": upload.button, "new": value})


@pytest.mark.parametrize("shape", [as_seven, as_eight])
@pytest.mark.parametrize("name", TAKEN)
def test_every_kind_of_picture_is_taken(upload, name, shape):
    send(upload, shape(name, TAKEN[name]()))
    assert upload.explorer.state["image"] == "my picture"
    assert upload.words.startswith(f"{name} is shown now")
    assert 'role="status"' in upload.message.value and 'aria-live="polite"' in upload.message.value
    image = upload.explorer.solve(upload.explorer.state).pixels
    assert image.shape == (66, 66) and 0 <= image.min() <= image.max() <= 1
    left, right = image[:, :25].mean(), image[:, -25:].mean()
    assert left > 0.99 > 0.7 > right if name == "glass.png" else left < 0.02 < 0.3 < right, (left, right)


@pytest.mark.parametrize("shape", [as_seven, as_eight])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(upload, name, shape):
    content, reason = REFUSED[name]
    before = upload.explorer.png
    send(upload, shape(name, content))
    assert upload.words.startswith(f"{name} was not taken: ") and re.search(reason, upload.words)
    assert "picture:" not in upload.words and "source" not in upload.words
    assert 'role="alert"' in upload.message.value
    assert upload.explorer.state["image"] == "cat" and upload.explorer.png == before
    send(upload, shape("photo.png", TAKEN["photo.png"]()))
    assert upload.explorer.state["image"] == "my picture", "a refusal does not close the door"


def test_the_real_widget_hands_over_its_file(upload):
    """The browser's own message, as each version's front end sends it."""
    content = TAKEN["photo.png"]()
    file = {"name": "photo.png", "type": "image/png", "size": len(content), "lastModified": 0}
    if widgets.__version__.startswith("7"):
        upload.button.set_state({"metadata": [file], "data": [memoryview(content)], "_counter": 1})
    else:
        content = memoryview(content)
        upload.button.set_state({"value": [file | {"last_modified": 0, "content": content}]})
    assert upload.explorer.state["image"] == "my picture"


def test_an_emptied_upload_changes_nothing(upload):
    for nothing in ((), {}):
        assert list(files(nothing)) == []
        send(upload, nothing)
    assert upload.explorer.state["image"] == "cat"


def test_a_path_is_as_good(upload, tmp_path, monkeypatch):
    path = tmp_path / "my cat.png"
    path.write_bytes(TAKEN["photo.png"]())
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed in (str(path), f'  "{path}" ', "~/my cat.png"):
        upload.explorer.set(image="cat")
        upload.path.value = typed
        assert upload.explorer.state["image"] == "my picture", typed


@pytest.mark.parametrize("typed", ["no such.png", "/", "x" * 5000, "a\0b.png", "~nobody-of-that-name/x.png"])
def test_a_path_that_leads_nowhere_is_refused(upload, typed):
    upload.path.value = typed
    assert "was not taken" in upload.words and upload.explorer.state["image"] == "cat"


def test_a_folder_is_called_one(upload, tmp_path):
    upload.path.value = str(tmp_path)
    assert "that is a folder; give a picture in it" in upload.words


def test_names_cannot_smuggle_markup_into_the_page(upload):
    send(upload, as_eight("<img src=x onerror=alert(1)>.png", b"nonsense"))
    assert "<img" not in upload.message.value and "<img src=x" in upload.words


def test_one_picture_after_another_and_back(upload):
    send(upload, as_eight("photo.png", TAKEN["photo.png"]()))
    first = upload.explorer.png
    send(upload, as_eight("glass.png", TAKEN["glass.png"]()))
    assert upload.explorer.png != first
    upload.explorer.controls["image"].value = "cat"
    assert "the photograph cat" in upload.explorer.description
    upload.explorer.controls["image"].value = "my picture"
    assert "the reader's own picture" in upload.explorer.description


def test_everything_has_a_name_and_a_place_in_the_tab_order(upload):
    assert upload.button.description == "Upload a picture" and upload.path.description
    assert not upload.button.multiple and upload.button.accept == "image/*"
    assert not upload.button.disabled and not upload.path.disabled
    shown = upload.widget.children
    assert shown[0].children == (upload.button, upload.path) and shown[2] is upload.explorer.widget
    bundle, metadata = upload._repr_mimebundle_()
    assert bundle["image/png"] and upload.explorer.description in bundle["text/plain"]
    assert metadata["explorer"]["name"] == "Pipeline"


def test_an_explorer_without_pictures_is_refused():
    with pytest.raises(TypeError, match="explorer=LayerCost: it takes no pictures"):
        PictureUpload(LayerCost())
