"""The gradient check: what a backward pass should say, measured by moving every number a little."""

import numpy as np


def numerical_gradient(function, array, step=1e-6):
    """The gradient of function(array), a number, by differences: (f(x+h) - f(x-h)) / 2h.

    The array is float64 (float32 would round the difference away), and is put back as it was. The function is
    called twice for every number in it: for small arrays only.
    """
    if array.dtype != np.float64:
        raise TypeError(f"array.dtype={array.dtype}: differences this small need array.astype(np.float64)")
    gradient = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        above = function(array)
        array[place] = kept - step
        below = function(array)
        array[place] = kept
        gradient[place] = (above - below) / (2 * step)
    return gradient
