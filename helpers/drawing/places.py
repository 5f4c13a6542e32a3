"""Places on a figure in inches: one inch on the page is an inch in the code, and a cell is square."""

from helpers.drawing.style import ROLES


def sheet(fig, **look):
    """Return axes over the whole figure whose coordinates are inches from its lower left corner."""
    width, height = fig.get_size_inches()
    ax = fig.add_axes([0, 0, 1, 1], **look)
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return ax


def axes(fig, left, bottom, width, height=None):
    """Return bare axes at a place in inches, square unless a height is given."""
    (wide, high), height = fig.get_size_inches(), width if height is None else height
    ax = fig.add_axes([left / wide, bottom / high, width / wide, height / high])
    ax.axis("off")
    return ax


def text(fig, x, y, words="", role="ink", size=12, **look):
    """Write words at a place in inches and return the Text."""
    inches = fig.dpi_scale_trans
    return fig.text(x, y, words, color=ROLES[role], fontsize=size, transform=inches, **look)
