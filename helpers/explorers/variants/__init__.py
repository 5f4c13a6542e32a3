"""Convolution variants: one layer or a block of them, and which channels are connected."""
