"""The words of a Vision Transformer: maps become a row of tokens, and every token looks at all."""

from math import prod

from helpers.architectures.blueprints import Cost, Layer, maps, word
from helpers.ops.shapes import whole

__all__ = ["Attention", "FirstToken", "Tokens"]


@word
class Tokens(Layer):
    """A row of tokens, one a position, after a learned one; each gets its learned position added."""

    def output(self, shape):
        channels, height, width = maps(shape)
        return (height * width + 1, channels)

    def cost(self, shape):
        return Cost(weights=shape[0] + prod(self.output(shape)))


@word
class Attention(Layer):
    """Self-attention: dense layers for queries, keys, values, output, and the mixing."""

    heads: int
    depth = 2

    def output(self, shape):
        if len(shape) != 2 or shape[1] % whole(self.heads, "heads"):
            raise ValueError(
                f"heads={self.heads}: they share out the features of (tokens, features), not of {shape}"
            )
        return shape

    def cost(self, shape):
        tokens, features = shape
        dense, mixing = 4 * features * features, 2 * tokens * tokens * features
        return Cost(dense, 4 * features, tokens * dense + mixing)

    def windows(self, shape):
        return "all"


@word
class FirstToken(Layer):
    """The class token alone."""

    def output(self, shape):
        if len(shape) != 2:
            raise ValueError(f"the input is no row of tokens but {shape}: put Tokens() before")
        return shape[1:]
