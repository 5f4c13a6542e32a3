"""The atlases of the explorers, where this copy of the book can make them."""

try:
    from authoring import atlas
except ImportError:  # not yet: every explorer is its stored picture
    atlas = None


def key(name, state):
    return atlas.key(name, state) if atlas else None


def build(needed, folder, progress):
    if atlas:
        atlas.build(needed, folder, progress)
