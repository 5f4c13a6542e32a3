"""Drawing arrays as the book draws them: one look, painters of cells and lines, and PNG."""

from helpers.drawing.cells import CellGrid, Cells, bare, colours, frame, grid, label, move, tint

__all__ = ["CellGrid", "Cells", "bare", "colours", "frame", "grid", "label", "move", "tint"]
