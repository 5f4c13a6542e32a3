"""Which arrays the operations take, and every error about an array."""

import numpy as np

DTYPES = (np.float32, np.float64, np.int64)


def check_dtypes(**arrays):
    """Refuse, with the remedy, what are not NumPy arrays of one dtype; None is an optional one left out."""
    first = None
    for name, array in arrays.items():
        if array is None and name not in ("input", "grad_output", "target", "mask"):
            continue
        if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray):
            raise TypeError(
                f"{name} is a {type(array).__name__}: give a plain NumPy array, e.g. "
                f"np.array({name}, dtype=np.float32)"
            )
        if array.dtype == np.uint8:
            raise TypeError(
                f"{name}.dtype=uint8: sums of pixels overflow beyond 255; convert first, e.g. "
                f"{name}.astype(np.float32) / 255"
            )
        if array.dtype not in DTYPES:
            raise TypeError(
                f"{name}.dtype={array.dtype}: the operations take float32, float64 and int64; convert first, "
                f"e.g. {name}.astype(np.float32)"
            )
        first = first or (name, array.dtype)
        if array.dtype != first[1]:
            raise TypeError(
                f"{name}.dtype={array.dtype}: {first[0]} has {first[1]}, and nothing is converted silently; "
                f"give {name}.astype(np.{first[1]}), or convert {first[0]}"
            )


def check_floats(**arrays):
    """check_dtypes, and TypeError for whole numbers: for operations whose results are fractions."""
    check_dtypes(**arrays)
    for name, array in arrays.items():
        if array is not None and array.dtype.kind != "f":
            raise TypeError(
                f"{name}.dtype={array.dtype}: the result is not a whole number; give "
                f"{name}.astype(np.float32)"
            )


def check_shape(name, array, expected, why):
    """ValueError unless the array has exactly this shape."""
    if array.shape != tuple(expected):
        raise ValueError(f"{name}.shape={array.shape}: {why}; give shape {tuple(expected)}")


def check_gradient(grad_output, input, shape, batched):
    """The output's gradient with its batch axis, a view; refused unless shape and dtype are the output's."""
    check_dtypes(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, shape if batched else shape[1:], "it must match the output")
    return grad_output if batched else grad_output[np.newaxis]


def as_batch(input, name="input"):
    """The images as (N, C, H, W), a view, and whether they came with a batch axis; only that may be empty."""
    if input.ndim not in (3, 4):
        raise ValueError(
            f"{name}.shape={input.shape}: give (channels, rows, columns), for a batch one axis more, "
            f"of a grey picture {name}[np.newaxis]"
        )
    batched = input.ndim == 4
    images = input if batched else input[np.newaxis]
    if 0 in images.shape[1:]:
        raise ValueError(f"{name}.shape={input.shape}: only the batch may be empty; give channels and pixels")
    return images, batched


def channels_first(input, wanted, name="input"):
    """What to say of images without the wanted channels if those stand last; else an empty string."""
    if input.ndim not in (3, 4) or input.shape[-1] != wanted or input.shape[-3] == wanted:
        return ""
    channels, rows, last = input.shape[-3:]
    if channels != rows and last >= min(channels, rows):  # not as image files have it
        return ""
    move = "np.moveaxis" if isinstance(input, np.ndarray) else "torch.movedim"
    return (
        f"channels belong before rows and columns, and {channels} looks like a height; the {wanted} that are "
        f"wanted stand last. Move them: {move}({name}, -1, -3)"
    )
