"""An embedding to look at, whoever made it."""

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.sidecar import shown_range
from mmearth_core.raster.pictures import LONGEST, Picture, composite, shape_of
from mmearth_core.sources.embedding import Embedding


def false_colour(embedding: Embedding, *, longest: int = LONGEST) -> Picture:
    """Its first three bands as red, green and blue; transparent where there is none.

    Ours in the colours that QGIS shows it in; of others each band is stretched by itself.
    """
    shape = embedding.grid.shape
    with embedding.reader() as reader:
        stored = reader.read(embedding.grid.window, shape_of(shape, longest))
    ends = shown_range(embedding) if isinstance(embedding, EmbeddingRaster) and len(embedding.bands) >= 3 else None
    return composite(embedding.decode(stored)[:3], embedding.valid(stored), shape, ends)
