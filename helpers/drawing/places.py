"""Places on a figure in inches: one inch on the page is an inch in the code, and a cell is square."""


def sheet(fig, **look):
    """Return axes over the whole figure whose coordinates are inches from its lower left corner."""
    width, height = fig.get_size_inches()
    ax = fig.add_axes([0, 0, 1, 1], **look)
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return ax


def axes(fig, left, bottom, width, height=None):
    """Return bare axes at a place in inches, square unless a height is given."""
    wide, high = fig.get_size_inches()
    ax = fig.add_axes([left / wide, bottom / high, width / wide, (width if height is None else height) / high])
    ax.axis("off")
    return ax
