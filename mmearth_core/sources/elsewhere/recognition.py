"""Whose embedding a file is: told by its card, its bands or its tags, never guessed."""

from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.opening import is_local, plain
from mmearth_core.sources.elsewhere import tessera_tiles
from mmearth_core.sources.elsewhere.alphaearth import alphaearth
from mmearth_core.sources.elsewhere.banded import BandedEmbedding, Header
from mmearth_core.sources.elsewhere.card import MANY, card_of, carded, how_to_write
from mmearth_core.sources.elsewhere.scaled import ScaledEmbedding
from mmearth_core.sources.elsewhere.tessera import tessera_geotiff
from mmearth_core.sources.elsewhere.tessera_tiles import tessera_tile
from mmearth_core.sources.elsewhere.tessera_zarr import store_of, tessera_store


def is_array(path: str | Path) -> bool:
    """Whether a name is that of arrays, not of a raster: .npy, or in a Zarr store."""
    return is_local(path) and (Path(path).suffix == tessera_tiles.SUFFIX or store_of(Path(path)) is not None)


def foreign_embedding(path: str | Path) -> BandedEmbedding | ScaledEmbedding | None:
    """Somebody else's embedding; None when it is ours, or no embedding.

    Raises `MMEarthError` when it is a raster of so many bands that it may be one and nothing says how it is meant, or
    when what it is said to be does not hold.
    """
    if is_array(path):
        store = store_of(Path(path))
        return tessera_tile(Path(path)) if store is None else tessera_store(Path(path), store)
    header = Header.read(plain(path))
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
