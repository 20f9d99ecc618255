"""Which band each raster holds: of a multi-band raster, of a single-band file, of several files read together.

From headers only; asks rather than guesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mmearth_core.band_names.codes import code_in, is_counting, words_of
from mmearth_core.band_names.conventions import squeezed
from mmearth_core.band_names.reading import ASK, ONE_BY_ONE, Circumstances, Label, band_name, is_known, read_bands
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.bands.labels import hints_of
from mmearth_core.raster.raster_file import RasterFile, ground_steps
from mmearth_core.sentinel2 import BANDS

#: The scene classification of L2A products: not a band, but carried along for `exclude_clouds`.
SCL = "SCL"


def circumstances(source: str, *rasters: RasterFile, ask: str = ASK) -> Circumstances:
    """What the rasters say of the mission they are of; `source` and `ask` begin and end the sentences."""
    hints = dict.fromkeys(text for raster in rasters for text in hints_of(raster.path, raster.tags))
    finest = min((raster.grid for raster in rasters), key=lambda grid: grid.pixel_size)
    steps = ground_steps(finest) if finest.crs is not None else None
    return Circumstances(source, (steps[0] * steps[1]) ** 0.5 if steps else None, tuple(hints), ask)


def given_bands(bands: Sequence[str], count: int, subject: str, noun: str) -> dict[str, int]:
    """Positions of the bands the user named."""
    if len(bands) != count:
        raise MMEarthError(
            f"{subject} {count} {noun} but `bands` names {len(bands)}; name each, '-' for one to ignore."
        )
    ignored = {"-", ""}
    names = [text.strip() for text in bands]
    words = [Label(name) for name in names if name not in ignored and name.upper() != SCL]
    together: Mapping[str, int] = {}
    if any(code_in(label.text or "") is None for label in words) and all(is_known(label.text) for label in words):
        # Words are read together here too; that the bands are Sentinel-2's is what the user says.
        together = read_bands(words, Circumstances("`bands`", hints=("Sentinel-2",))).bands
    by_word = {words[position].text: name for name, position in together.items()}
    positions: dict[str, int] = {}
    for position, text in enumerate(names):
        if text in ignored:
            continue
        name = SCL if text.upper() == SCL else by_word.get(text) or band_name(text)
        if name is None:
            raise MMEarthError(
                f"`bands`: '{text}' is not a Sentinel-2 band; use {', '.join(BANDS)} or '-' to ignore one."
            )
        if name in positions:
            raise MMEarthError(f"`bands` names {name} twice; write '-' for a band to ignore.")
        positions[name] = position
    return positions


def unnamed(raster: RasterFile) -> str:
    """The sentence about a raster of whose bands none is known."""
    texts = [label.text for label in raster.labels]
    if raster.count == 3 or (raster.count == 4 and raster.alpha):
        return (
            f"{raster.path} has 3 bands without Sentinel-2 names and looks like an RGB picture; give the product's"
            " spectral bands, or say what they are with `bands`, for example `bands=B04,B03,B02`."
        )
    named = ", ".join(text or "unnamed" for text in texts[:16]) if any(texts) else "unnamed"
    if any(texts) and is_counting(texts):
        named += ", which only counts"
    return (
        f"{raster.path} has no band named as one of Sentinel-2 (its {raster.count}: {named}); say what they are, in"
        " order, with `bands`, for example `bands=B02,B03,B04,B08` ('-' for a band to ignore)."
    )


def _text_of(raster: RasterFile) -> str | None:
    """The text that says which band a single-band file holds: its description, or else its file name."""
    file = Path(raster.path.rstrip('"')).name
    texts = [label.text for label in raster.labels]
    described = None if is_counting(texts) else texts[0]
    if (of_file := band_name(file)) and (of_band := band_name(described)) and of_band != of_file:
        raise MMEarthError(
            f"{raster.path} is named as {of_file} but its band is described as {of_band}; say which it is with `bands`."
        )
    if band_name(described) is not None or (is_known(described) and band_name(file) is None):
        return described
    return file if is_known(file) else None


def single_band_name(raster: RasterFile) -> str | None:
    """The band a single-band file holds."""
    text = _text_of(raster)
    if text is None:
        reading = read_bands(raster.labels, circumstances(raster.path, raster))
        return next(iter(reading.bands), None) or (SCL if is_scl(raster.path) else None)
    label = replace(raster.labels[0], text=text)
    return next(iter(read_bands([label], circumstances(raster.path, raster)).bands), None)


def names_together(rasters: Sequence[RasterFile]) -> list[str | None]:
    """The band each of several single-band files holds, read together."""
    labels = [
        Label(None) if is_scl(raster.path) else replace(raster.labels[0], text=_text_of(raster)) for raster in rasters
    ]
    # Of several files of one band the first stands for it; that they are several is said by the caller.
    keys = [_key(label.text or "") or raster.path for label, raster in zip(labels, rasters, strict=True)]
    first = {key: position for position, key in reversed(list(enumerate(keys)))}
    chosen = sorted(first.values())
    reading = read_bands(
        [labels[position] for position in chosen], circumstances("The scene", *rasters, ask=ONE_BY_ONE)
    )
    names = {keys[chosen[position]]: name for name, position in reading.bands.items()}
    return [SCL if is_scl(raster.path) else names.get(key) for raster, key in zip(rasters, keys, strict=True)]


def _key(text: str) -> str:
    """What is the same for all files of one band of a scene: its code, or the word it is named by."""
    words = words_of(text)
    return code_in(text) or (squeezed(words[-1]) if words else "")


def is_scl(file: str) -> bool:
    """Whether a file is named as the scene classification."""
    return SCL in Path(file.rstrip('"')).stem.upper().split("_")


def finest_of_each(rasters: Sequence[RasterFile], title: str) -> dict[str, RasterFile]:
    """Of several files of one band the one with the smallest pixels."""
    best: dict[str, RasterFile] = {}
    for raster, name in zip(rasters, names_together(rasters), strict=True):
        if name is None:
            continue
        if name in best:
            size, other = raster.grid.pixel_size[0], best[name].grid.pixel_size[0]
            if size == other:
                first, second = Path(best[name].path).name, Path(raster.path).name
                raise MMEarthError(f"{title} holds {name} twice ({first}, {second}); keep one scene.")
            if size > other:
                continue
        best[name] = raster
    return best
