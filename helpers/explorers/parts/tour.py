"""The settings that a page without a kernel offers."""

import itertools
import math

MOST = 2000  # settings, where an explorer does not say itself what it offers


def values(explorer):
    """Return name -> values on offer: the explorer's tour, or some of every input; and what is set now."""
    if explorer.tour:
        return {name: _ordered(explorer, name, offered) for name, offered in explorer.tour.items()}
    for count in range(24, 0, -1):
        found = {name: _ordered(explorer, name, _some(spec, count)) for name, spec in explorer.inputs.items()}
        if math.prod(map(len, found.values())) <= MOST:
            break
    return found


def states(explorer):
    """Yield every state that a combination of the values on offer comes to rest in, each once."""
    offered, seen = values(explorer), set()
    for chosen in itertools.product(*offered.values()):
        state = explorer.settled(explorer.state | dict(zip(offered, chosen, strict=True)), set(offered))
        if (key := tuple(state.values())) not in seen:
            seen.add(key)
            yield state


def _ordered(explorer, name, offered):
    """The values on offer and the current one, in the order in which the control has them."""
    options = getattr(explorer.inputs[name], "options", None)
    return sorted({*offered, explorer.state[name]}, key=options.index if options else None)


def _some(spec, count):
    """About ``count`` of an input's values, evenly spread."""
    every = spec.values()
    return [every[round(i * (len(every) - 1) / max(count - 1, 1))] for i in range(min(count, len(every)))]
