"""The architecture builder: a network layer by layer, its shapes as a row of boxes, its costs as a table."""

from functools import lru_cache

import ipywidgets as widgets
from matplotlib.collections import PolyCollection

from helpers.architectures import describe
from helpers.drawing.cells import tint
from helpers.drawing.style import ROLES
from helpers.explorers.builder.cost_table import LEFT, RIGHT, TOP, as_bytes, cost_table, line_of
from helpers.explorers.builder.layer_list import (
    LIMITS,
    MOST,
    OWN,
    PRESETS,
    SETTINGS,
    in_torch,
    parse,
    trouble,
    usual,
    written,
)
from helpers.explorers.builder.line import Line
from helpers.explorers.builder.volumes import row_of_boxes, sizes
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.board import Board
from helpers.explorers.parts.controls import Choice, Integer

FIRST = next(iter(PRESETS))
GROUND, SKY = 3.37, 5.6  # inches: the drawing's lower and upper edges; below it is the table


class ArchitectureBuilder(Explorer):
    """Up to twelve layers, each with its output, parameters, MACs and memory, drawn and tabled.

    The text in "Layers" is the network. "Marked layer" chooses one of them, and the settings after it are
    that layer's: they change the text, and the text changes them.
    """

    title = "Architecture builder"
    size = (8.4, 5.65)
    layout = "none"
    inputs = {
        "preset": Choice("Network", [*PRESETS, OWN], FIRST),
        "channels": Integer("Input channels", 1, 64, PRESETS[FIRST][0]),
        "side": Integer("Input side", 1, 256, PRESETS[FIRST][1]),
        "layers": Line("Layers", PRESETS[FIRST][2], [layers for _, _, layers in PRESETS.values()], parse),
        "marked": Integer("Marked layer", 1, MOST, 1),
        "kind": Choice("Kind", list(SETTINGS)),
        "width": Integer("Channels or features", *LIMITS["width"], 6),
        "kernel": Integer("Kernel size K", *LIMITS["kernel"], 5),
        "stride": Integer("Stride S", *LIMITS["stride"], 1),
        "padding": Integer("Padding P", *LIMITS["padding"], 0),
    }

    def __init__(self, **state):
        super().__init__()
        if state:
            self.set(**state)

    def actions(self):
        add = widgets.Button(description="Add layer", tooltip="Put a copy of the marked layer after it")
        remove = widgets.Button(description="Remove layer", tooltip="Take the marked layer away")
        add.on_click(lambda _: self._edit(lambda words, at: words[: at + 1] + words[at:], 1))
        remove.on_click(lambda _: self._edit(lambda words, at: words[:at] + words[at + 1 :], 0))
        return {"add": add, "remove": remove}

    def _edit(self, change, step):
        """Change the list of layers, if what comes out is one, and mark the layer ``step`` further on."""
        state = self.state
        words = _words(state)
        changed = change(words, state["marked"] - 1) if words else []
        if 1 <= len(changed) <= MOST:
            marked = min(state["marked"] + step, len(changed))
            self._put({"layers": written(changed), "marked": marked})

    # The settings of the marked layer are also in the text, so whatever is set, all controls follow.

    def set(self, **state):
        """Set several controls at once: a network first, then its text, then settings of the marked layer."""
        self._check(state)
        self._put(state)

    def draw(self, **state):
        """Return the picture of a setting as a matplotlib Figure; what is not named stays as it is."""
        self._check(state)
        return super().draw(**self._differing(state))

    def show(self, **state):
        """Display the static picture of a setting, with its description as alt text."""
        self._check(state)
        super().show(**self._differing(state))

    def _differing(self, given):
        state = self.state
        return {name: value for name, value in _agreed(state, given).items() if value != state[name]}

    def _put(self, given):
        self._busy = True
        try:
            for name, value in _agreed(self.state, given).items():
                if name == "marked":  # the range of the old network must not clip the new one
                    self.controls[name].max = MOST
                self.controls[name].value = value
        finally:
            self._busy = False
        self._refresh()

    def _refresh(self, change=None):
        if change is None or self._busy:
            super()._refresh(change)
            count = len(_words(self.state))  # 0 where the text is not understood
            self.buttons["add"].disabled = not 0 < count < MOST
            self.buttons["remove"].disabled = count < 2
            return
        changed = next(name for name, control in self.controls.items() if control is change["owner"])
        self._put({changed: change["new"]})

    def impossible(self, state):
        try:
            return trouble(parse(state["layers"]), _shape(state))
        except ValueError as reason:
            return f"No network. {reason}"

    def limits(self, state):
        return {"marked": len(_words(state)) or MOST}

    def start(self, fig, state):
        width, height = self.size
        ax = fig.add_axes([0, 0, 1, 1])
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")
        for y in (TOP - 0.12, GROUND - 0.1):
            ax.plot([LEFT, RIGHT], [y, y], color=ROLES["padding"], linewidth=0.8, zorder=0)
        shapes = PolyCollection([], linewidths=0.8)
        return {"shapes": ax.add_collection(shapes, autolim=False), "board": Board(fig)}

    def update(self, artists, state):
        board, words, summary = artists["board"], _words(state), _summary(state)
        board.clear()
        shapes = [_shape(state), *(row.shape for row in summary)]
        kinds = ["input", *(word.kind for word in words)]
        area = (LEFT, GROUND, RIGHT - LEFT, SKY - GROUND)
        polygons, faces, edges = row_of_boxes(board, shapes, kinds, state["marked"], area)
        cost_table(board, words, summary)
        polygons.append(line_of(state["marked"], len(words)))
        faces.append(tint("window", 0.3))
        edges.append(tint("window", 0.3))
        artists["shapes"].set_verts(polygons)
        artists["shapes"].set_facecolor(faces)
        artists["shapes"].set_edgecolor(edges)

    def words(self, state):
        words, summary = _words(state), _summary(state)
        rows = [
            f"{place} {word} makes {sizes(row.shape)}" + f" with {row.parameters:,}" * bool(row.parameters)
            for place, (word, row) in enumerate(zip(words, summary, strict=True), start=1)
        ]
        held = sum(row.parameters for word, row in zip(words, summary, strict=True) if word.kind == "conv")
        share = f" ({100 * held / summary.parameters:.1f} %)" if summary.parameters else ""
        marked = words[state["marked"] - 1]
        return (
            f"Input {sizes(_shape(state))}. Layers, with their parameters: {'; '.join(rows)}. In all "
            f"{summary.parameters:,} parameters, {held:,} of them{share} in convolutions; {summary.macs:,} "
            f"MACs; the outputs of one image take {as_bytes(summary.memory)}. "
            f"Marked: layer {state['marked']}, {marked}. "
            f"{_full(len(words))}"
            "In the drawing maps are as high as their side, channels and features by their logarithm. "
            "ReLU after each convolution and each dense layer but the last changes none of these numbers."
        )

    def torch_code(self, state):
        return in_torch(_words(state), _shape(state))


def _agreed(old, given):
    """The state after ``given`` is set in ``old``: text, preset and the marked layer's settings agree."""
    state = old | given
    if given.get("preset", OWN) != OWN:
        state |= dict(zip(("channels", "side", "layers"), PRESETS[given["preset"]], strict=True))
        state |= {name: given[name] for name in ("channels", "side", "layers") if name in given}
    words = _words(state)
    if words:
        place = min(state["marked"], len(words)) - 1
        word = words[place]
        if given.get("kind", word.kind) != word.kind:
            word = usual(given["kind"], state["width"])
        settings = SETTINGS[word.kind]
        words[place] = word = word._replace(**{name: given[name] for name in settings if name in given})
        state |= {name: getattr(word, name) for name in settings}
        state |= {"kind": word.kind, "marked": place + 1, "layers": written(words)}
    network = (state["channels"], state["side"], state["layers"])
    preset = next((name for name, made in PRESETS.items() if made == network), OWN)
    return state | {"preset": preset}


def _words(state):
    """The layers, or an empty list where the text is not understood."""
    return list(_read(state["layers"]))


@lru_cache(maxsize=64)
def _read(text):
    try:
        return tuple(parse(text))
    except ValueError:
        return ()


def _full(count):
    """Why a button is switched off, or an empty string."""
    if count == MOST:
        return f"With {MOST} layers the network is full, so Add layer is switched off. "
    return "A network needs a layer, so Remove layer is switched off. " if count == 1 else ""


def _shape(state):
    return state["channels"], state["side"], state["side"]


def _summary(state):
    return _described(_read(state["layers"]), _shape(state))


@lru_cache(maxsize=64)
def _described(words, shape):
    return describe([word.layer() for word in words], shape)
