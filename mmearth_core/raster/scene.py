"""A Sentinel-2 scene: its bands on one grid, what their numbers mean, and what of it is ground.

First it is found what is ground; scale, offset and level are judged by that alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.bands.recognition import SCL
from mmearth_core.raster.exclusion import Exclusion, cloud_exclusion, mask_exclusion
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.ground.evidence import Survey, comparable, refined, survey
from mmearth_core.raster.ground.reader import SceneReader
from mmearth_core.raster.ground.rule import GroundRule
from mmearth_core.raster.metadata import Metadata
from mmearth_core.raster.placing import placed_inputs
from mmearth_core.raster.radiometry import DN_PER_REFLECTANCE, Radiometry, decide
from mmearth_core.raster.raster_file import BandSource, arrange, ground_steps
from mmearth_core.raster.scene_files import collect
from mmearth_core.records import COMMAS, ONE_OR_MANY, RELATIVE
from mmearth_core.sentinel2 import Level, check_bands, needed_bands

#: By how much a pixel's size on the ground may differ from what the encoder is trained at without a warning.
_USUAL_RATIO = (0.8, 1.25)


@dataclass(frozen=True)
class Scene:
    """What `open_scene` found. `bands` are the measured ones among the wanted, in the wanted order.

    DN = raw · scale · 10000 + offset, in what is ground by the `rule`. `evidence` says how bands, scale, offset and
    level were decided, `warnings` what the user should know. `inputs` are the files read.
    """

    name: str
    grid: Grid
    bands: tuple[str, ...]
    level: Level
    offset: float
    scale: float
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    inputs: tuple[str, ...]
    datetime: datetime | None
    sources: tuple[BandSource, ...] = field(repr=False)
    rule: GroundRule = field(repr=False)
    exclusions: tuple[Exclusion, ...] = field(repr=False, default=())

    def reader(self) -> SceneReader:
        """A reader to be used by one thread, as a context manager."""
        return SceneReader(self.grid, self.sources, self.exclusions, self.rule)


@dataclass(frozen=True)
class SceneOptions:
    """How a scene is to be read: what its files do not say, or say wrongly, and what of it is left out.

    `bands` says what the raster's bands are. `level` is "auto", "l1c" or "l2a", `offset` the DN to add (−1000 or 0),
    `scale` reflectance per unit. Pixels where the raster `mask` has one of `mask_values` or `mask_bits` (default: what
    a known product calls cloud, else any value but 0) are left out; with `exclude_clouds` also those whose SCL class is
    3, 8, 9 or 10. `crs` is that of files without one.
    """

    bands: Annotated[Sequence[str] | None, COMMAS] = None
    level: Literal["auto", "l1c", "l2a"] = "auto"
    offset: Literal["auto"] | float = "auto"
    scale: Literal["auto"] | float = "auto"
    mask: Annotated[str, RELATIVE] | Path | None = None
    mask_values: Annotated[Sequence[int | str] | None, ONE_OR_MANY] = None
    mask_bits: Annotated[Sequence[int | str] | None, ONE_OR_MANY] = None
    exclude_clouds: bool = False
    crs: str | None = None

    def __post_init__(self) -> None:
        for name, given in (("mask_values", self.mask_values), ("mask_bits", self.mask_bits)):
            if given is not None and self.mask is None:
                raise MMEarthError(f"`{name}` is about a mask, and there is none; give `mask=RASTER` too.")


#: A scene that says all there is to know.
AS_IT_IS: SceneOptions = SceneOptions()


def open_scene(
    source: str | PurePath | Sequence[str | PurePath],
    *,
    wanted: Sequence[str],
    options: SceneOptions = AS_IT_IS,
    resolution: float = 10.0,
) -> Scene:
    """Open a scene: find the wanted bands, decide what their numbers mean, check that there is something to read.

    `source` is a raster, a `.SAFE` folder or zip, a folder or list of single-band files, or a STAC item; `wanted` are
    the encoder's bands, `resolution` the metres of a pixel it is trained at. Raises `MMEarthError` with one sentence
    that says what to do.
    """
    found = placed_inputs(collect(source, bands=options.bands, wanted=wanted), options.crs)
    title = str(source) if isinstance(source, str | PurePath) else found.name
    present = tuple(name for name in wanted if name in found.bands)
    warnings = check_bands(present=present, wanted=wanted, source=title)
    grid, sources = arrange({name: found.bands[name] for name in present}, title)
    exclusions = []
    if options.mask is not None:
        exclusions.append(
            mask_exclusion(options.mask, grid, values=options.mask_values, bits=options.mask_bits, crs=options.crs)
        )
    if options.exclude_clouds:
        exclusions.append(cloud_exclusion(found.bands.get(SCL), grid, title))
    cirrus = {"B10": found.bands["B10"]} if "B10" in found.bands and "B10" not in present else {}
    extra = arrange({**{name: found.bands[name] for name in present}, **cirrus}, title)[1] if cirrus else sources
    gain = _stated_gain(found.metadata, sources[0].raster.dtypes[0], options)
    while True:
        raw, seen = _examined(grid, extra, present, needed_bands(wanted), title, gain)
        rule, radiometry = _settled(raw, seen.rule, found.metadata, title, sources[0].raster.dtypes[0], options)
        own = radiometry.scale * DN_PER_REFLECTANCE
        if gain is not None or seen.rule.gain == own:
            break
        gain = own  # what no ground can be is known in the scene's own unit only
    if seen.empty:
        present = tuple(name for name in present if name not in seen.empty)
        sources = tuple(source for source in sources if source.name in present)
        warnings = (
            f"{title} holds no values of {', '.join(seen.empty)}, which counts as missing.",
            *check_bands(present=present, wanted=wanted, source=title),
        )
    return Scene(
        name=found.name,
        grid=grid,
        bands=present,
        level=radiometry.level,
        offset=radiometry.offset,
        scale=radiometry.scale,
        evidence=(*found.notes, *radiometry.evidence, *(text for each in exclusions for text in each.notes)),
        warnings=(
            *warnings,
            *seen.warnings,
            *radiometry.warnings,
            *_size_warning(grid, resolution),
            *(text for each in exclusions for text in each.warnings),
        ),
        inputs=tuple(dict.fromkeys(f for s in sources for f in s.raster.files)) + tuple(e.path for e in exclusions),
        datetime=found.metadata.time,
        sources=sources,
        rule=rule,
        exclusions=tuple(exclusions),
    )


def _size_warning(grid: Grid, resolution: float) -> tuple[str, ...]:
    steps = ground_steps(grid)
    if steps is None:
        return ()
    size = (steps[0] * steps[1]) ** 0.5
    if _USUAL_RATIO[0] <= size / resolution <= _USUAL_RATIO[1]:
        return ()
    return (
        f"A pixel is {size:.3g} m on the ground; the encoder is trained at {resolution:g} m, so the embedding will be"
        " less useful.",
    )


def _stated_gain(metadata: Metadata, dtype: str, options: SceneOptions) -> float | None:
    """DN per raw unit, as the user gives it or the files state it; None where the values are to tell."""
    if options.scale != "auto":
        return float(options.scale) * DN_PER_REFLECTANCE if 0 < float(options.scale) <= 1 else None
    # What floating-point numbers state may be applied already.
    if len(metadata.scales) == 1 and np.issubdtype(np.dtype(dtype), np.integer):
        return metadata.scales[0].value * DN_PER_REFLECTANCE
    return None


def _examined(
    grid: Grid, sources: Sequence[BandSource], bands: tuple[str, ...], needed: int, title: str, gain: float | None
) -> tuple[dict[str, NDArray[np.float32]], Survey]:
    """Raw values of the same pixels of every source, spread over the scene, and what they show of `bands`.

    Raises `MMEarthError` when the whole scene has no ground, or a file is damaged.
    """
    names = [source.name for source in sources]
    floating = np.issubdtype(np.dtype(sources[0].raster.dtypes[0]), np.floating)

    def examined(raw: NDArray[np.float32], of: tuple[str, ...]) -> Survey:
        return survey(raw[[names.index(name) for name in of]], of, needed, floating=floating, source=title, gain=gain)

    with SceneReader(grid, sources) as reader:
        raw = np.concatenate(list(reader.samples()), axis=1)
        found = examined(raw, bands)
        if not found.any_ground:
            parts = ((part, examined(part, bands)) for part in reader.scan())
            raw, found = next(((part, there) for part, there in parts if there.any_ground), (raw, found))
        elif found.rule.edge and reader.overviews:
            # Whether the scene's own pixels are mixed with fill, overviews cannot tell.
            own = examined(np.concatenate(list(reader.windows()), axis=1), bands)
            found = replace(found, rule=replace(found.rule, edge=own.rule.edge))
    if not found.any_ground:
        raise MMEarthError(
            f"{title} holds no-data only: no pixel has a value in {needed} of {', '.join(bands)}."
            f"{''.join(f' {text}' for text in found.warnings)} Check the file and its no-data value, or give another."
        )
    if found.empty:
        known = examined(raw, tuple(name for name in bands if name not in found.empty))
        found = replace(known, empty=found.empty, rule=replace(known.rule, edge=found.rule.edge))
    return dict(zip(names, raw, strict=True)), found


def _settled(
    raw: Mapping[str, NDArray[np.float32]],
    rule: GroundRule,
    metadata: Metadata,
    title: str,
    dtype: str,
    options: SceneOptions,
) -> tuple[GroundRule, Radiometry]:
    """What the numbers mean, judged by ground only, and the rule of what is ground in these units.

    Raises `MMEarthError` when that is not certain.
    """
    names, used = comparable(rule, raw)
    while True:
        if not used.any():
            raise MMEarthError(f"{title}: in this unit no value is a reflectance; check the file, or pass `scale`.")
        samples = {name: raw[name][used] for name in names}
        if "B10" in raw and "B10" not in names and np.isfinite(raw["B10"][used]).all():
            samples["B10"] = raw["B10"][used]
        radiometry = decide(
            samples,
            metadata,
            source=title,
            dtype=dtype,
            level=options.level,
            offset=options.offset,
            scale=options.scale,
        )
        before, rule = used, refined(rule, radiometry.scale, radiometry.offset)
        names, used = comparable(rule, raw)
        # In the unit found, some of what was looked at may be fill. What is left out never comes back.
        used &= before
        if (used == before).all():
            return rule, radiometry
