"""The architecture builder: a layer list in words, as boxes, and what it costs."""
