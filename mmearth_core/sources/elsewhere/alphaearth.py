"""Google's Satellite Embedding, made with AlphaEarth Foundations: its files, and what Earth Engine exports.

One identity for both: the same vectors, which years share.
"""

import re
from pathlib import PurePath

import numpy as np

from mmearth_core.sources.elsewhere.banded import BandedEmbedding, Header, checked
from mmearth_core.sources.elsewhere.laws import Law, Linear, Square

NAME = "AlphaEarth Satellite Embedding V1"
IDENTITY = "google-satellite-embedding/v1"
#: The sentence its licence (CC-BY 4.0) asks for.
ATTRIBUTION = "The AlphaEarth Foundations Satellite Embedding dataset is produced by Google and Google DeepMind."
BANDS = tuple(f"A{band:02d}" for band in range(64))
NODATA = -128
_YEAR = re.compile(r"(?<!\d)20[1-9]\d(?!\d)")


def alphaearth(header: Header, remedy: str) -> BandedEmbedding | None:
    """The embedding of a raster that has its 64 bands; None for any other.

    Whole numbers are taken by the square law; -128 means no data. Raises `MMEarthError` that ends with the `remedy`
    when the vectors are not of length 1.
    """
    if len(header.bands) != len(BANDS) or set(header.bands) != set(BANDS):
        return None
    whole = not header.is_float
    law: Law = Square() if whole else Linear.of(len(BANDS))
    year = _YEAR.findall(str(PurePath(header.path)))
    facts = {
        "law": str(law),
        "year": int(year[-1]) if year else None,
        "licence": "CC-BY 4.0",
        "attribution": ATTRIBUTION,
    }
    holds = not whole or np.can_cast(np.int8, header.dtype)
    return checked(
        BandedEmbedding(
            header=header,
            identity=IDENTITY,
            name=NAME,
            bands=BANDS,
            indexes=tuple(header.bands.index(band) + 1 for band in BANDS),
            unit_norm=True,
            law=law,
            nodata=NODATA if whole and holds else header.nodata,
            facts=facts,
        ),
        remedy,
    )
