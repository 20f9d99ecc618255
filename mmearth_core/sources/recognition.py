"""Whose embedding a file is: told by its card, its bands or its tags, never guessed."""

from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.sources import tessera_tiles
from mmearth_core.sources.alphaearth import alphaearth
from mmearth_core.sources.banded import BandedEmbedding, Header
from mmearth_core.sources.card import MANY, card_of, carded, how_to_write
from mmearth_core.sources.scaled import ScaledEmbedding
from mmearth_core.sources.tessera import tessera_geotiff
from mmearth_core.sources.tessera_tiles import tessera_tile
from mmearth_core.sources.tessera_zarr import store_of, tessera_store


def foreign_embedding(path: str | Path) -> BandedEmbedding | ScaledEmbedding | None:
    """Somebody else's embedding; None when it is ours, or no embedding.

    Raises `MMEarthError` when it is a raster of so many bands that it may be one and nothing says how it is meant, or
    when what it is said to be does not hold.
    """
    if _is_local(path):
        if Path(path).suffix == tessera_tiles.SUFFIX:
            return tessera_tile(Path(path))
        if (store := store_of(Path(path))) is not None:
            return tessera_store(Path(path), store)
    header = Header.read(path)
    if header.ours is not None:
        return None
    card = card_of(path)
    if card is not None and card.is_file():
        return carded(header, card)
    found = alphaearth(header, how_to_write(header)) or tessera_geotiff(header, how_to_write(header))
    if found is None and len(header.bands) in MANY:
        raise MMEarthError(
            f"{path} has {len(header.bands)} bands, and nothing says whose embedding it is. {how_to_write(header)}"
        )
    return found


def _is_local(path: str | Path) -> bool:
    return not str(path).startswith("/vsi") and "://" not in str(path)
