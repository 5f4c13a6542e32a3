"""The journey of an image through a trained LeNet, step by step."""
