"""An explorer's tour as a document that the player (player.js, which reads it) moves through."""

from authoring.atlas.packing import Packer, Table, Texts, column, squeezed
from authoring.atlas.pointing import Pointing
from authoring.atlas.rows import NOWHERE, Rows
from helpers.drawing import scene, scene_json, style
from helpers.drawing.picture import Picture
from helpers.explorers.parts.controls import Integer, Number, Toggle

KINDS = {Integer: "number", Number: "number", Toggle: "tick"}


def document(explorer, progress=lambda done, total: None):
    """Return the atlas of an explorer's tour; ``progress`` is told how many of its states are drawn."""
    rows, drawn = Rows(explorer), _Drawn(explorer)
    for done, state in enumerate(rows.states):
        if done % 100 == 0:
            progress(done, len(rows.states))
        drawn.add(state)
    progress(len(rows.states), len(rows.states))
    body = _about(explorer, rows) | _moves(explorer, rows) | drawn.packed()
    return {"body": squeezed(body), "spots": squeezed(drawn.pointing.packed())}


def _about(explorer, rows):
    """What stays the same in all states, and the controls."""
    buttons = set(explorer.buttons) - {"back", "step", "play", "reset"} - set(explorer.presets)
    missing = [spec.label for name, spec in explorer.inputs.items() if name not in rows.offered]
    varying = {
        name for state in rows.states for name, value in state.items() if value != rows.states[0][name]
    }
    return {
        "title": explorer.title,
        "size": [int(inches * style.DPI) for inches in explorer.size],
        "width": round(explorer.size[0] * style.CSS_PER_INCH),
        "player": explorer.player if explorer.player in rows.offered else None,
        "interval": explorer.interval,
        "controls": [
            {"name": name, "label": spec.label, "kind": KINDS.get(type(spec), "choice"), "values": values}
            for name, values in rows.offered.items()
            if (spec := explorer.inputs[name])
        ],
        "fixed": {name: value for name, value in rows.states[0].items() if name not in varying},
        "elsewhere": missing + [explorer.buttons[name].description for name in sorted(buttons)],
    }


def _moves(explorer, rows):
    """What each control and button leads to."""
    highest = [explorer.highest(setting.state) if setting.offered else {} for setting in rows.settings]
    off = Table()
    return {
        "free": rows.free,
        "limited": rows.limited,
        "settings": column([rows.code(setting) for setting in rows.settings]),
        "counts": [
            column([len(setting.offered.get(name, ())) for setting in rows.settings]) for name in rows.limited
        ],
        "highest": [column([most.get(name, NOWHERE) for most in highest]) for name in rows.limited],
        "rests": column(rows.rests),
        "follow": rows.follow(),
        "buttons": [
            {
                "name": name,
                "label": preset.label,
                "tip": preset.tooltip,
                "rows": column([rows.after(state, preset.after(state)) for state in rows.states]),
            }
            for name, preset in explorer.presets.items()
        ],
        "off": column([off.number(tuple(explorer.unused(state))) for state in rows.states]),
        "offs": list(off),
    }


class _Drawn:
    """The pictures, words and PyTorch lines of one state after the other, packed."""

    def __init__(self, explorer):
        self.explorer, self.packer = explorer, Packer()
        self.words, self.code, self.pointing = Texts(), Texts(), Pointing()
        self.picture, self.still, self.columns, self.count = None, None, [], 0
        self.notes = {}  # what is written where there is nothing to draw -> its piece

    def add(self, state):
        model, trouble = self.explorer.solved(state)
        self.words.add(self.explorer.worded(model, trouble))
        self.code.add("" if trouble else self.explorer.torch_code(model))
        pieces = [self._note(trouble)] if trouble else self._pieces(model)
        self.pointing.add([] if trouble else self.explorer.spots(self.picture.artists, model))
        while len(self.columns) < len(pieces):
            self.columns.append([self._none()] * self.count)
        for i, found in enumerate(self.columns):
            found.append(pieces[i] if i < len(pieces) else self._none())
        self.count += 1

    def _none(self):
        return self.packer.piece([])

    def _pieces(self, model):
        """What never moves, and every artist that does, from back to front."""
        if self.picture is None:
            self.picture = Picture(*self.explorer.drawn(model, ""))
            self.still = self._written(self.picture.canvas.figure)
        self.explorer.update(self.picture.artists, model)
        return [self.still, *map(self._written, self.picture.moving)]

    def _note(self, trouble):
        if trouble not in self.notes:
            self.notes[trouble] = self._written(self.explorer.drawn(None, trouble)[0])
        return self.notes[trouble]

    def _written(self, drawn):
        with style.steady():
            return self.packer.piece(scene_json.entries(scene.of(drawn), self.packer.address))

    def packed(self):
        return self.packer.tables() | {
            "columns": [column(found) for found in self.columns],
            "words": self.words.packed(),
            "code": self.code.packed(),
        }
