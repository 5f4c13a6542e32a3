"""The settings that a page without a kernel offers.

A tour is one product of values, or a list of several: a preset's settings beside those of the sliders. Values
that an explorer's ``limits`` cut off are never gone through one by one.
"""

import itertools
import math
from typing import NamedTuple

MOST = 2000  # settings, where an explorer does not say itself what it offers


class Setting(NamedTuple):
    """A choice of all inputs but the limited ones, and what it comes to.

    ``chosen`` is name -> value, ``state`` the state it comes to rest in with the limited inputs at their
    lowest, ``offered`` name -> values that each limited input may have there (none where nothing is drawn).
    """

    chosen: dict
    state: dict
    offered: dict


def values(explorer):
    """Return name -> all values on offer, in the order of the inputs; and what is set now."""
    legs = _legs(explorer)
    return {
        name: _ordered(explorer, name, itertools.chain.from_iterable(leg[name] for leg in legs))
        for name in explorer.inputs
        if name in legs[0]
    }


def states(explorer):
    """Yield every state that a combination of the values on offer comes to rest in, each once."""
    seen = set()
    for setting in settings(explorer):
        for state in rows(explorer, setting):
            if (key := tuple(state.values())) not in seen:
                seen.add(key)
                yield state


def settings(explorer):
    """Yield every Setting of the tour, the player's value changing fastest; a later leg repeats none."""
    every, limited, seen = values(explorer), limits(explorer), set()
    ordered = sorted(every, key=lambda name: name == explorer.player)
    free = [name for name in ordered if name not in limited]
    for leg in _legs(explorer):
        lowest = {name: every[name][0] for name in ordered if name in limited}
        reach = {name: [value for value in every[name] if value <= max(leg[name])] for name in lowest}
        for combination in itertools.product(*(leg[name] for name in free)):
            if combination in seen:
                continue
            seen.add(combination)
            chosen = dict(zip(free, combination, strict=True))
            state = explorer.settled(explorer.state | chosen | lowest, set(every))
            highest = explorer.highest(state)
            offered = {
                name: [value for value in reach[name] if value <= highest.get(name, value)]
                for name in lowest
                if highest
            }
            yield Setting(chosen, state, offered)


def rows(explorer, setting):
    """Yield the states of a setting: every combination of what its limited inputs may be."""
    names = setting.chosen.keys() | setting.offered.keys()
    for combination in itertools.product(*setting.offered.values()):
        given = dict(zip(setting.offered, combination, strict=True))
        yield explorer.settled(setting.state | given, names) if given else setting.state


def limits(explorer):
    """Return the names on offer whose range depends on others; not those on which another one depends."""
    offered, found = values(explorer), set()
    for name, several in offered.items():
        for value in several:
            found |= explorer.highest(explorer.settled(explorer.state | {name: value}, {name})).keys()
    found &= offered.keys()
    return {name for name in found if not _limiting(explorer, name, offered[name], found - {name})}


def _limiting(explorer, name, several, others):
    """Whether the ranges of other inputs depend on an input's value."""
    highest = [explorer.highest(explorer.state | {name: value}) for value in several]
    return any(len({each.get(other) for each in highest}) > 1 for other in others)


def _legs(explorer):
    """The tour's products, each all names -> values in order; the first has what is set now, too."""
    legs = explorer.tour or _thinned(explorer)
    legs = [legs] if isinstance(legs, dict) else legs
    names = {name: None for leg in legs for name in leg}
    now = {name: [explorer.state[name]] for name in names}
    legs = [{name: [*legs[0].get(name, ()), *now[name]] for name in names}, *(now | leg for leg in legs[1:])]
    return [{name: _ordered(explorer, name, leg[name]) for name in names} for leg in legs]


def _thinned(explorer):
    """So many values of every input that there are no more than MOST settings."""
    for count in range(24, 0, -1):
        found = {name: {*_some(spec, count), explorer.state[name]} for name, spec in explorer.inputs.items()}
        if math.prod(map(len, found.values())) <= MOST:
            break
    return found


def _ordered(explorer, name, offered):
    """Values in the order in which the control has them."""
    options = getattr(explorer.inputs[name], "options", None)
    return sorted({*offered}, key=options.index if options else None)


def _some(spec, count):
    """About ``count`` of an input's values, evenly spread."""
    every = spec.values()
    count = min(count, len(every))
    return [every[round(i * (len(every) - 1) / max(count - 1, 1))] for i in range(count)]
