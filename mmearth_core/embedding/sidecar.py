"""What lies beside an embedding raster: whether it may be written, and the QGIS style. The STAC Item: `stac.item`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.stac.item import is_item_of, item_path
from mmearth_core.files import check_output, write_text
from mmearth_core.raster.writer import check_raster, raster_style

#: Steps on either side of a band's middle that the fixed rendering spreads over black to full colour.
_RENDERED_STEPS = 64


def check_places(
    output: Path, raster: EmbeddingRaster, *, overwrite: bool, inputs: Iterable[str | Path | None]
) -> None:
    """Raise `MMEarthError` when an embedding raster, or what lies beside it, cannot be written, as `check_output`.

    What a killed run of the same output left beside it is replaced without being asked.
    """
    item, style = item_path(output), output.with_suffix(".qml")
    left = [item] if is_item_of(item, output) else []
    left += [style] if style.is_file() and style.read_bytes() == _style(raster).encode() else []
    inputs = [*inputs]
    check_raster(
        output, overwrite=overwrite, inputs=inputs, beside=[each for each in (item, style) if each not in left]
    )
    check_output(output, overwrite=True, inputs=inputs, beside=left)


def write_style(raster: EmbeddingRaster) -> Path:
    """Write the `.qml` by which QGIS draws E00, E01, E02 as red, green, blue; the same stretch for every scene."""
    path = raster.file.with_suffix(".qml")
    write_text(path, _style(raster))
    return path


def shown_range(raster: EmbeddingRaster) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values (3,) that are black and full in the bands shown as red, green and blue."""
    shown = [min(band, len(raster.bands) - 1) for band in range(3)]
    scales, offsets = (np.array(each)[shown] for each in (raster.scales, raster.offsets))
    middle, reach = offsets + 127.5 * scales, _RENDERED_STEPS * scales
    return middle - reach, middle + reach


def _style(raster: EmbeddingRaster) -> str:
    shown = [min(band, len(raster.bands) - 1) for band in range(3)]
    low, high = shown_range(raster)
    contrast = "".join(
        f"<{colour}ContrastEnhancement><minValue>{low[at]:.6g}</minValue>"
        f"<maxValue>{high[at]:.6g}</maxValue>"
        f"<algorithm>StretchToMinimumMaximum</algorithm></{colour}ContrastEnhancement>"
        for at, colour in enumerate(("red", "green", "blue"))
    )
    red, green, blue = (band + 1 for band in shown)
    renderer = (
        f'    <rasterrenderer type="multibandcolor" redBand="{red}" greenBand="{green}" blueBand="{blue}" opacity="1"'
        f' alphaBand="-1">{contrast}</rasterrenderer>\n'
    )
    return raster_style(renderer)
