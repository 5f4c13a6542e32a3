"""A reader's own picture for an explorer: an upload button, a box for a path, and an answer in words."""

import html
import os

import ipywidgets as widgets

from helpers.drawing.style import ROLES

NAMED = {"description_width": "initial"}
HINT = (
    "PNG, JPEG, WebP, AVIF, GIF or BMP. The picture is made grey, cut to its central square and, if that is "
    "larger, scaled down to 66 × 66 pixels. It stays on the machine that runs the notebook, which a file "
    "over 10 MB does not reach: give the path of such a file."
)


class PictureUpload:
    """Shows ``explorer`` below an upload button and a box for a path; a picture from either goes to it.

    ``explorer`` has a ``widget``, and a ``use_picture(bytes or path)`` that raises ValueError for what it
    cannot use. TypeError for anything else.
    """

    def __init__(self, explorer):
        if not callable(getattr(explorer, "use_picture", None)) or not hasattr(explorer, "widget"):
            raise TypeError(
                f"explorer={type(explorer).__name__}: it takes no pictures; give an explorer with "
                "use_picture, such as Pipeline()"
            )
        self.explorer = explorer
        self.button = widgets.FileUpload(accept="image/*", multiple=False, description="Upload a picture")
        self.button.layout.width = "max-content"
        self.path = widgets.Text(
            description="or the path of a file",
            placeholder="pictures/cat.jpg, then Enter",
            continuous_update=False,  # at Enter, and on leaving the box
            style=NAMED,
            layout=widgets.Layout(width="400px", max_width="100%"),
        )
        self.message = widgets.HTML()
        self._say(HINT)
        row = widgets.Layout(flex_flow="row wrap", align_items="center")
        self.widget = widgets.VBox(
            [widgets.HBox([self.button, self.path], layout=row), self.message, explorer.widget],
            layout=widgets.Layout(max_width="100%", overflow="hidden"),
        )
        self.button.observe(self._uploaded, names="value")
        self.path.observe(self._named, names="value")

    def _uploaded(self, change):
        for name, content in files(change["new"]):
            self._take(name, bytes(content))

    def _named(self, change):
        if path := change["new"].strip().strip("\"'"):  # copied with its quotation marks
            self._take(path, os.path.expanduser(path))

    def _take(self, name, source):
        """Hand a picture to the explorer, and say in words what became of it."""
        try:
            self.explorer.use_picture(source)
        except (ValueError, OSError) as reason:  # OSError: a name too long for a file
            words = str(reason).removeprefix(f"picture={str(source)!r}: ").removeprefix("picture: ")
            self._say(f"{name} was not taken: {words}. The picture before it stays.", refused=True)
        else:
            self._say(f"{name} is shown now. The box Picture leads back to the pictures of the book.")

    def _say(self, words, refused=False):
        """Put words where a screen reader announces them: a refusal at once, all else when it is idle."""
        role, live = ("alert", "assertive") if refused else ("status", "polite")
        bar = ROLES["kernel" if refused else "output"]
        self.message.value = (
            f'<div role="{role}" aria-live="{live}" style="border-left:4px solid {bar};padding:2px 8px;'
            f'line-height:1.45;max-width:840px;overflow-wrap:anywhere">{html.escape(words)}</div>'
        )

    @property
    def words(self):
        """What is said below the button, without markup."""
        return html.unescape(self.message.value.partition(">")[2].removesuffix("</div>"))

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle, metadata = self.explorer._repr_mimebundle_(include, exclude)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return bundle | {"application/vnd.jupyter.widget-view+json": view}, metadata


def files(value):
    """Yield (name, content) of every uploaded file.

    ipywidgets 7 gives a dict, name -> {"content": bytes, ...}, and 8 a tuple of {"name", "content", ...}.
    """
    if isinstance(value, dict):
        value = [{"name": name, **file} for name, file in value.items()]
    for file in value:
        yield file["name"], file["content"]
