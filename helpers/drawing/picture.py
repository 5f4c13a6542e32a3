"""A picture that moves: what stays is drawn once, what moves is drawn over it again and again."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.drawing import png
from helpers.drawing.style import steady


class Picture:
    """A figure whose moving artists are drawn over a cached background."""

    def __init__(self, fig, artists):
        self.artists = artists
        self.canvas = FigureCanvasAgg(fig)
        self.moving = sorted(artists.values(), key=lambda artist: artist.get_zorder())
        for artist in self.moving:
            artist.set_animated(True)  # left out of the background
        with steady():
            self.canvas.draw()
        # A layout engine would shift the axes under the cached background at the next draw.
        fig.set_layout_engine("none")
        self.background = self.canvas.copy_from_bbox(fig.bbox)

    def pixels(self):
        """Return the current picture as an array (height, width, 3) of uint8."""
        self.canvas.restore_region(self.background)
        renderer = self.canvas.get_renderer()
        with steady():
            for artist in self.moving:
                artist.draw(renderer)
        return np.asarray(self.canvas.buffer_rgba())[..., :3]

    def png(self):
        """Return the current picture as PNG bytes."""
        return png.encode(self.pixels())
