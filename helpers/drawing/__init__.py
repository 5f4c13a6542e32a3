"""Drawing arrays as the book draws them: one look, painters of cells and lines, and PNG."""

from helpers.drawing.cells import CellGrid, bare, frame, grid, move
from helpers.drawing.colours import colours, tint
from helpers.numerals import label

__all__ = ["CellGrid", "bare", "colours", "frame", "grid", "label", "move", "tint"]
