"""Stride and padding: one axis of windows, and the picture of both."""
