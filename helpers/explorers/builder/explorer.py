"""The architecture builder: a network layer by layer, its shapes as a row of boxes, its costs as a table."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
from matplotlib.collections import PolyCollection

from helpers.architectures import describe
from helpers.drawing.colours import tint
from helpers.drawing.places import sheet
from helpers.drawing.style import ROLES
from helpers.explorers.builder.cost_table import LEFT, RIGHT, TOP, cost_table, line_of
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
from helpers.explorers.builder.volumes import row_of_boxes
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.board import Board
from helpers.explorers.parts.contract import saying
from helpers.explorers.parts.controls import Choice, Integer, Preset
from helpers.numerals import in_bytes, sizes

FIRST = next(iter(PRESETS))
GROUND, SKY = 3.37, 5.6  # inches: the drawing's lower and upper edges; below it is the table


def _add(state):
    """What the button sets: a copy of the marked layer after it, and that one is marked."""
    words, at = _words(state), state["marked"]
    return (
        {"layers": written(words[:at] + words[at - 1 :]), "marked": at + 1} if 0 < len(words) < MOST else {}
    )


def _remove(state):
    """What the button sets: the marked layer is gone, and the one after it marked."""
    words, at = _words(state), state["marked"]
    return {"layers": written(words[: at - 1] + words[at:])} if len(words) > 1 else {}


class ArchitectureBuilder(Explorer):
    """Up to twelve layers, each with its output, parameters, MACs and memory, drawn and tabled.

    The text in "Layers" is the network. "Marked layer" chooses one of them, and the settings after it are
    that layer's: they change the text, and the text changes them.
    """

    title = "Architecture builder"
    caption = (
        "Each box is a layer's output: as high as its map; its thickness is the logarithm of its channels. "
        "Amber boxes are pools. The table's bars show each layer's share; the marked layer is tinted."
    )
    size = (8.4, 5.65)
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

    presets = {
        "add": Preset("Add layer", "Put a copy of the marked layer after it", _add),
        "remove": Preset("Remove layer", "Take the marked layer away", _remove),
    }
    tour = {"preset": list(PRESETS), "marked": range(1, MOST + 1)}

    def limits(self, state):
        return {"marked": len(_words(state)) or MOST}

    def settled(self, state, changed=frozenset()):
        """Text, preset and the marked layer's settings agree: a network first, then text, then the layer."""
        if "preset" in changed and state["preset"] != OWN:
            network = zip(("channels", "side", "layers"), PRESETS[state["preset"]], strict=True)
            state = state | {name: value for name, value in network if name not in changed}
        words = _words(state)
        if words:
            place = min(state["marked"], len(words)) - 1
            word = words[place]
            if "kind" in changed and state["kind"] != word.kind:
                word = usual(state["kind"], state["width"])
            settings = SETTINGS[word.kind]
            words[place] = word = word._replace(**{name: state[name] for name in settings if name in changed})
            state = state | {name: getattr(word, name) for name in settings}
            state |= {"kind": word.kind, "marked": place + 1, "layers": written(words)}
        network = (state["channels"], state["side"], state["layers"])
        preset = next((name for name, made in PRESETS.items() if made == network), OWN)
        return super().settled(state | {"preset": preset}, changed)

    def unused(self, state):
        """The buttons that cannot, and the settings that the marked layer does not have."""
        count = len(_words(state))  # 0 where the text is not understood
        missing = [name for name in LIMITS if name not in SETTINGS[state["kind"]]]
        return ["add"] * (not 0 < count < MOST) + ["remove"] * (count < 2) + missing

    def solve(self, state):
        with saying("No network."):
            chain = parse(state["layers"])
        shape = _shape(state)
        if words := trouble(chain, shape):
            raise ValueError(words)
        return SimpleNamespace(**state, chain=chain, shape=shape, summary=_described(tuple(chain), shape))

    def start(self, fig, model):
        ax = sheet(fig)
        for y in (TOP - 0.12, GROUND - 0.1):
            ax.plot([LEFT, RIGHT], [y, y], color=ROLES["padding"], linewidth=0.8, zorder=0)
        shapes = PolyCollection([], linewidths=0.8)
        return {"shapes": ax.add_collection(shapes, autolim=False), "board": Board(fig)}

    def update(self, artists, model):
        board, marked = artists["board"], model.marked
        board.clear()
        shapes = [model.shape, *(row.shape for row in model.summary)]
        kinds = ["input", *(word.kind for word in model.chain)]
        area = (LEFT, GROUND, RIGHT - LEFT, SKY - GROUND)
        polygons, faces, edges = row_of_boxes(board, shapes, kinds, marked, area)
        cost_table(board, model.chain, model.summary)
        x, y, width, height = line_of(marked, len(model.chain))
        polygons.append([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        faces.append(tint("window", 0.3))
        edges.append(tint("window", 0.3))
        artists["shapes"].set_verts(polygons)
        artists["shapes"].set_facecolor(faces)
        artists["shapes"].set_edgecolor(edges)

    def words(self, model):
        chain, summary = model.chain, model.summary
        rows = [
            f"{place} {word} makes {sizes(row.shape)}" + f" with {row.parameters:,}" * bool(row.parameters)
            for place, (word, row) in enumerate(zip(chain, summary, strict=True), start=1)
        ]
        held = sum(row.parameters for word, row in zip(chain, summary, strict=True) if word.kind == "conv")
        share = f" ({100 * held / summary.parameters:.1f} %)" if summary.parameters else ""
        return (
            f"Input {sizes(model.shape)}. Layers, with their parameters: {'; '.join(rows)}. In all "
            f"{summary.parameters:,} parameters, {held:,} of them{share} in convolutions; {summary.macs:,} "
            f"MACs; the outputs of one image take {in_bytes(summary.memory)}. "
            f"Marked: layer {model.marked}, {chain[model.marked - 1]}. {_full(len(chain))}"
            "In the drawing maps are as high as their side, channels and features by their logarithm. "
            "ReLU after each convolution and each dense layer but the last changes none of these numbers."
        )

    def torch_code(self, model):
        return in_torch(model.chain, model.shape)

    def spots(self, artists, model):
        found, boxes = [], artists["shapes"].get_paths()[:-1]
        for place, word in enumerate(model.chain, start=1):
            label, settings = f"Layer {place}, {word}", {"marked": place}
            corners = np.vstack([path.vertices for path in boxes[3 * place : 3 * place + 3]])
            low, high = corners.min(axis=0), corners.max(axis=0)
            for box in ((*low, *(high - low)), line_of(place, len(model.chain))):
                found.append(spots.inches(self.size, tuple(map(float, box)), label, settings))
        return found


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


@lru_cache(maxsize=64)
def _described(words, shape):
    return describe([word.layer() for word in words], shape)
