"""An embedding to look at, whoever made it."""

from mmearth_core.raster.pictures import LONGEST, Picture, composite, shape_of
from mmearth_core.sources.embedding import Embedding


def false_colour(embedding: Embedding, *, longest: int = LONGEST) -> Picture:
    """Its first three bands as red, green and blue, each stretched by itself; transparent where there is none."""
    shape = embedding.grid.shape
    with embedding.reader() as reader:
        stored = reader.read(embedding.grid.window, shape_of(shape, longest))
    return composite(embedding.decode(stored)[:3], embedding.valid(stored), shape)
