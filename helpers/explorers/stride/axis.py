"""One axis of a convolution: where its windows begin, what they miss, how many there are, and the formula."""

import textwrap
from types import SimpleNamespace

import numpy as np

from helpers.ops.shapes import conv_output_size, conv_transpose_output_size, window_span


def forwards(size, kernel, padding, stride, dilation):
    """The axis of a convolution: windows are laid on the padded input, each makes an output.

    ``starts`` and ``taps`` are places on the plane of ``length`` cells on which windows are laid; ``inside``
    tells the input there from its padding, ``missed`` what no window covers.
    """
    output = conv_output_size(size, kernel, stride, padding, dilation)
    return _axis(size + 2 * padding, output, kernel, padding, stride, dilation, output=output)


def backwards(size, kernel, padding, stride, dilation):
    """The axis of a transposed convolution: each input lays a window on the output, whose ends are cut."""
    output = conv_transpose_output_size(size, kernel, stride, padding, 0, dilation)
    return _axis(output + 2 * padding, size, kernel, padding, stride, dilation, output=output)


def _axis(length, windows, kernel, padding, stride, dilation, output):
    taps, starts = np.arange(kernel) * dilation, np.arange(windows) * stride
    missed, inside = np.ones(length, bool), np.zeros(length, bool)
    missed[(starts[:, None] + taps).ravel()] = False
    inside[padding : length - padding] = True
    span = window_span(kernel, dilation)
    found = {"length": length, "windows": windows, "taps": taps, "span": span, "starts": starts}
    return SimpleNamespace(**found, missed=missed, inside=inside, output=output, stride=stride)


def formula(model):
    """The output size along the columns, reckoned in lines."""
    size, padding, stride, span = model.size, model.padding, model.across.stride, model.across.span
    kernel = "K" if model.dilation == 1 else "K′"
    lines = [f"K′ = D(K − 1) + 1 = {span}"] if model.dilation > 1 else []
    answer = "?" if model.hidden else model.across.output
    if model.transposed:
        lines.append(f"O = (W − 1)·S − 2P + {kernel}")
        lines.append(f"   = {size - 1}·{stride} − 2·{padding} + {span} = {answer}")
    else:
        lines.append(f"O = ⌊(W − {kernel} + 2P) / S⌋ + 1")
        lines.append(f"   = ⌊({size} − {span} + 2·{padding}) / {stride}⌋ + 1")
        lines.append(f"   = ⌊{size - span + 2 * padding} / {stride}⌋ + 1 = {answer}")
    if model.predict and model.guess:
        lines.append(textwrap.fill(verdict(model), 40))
    return "\n".join(lines)


def verdict(model):
    """Say whether the guess is right and, if not, which slip would give it."""
    guess, output = model.guess, model.across.output
    if guess == output:
        return f"Your O = {guess} is right."
    slips = _slips_backwards(model) if model.transposed else _slips(model)
    likely = next((slip for slip, value in slips.items() if value == guess), "count the windows")
    return f"Your O is {guess}, but {output} {'come out' if model.transposed else 'fit'}: {likely}."


def _slips(model):
    padding, stride, room = model.padding, model.across.stride, model.size - model.across.span
    return {
        "the + 1 is missing": (room + 2 * padding) // stride,
        "rounded up instead of down": -(-(room + 2 * padding) // stride) + 1,
        "padding counted on one side only": (room + padding) // stride + 1,
        "padding left out": room // stride + 1,
        "stride left out": room + 2 * padding + 1,
        "dilation left out": (model.size - len(model.across.taps) + 2 * padding) // stride + 1,
    }


def _slips_backwards(model):
    size, padding, stride, span = model.size, model.padding, model.across.stride, model.across.span
    return {
        "W taken for W − 1": size * stride - 2 * padding + span,
        "padding added, which here is cut": (size - 1) * stride + 2 * padding + span,
        "padding left out": (size - 1) * stride + span,
        "padding cut on one side only": (size - 1) * stride - padding + span,
        "stride left out": size - 1 - 2 * padding + span,
        "only multiplied by the stride": size * stride,
        "dilation left out": (size - 1) * stride - 2 * padding + len(model.across.taps),
    }
