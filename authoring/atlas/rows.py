"""The rows of an atlas: one for each combination of values on offer, and where each of them comes to rest."""

import itertools
import random

from helpers.explorers.parts import tour

NOWHERE = -1  # instead of a row: what is not on the page


class Rows:
    """``settings`` are the tour's; ``states`` the state of every row, setting by setting.

    A row stands for the settings' ``free`` inputs and, the last one changing fastest, for the ``limited``
    ones: the player finds it again by reckoning. ``rests[row]`` is the row whose state it comes to rest in,
    mostly itself.
    """

    def __init__(self, explorer):
        self.explorer, self.offered = explorer, tour.values(explorer)
        self.settings = list(tour.settings(explorer))
        self.free = list(self.settings[0].chosen)
        self.limited = next((list(setting.offered) for setting in self.settings if setting.offered), [])
        self.states, own = [], []
        for setting in self.settings:
            combinations = itertools.product(*setting.offered.values())
            for state, values in zip(tour.rows(explorer, setting), combinations, strict=True):
                given = setting.chosen | dict(zip(setting.offered, values, strict=True))
                own.append(given.items() <= state.items())
                self.states.append(state)
        kept = [row for row, itself in enumerate(own) if itself]
        self._index = {tuple(self.states[row].values()): row for row in reversed(kept)}
        self.rests = [
            row if itself else self.at(state)
            for row, (state, itself) in enumerate(zip(self.states, own, strict=True))
        ]

    def follow(self, tries=300):
        """Return name -> what else a reader sets who moves that input alone, such as a guess back to 0."""
        draw, found = random.Random(0), {}
        for setting in draw.sample(self.settings, min(tries, len(self.settings))):
            for name, values in self.offered.items():
                given = setting.state | {name: draw.choice(values)}
                alone = self.explorer.settled(given, {name})
                together = self.explorer.settled(given, set(self.offered))
                for other in self.offered.keys() - {name}:
                    if alone[other] != together[other]:
                        found.setdefault(name, {})[other] = alone[other]
        return found

    def at(self, state):
        """Return the row of a state, or NOWHERE."""
        return self._index.get(tuple(state.values()), NOWHERE)

    def after(self, state, given):
        """Return the row that a state comes to rest in when ``given`` is set, or NOWHERE."""
        return self.at(self.explorer.settled(state | given, set(given)))

    def code(self, setting):
        """Return the number of a setting: the places of its values, as the digits of one number."""
        number = 0
        for name in self.free:
            values = self.offered[name]
            number = number * len(values) + values.index(setting.chosen[name])
        return number
