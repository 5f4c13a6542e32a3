"""Convolution variants: one layer or a block of them, and who hears whom."""
