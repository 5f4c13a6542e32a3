"""The receptive field explorer."""
