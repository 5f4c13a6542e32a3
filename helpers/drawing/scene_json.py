"""A scene as JSON, for a page that draws it: helpers/explorers/parts/scene.js says its form."""

import base64
import io
import re

from PIL import Image as Picture

from helpers.drawing.png import encode
from helpers.drawing.scene import Cells, Image, Shape

FEW = 16  # so many plain cells are written one by one; more are a picture


def address(pixels):
    """Return pixels (rows, columns, 3 or 4), uint8, as the address of a PNG that holds them."""
    if pixels.shape[2] == 3:
        data = encode(pixels)
    else:
        buffer = io.BytesIO()
        Picture.fromarray(pixels).save(buffer, "png")
        data = buffer.getvalue()
    return "data:image/png;base64," + base64.b64encode(data).decode()


def entries(found, address=address):
    """Return what scene.of() gives as texts and numbers; ``address(pixels)`` says where a picture is."""
    return [_entry(part, address) for part in found]


def _entry(part, address):
    if isinstance(part, Image):
        rows, columns = part.colours.shape[:2]
        return ["image", part.x, part.y, columns, rows, address(part.colours)]
    if isinstance(part, Cells):
        x, y, faces = part.x, part.y, part.colours
        if part.labels is None and faces[..., 0].size > FEW:
            return ["image", x[0], y[0], x[-1] - x[0], y[-1] - y[0], address(faces)]
        labels = None if part.labels is None else [text for row in part.labels for text in row]
        stripes = [striped for row in part.hatch or () for striped in row]
        bits = "".join("01"[striped] for striped in stripes) if any(stripes) else None
        return ["cells", x, y, faces.tobytes().hex(), labels, bits, part.pixels]
    if isinstance(part, Shape):
        return ["shape", part.outline, part.places, list(part.look), _needed(part)]
    return ["words", *part]


def _needed(shape):
    """The rectangle that a shape is cut by, or None where it lies within."""
    if shape.clip is None:
        return None
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.outline)]
    x, y, width, height = shape.clip
    edge = shape.look.width / 2 if shape.look.line else 0
    for points, places, low, high in (
        (numbers[::2], [place[0] for place in shape.places], x, x + width),
        (numbers[1::2], [place[1] for place in shape.places], y, y + height),
    ):
        if min(points) + min(places) - edge < low or max(points) + max(places) + edge > high:
            return shape.clip
    return None
