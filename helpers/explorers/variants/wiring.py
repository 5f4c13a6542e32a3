"""The layers of a convolution's variants, and which of their channels read which."""

from helpers.architectures import Conv, describe

ONE, SEPARABLE, BOTTLENECK = "one convolution", "depthwise separable", "bottleneck"


def layers(state):
    """The variant as a list of helpers.architectures' words; all keep the size of the maps."""
    channels, filters, groups = state["channels"], state["filters"], state["groups"]

    def spatial(out, groups):
        options = {"padding": "same", "dilation": state["dilation"]} if state["kernel"] > 1 else {}
        return Conv(out, state["kernel"], groups=groups, bias=state["bias"], **options)

    def mixing(out, groups=1):
        return Conv(out, 1, groups=groups, bias=state["bias"])

    if state["variant"] == SEPARABLE:
        return [spatial(channels, channels), mixing(filters, groups)]
    if state["variant"] == BOTTLENECK:
        narrow = -(-filters // 4)
        return [mixing(narrow), spatial(narrow, groups), mixing(filters)]
    return [spatial(filters, groups)]


def steps(state):
    """(layer, its channels in, its channels out), one after another; ValueError in words if one cannot be."""
    chain, shape = layers(state), _shape(state)
    for layer in chain:
        try:
            shape = layer.output(shape)
        except ValueError as reason:
            kernel = f"{layer.kernel_size} × {layer.kernel_size}"
            raise ValueError(f"No output. In the {kernel} convolution, {reason}.") from None
    outs = [layer.out_channels for layer in chain]
    return list(zip(chain, [state["channels"], *outs[:-1]], outs, strict=True))


def connected(steps, probe):
    """For each column of channels, (first, last + 1) of those that reach an output channel."""
    ranges = [(probe, probe + 1)]
    for layer, before, after in reversed(steps):
        (first, last), each = ranges[0], after // layer.groups
        read = before // layer.groups
        ranges.insert(0, (first // each * read, ((last - 1) // each + 1) * read))
    return ranges


def costs(state):
    """The parameters and MACs of the variant, by name."""
    summary = describe(layers(state), _shape(state))
    return {"parameters": summary.parameters, "macs": summary.macs}


def _shape(state):
    return state["channels"], state["side"], state["side"]
