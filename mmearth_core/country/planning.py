"""The verb `plan`: an area and a catalogue, or scenes at hand, in; a row for every scene that is to be embedded out."""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mmearth_core import __version__
from mmearth_core.country.covering.areas import read_area
from mmearth_core.country.covering.cells import narrow
from mmearth_core.country.covering.choosing import LEAST, Piece, choose
from mmearth_core.country.covering.globe import box_in_degrees, on_map, polygons_in, square_kilometres
from mmearth_core.country.covering.listing import list_scenes
from mmearth_core.country.covering.scenes import Found
from mmearth_core.country.picture import write_picture
from mmearth_core.country.plan_file import Plan, Row, write_plan
from mmearth_core.embedding.backends import open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.locks import sole_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.wording import counted

#: Where scenes are looked for by default: free, without an account, a cloud-optimised GeoTIFF for each band.
EARTH_SEARCH = "https://earth-search.aws.element84.com/v1"
#: Pixels that two processors embed in a second (benchmarks/country.py), and bytes that a pixel of 64 bands takes on
#: disk (of a real scene).
RATE, BYTES = 126_000.0, 60.0
#: How far from an edge between pixels a border may lie, in pixels, and still be on it.
_NEAR = 1e-3


@dataclass(frozen=True)
class PlanResult:
    """Where a plan is, and what is in it. `seconds`: of one worker of two processors; `left_out`: scenes that cannot be
    used and why, by their names."""

    path: Path
    scenes: int
    looks: int
    area_km2: float
    missing_km2: float
    megapixels: float
    output_bytes: int
    seconds: float
    left_out: Mapping[str, str]
    messages: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "path": str(self.path), "left_out": dict(self.left_out), "messages": list(self.messages)}

    def __str__(self) -> str:
        lines = [
            f"{self.path}: {counted(self.scenes, 'scene')} for {self.area_km2:,.0f} km², {self.megapixels:,.0f} Mpx;"
            f" about {self.seconds / 3600:.1f} hours of one worker (two processors), and {self.output_bytes / 1e9:.1f}"
            " GB of embeddings if they are kept."
        ]
        if self.missing_km2 > 0:
            share = 100 * self.missing_km2 / self.area_km2
            lines.append(f"! {self.missing_km2:,.1f} km² ({share:.1f} %) are missing: no scene shows them.")
        lines += [f"! {message}" for message in self.messages]
        lines += [f"! left out: {text}" for text in self.left_out.values()]
        return "\n".join(lines)


@sole_writer("output", "picture")
def plan(
    *,
    output: str | Path,
    area: str | Path | None = None,
    scenes: Sequence[str | Path] = (),
    dates: str | None = None,
    max_cloud: float = 20.0,
    catalog: str = EARTH_SEARCH,
    collection: str = "sentinel-2-l2a",
    best_of: int = 1,
    split: int | None = None,
    model: str | Path = "default",
    picture: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> PlanResult:
    """Plan which scenes are embedded to cover an area, and which ground of each, so that every place is made once.

    Scenes of a catalogue are found, those at hand looked at; no pixel is embedded, and of a catalogue none is read.
    Where scenes overlap they are cut in the middle, so that each is used far from its edge.

    Args:
        output: The plan to write (GeoParquet; QGIS opens it).
        area: What is to be covered: a vector file of polygons, or west,south,east,north in degrees; by default all that
            the scenes show.
        scenes: Scenes at hand instead of a catalogue: folders, rasters or products.
        dates: First and last day, such as 2023-06-01/2023-08-31, of scenes of a catalogue.
        max_cloud: Percent of clouds that a scene of a catalogue may have.
        catalog: Address of a STAC API.
        collection: Which of its collections.
        best_of: How many scenes are embedded of each place, the least clouded first; in a map of run they vote.
        split: Pixels of a side, a multiple of 256, beyond which a scene is done in parts by several workers, which
            collect puts together again; by default none is.
        model: Name or file of the model, for the bands that are needed.
        picture: A picture to draw as well (SVG): the area, scenes by zone, where they are cut, and what is missing.
        overwrite: Replace outputs that exist.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: There is no scene, or the area or an option is unusable; nothing is written then.
        EnvironmentFailure: The catalogue cannot be reached.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_output(output, overwrite=overwrite, inputs=(*scenes, *([area] if isinstance(area, Path) else [])))
    if path.suffix.lower() != ".parquet":
        raise MMEarthError(f"{path} is to be a plan and does not end in .parquet; let it end so.")
    if picture is not None:
        picture = check_output(picture, overwrite=overwrite, inputs=(path,))
        if picture.suffix.lower() != ".svg":
            raise MMEarthError(f"{picture} is to be a picture and does not end in .svg; let it end so.")
    if best_of < 1 or not 0 <= max_cloud <= 100:
        raise MMEarthError(
            f"`best_of={best_of}` and `max_cloud={max_cloud:g}`: give 1 scene of a place or more, and 0 … 100 percent."
        )
    if split is not None and (split < 256 or split % 256):
        raise MMEarthError(f"`split={split}` is no side of a part; give a multiple of 256, such as 5120.")
    ground = None if area is None else read_area(area)
    header = open_backend(model, "auto").header
    wanted = header.bands
    if scenes:
        found = list_scenes(scenes, wanted=wanted, progress=progress, cancel=cancel)
        ground = (
            polygons_in(shapely.union_all([each.footprint for each in found.candidates])) if ground is None else ground
        )
    else:
        found = _searched(ground, catalog, collection, dates, max_cloud, wanted, progress, cancel)
    if not found.candidates:
        reasons = "; ".join(list(found.left_out.values())[:3])
        raise MMEarthError(
            f"There is no scene to embed{f' ({reasons})' if reasons else ''}; give others, or more days."
        )
    cancel.check()
    choice = choose(found.candidates, ground, looks=best_of)
    if not choice.pieces:
        raise MMEarthError("None of the scenes lies in the area; check the area, or give other scenes.")
    chosen = {id(piece.candidate): piece.candidate.grid for piece in choice.pieces}
    seams = narrow(list(chosen.values()), header.halo)
    told = list(found.messages)
    if seams:
        told.append(
            f"{counted(seams, 'pair')} of neighbours share less than 2 × {header.halo} pixels, what the encoder sees"
            " around one: a seam may show between them."
        )
    first = [row for piece in choice.pieces if piece.look == 1 for row in _rows(piece, split)]
    rows, unused = _with_looks(first, choice.pieces)
    if unused > 0:
        told.append(
            f"{unused:,.1f} km² of further looks left out: less than {LEAST:g} km² of a place each, not worth reading a"
            " scene for."
        )
    asked = {
        "area": None if area is None else str(area),
        "scenes": [str(each) for each in scenes],
        **({} if scenes else {"catalog": catalog, "collection": collection, "dates": dates, "max_cloud": max_cloud}),
        "best_of": best_of,
        "split": split,
        "bands": list(wanted),
    }
    made = Plan(rows, ground, choice.missing, asked)
    if picture is not None:
        write_picture(Path(picture), made)
    write_plan(path, made, software=f"mmearth {__version__}")
    return PlanResult(
        path=path,
        scenes=len(rows),
        looks=max(row.look for row in rows),
        area_km2=square_kilometres(ground),
        missing_km2=choice.missing_km2,
        megapixels=sum(row.megapixels for row in rows),
        output_bytes=sum(row.output_bytes for row in rows),
        seconds=sum(row.seconds for row in rows),
        left_out=found.left_out,
        messages=tuple(told),
    )


def _searched(
    area: Any,
    catalog: str,
    collection: str,
    dates: str | None,
    max_cloud: float,
    wanted: Sequence[str],
    progress: Progress,
    cancel: CancelToken,
) -> Found:
    if area is None or dates is None:
        raise MMEarthError(
            "A catalogue is asked for an area and days; give the area and `dates=FIRST/LAST`, or `scenes`."
        )
    from mmearth_core.country.covering.catalogue import search  # noqa: PLC0415 - the extra `search`, where there are no scenes

    return search(
        area,
        catalogue=catalog,
        collection=collection,
        dates=_days(dates),
        max_cloud=max_cloud,
        wanted=wanted,
        progress=progress,
        cancel=cancel,
    )


def _days(text: str) -> tuple[date, date]:
    wrong = f"`dates={text}` are no two days; give the first and the last, such as 2023-06-01/2023-08-31."
    try:
        first, last = map(date.fromisoformat, text.split("/"))
    except ValueError as error:
        raise MMEarthError(wrong) from error
    if first > last:
        raise MMEarthError(wrong)
    return first, last


def _rows(piece: Piece, split: int | None) -> list[Row]:
    """The rows of a piece: one, or of a scene beyond `split` pixels of a side one for each part; none when it holds no
    pixel's centre."""
    grid, crs = piece.candidate.grid, piece.candidate.grid.crs.to_wkt()
    window, whole = _window(grid, on_map(piece.own, crs))
    if not window:
        return []
    if split is None or max(window.width, window.height) <= split:
        return [_row(piece, window, whole, piece.own, "")]
    found = []
    for part in _parts(window, split):
        box = box_in_degrees(grid.crop(part).bounds, crs)
        own = box if whole else polygons_in(piece.own.intersection(box))
        if not own.is_empty:
            inner, filled = _window(grid, on_map(own, crs))
            if inner:
                found.append(_row(piece, inner, filled, own, f"-{part.row // split}-{part.col // split}"))
    return found


def _with_looks(first: Sequence[Row], pieces: Sequence[Piece]) -> tuple[tuple[Row, ...], float]:
    """The rows of the first look and those of the others, cut so that each lies in one of the first; in the order of
    the places. And how many km² of the others are too small to be worth a scene."""
    tree, unused = shapely.STRtree([row.geometry for row in first]), 0.0
    found = [[row] for row in first]
    for piece in pieces:
        if piece.look == 1:
            continue
        shared = {
            index: polygons_in(piece.own.intersection(first[index].geometry))
            for index in sorted(tree.query(piece.own, predicate="intersects").tolist())
        }
        worth = {index: own for index, own in shared.items() if square_kilometres(own) >= LEAST}
        unused += sum(square_kilometres(own) for index, own in shared.items() if index not in worth)
        for number, (index, own) in enumerate(worth.items()):
            window, whole = _window(piece.candidate.grid, on_map(own, piece.candidate.grid.crs.to_wkt()))
            if window:
                part = "" if len(worth) == 1 else f"-{number}"
                found[index].append(_row(piece, window, whole, own, part, place=first[index].id))
    return tuple(row for rows in found for row in rows), unused


def _parts(window: Window, split: int) -> Iterator[Window]:
    """A window cut at multiples of `split` pixels of its scene: the same whoever cuts it, and at edges of blocks."""
    for row in range(window.row // split * split, window.row_end, split):
        for col in range(window.col // split * split, window.col_end, split):
            yield Window(row, col, split, split).intersection(window)


def _row(piece: Piece, window: Window, whole: bool, own: Any, part: str, place: str | None = None) -> Row:
    """The row of a window of a piece, which makes the ground `own`; by default it is a place itself."""
    scene = piece.candidate
    ground = square_kilometres(own)
    share = 1.0 if whole else min(1.0, ground * 1e6 / (window.pixels * (scene.grid.pixel_area or math.inf)))
    pixels = window.pixels * share
    hrefs = [str(asset["href"]) for asset in ((scene.item or {}).get("assets") or {}).values()]
    told = [scene.name, scene.source, sorted(hrefs), window.columns_first, piece.look, shapely.to_wkb(own, hex=True)]
    look = "" if piece.look == 1 else f"-look{piece.look}"
    name = re.sub(r"[^\w.-]+", "_", f"{scene.name}{look}{part}")
    return Row(
        id=name,
        look=piece.look,
        place=place or name,
        tile=scene.tile,
        source=scene.source,
        item=scene.item,
        hrefs=tuple(hrefs),
        datetime=scene.date,
        cloud=scene.cloud,
        level=scene.level,
        offset=scene.offset,
        evidence=scene.evidence,
        crs=scene.grid.crs.to_wkt(),
        column=window.col,
        row=window.row,
        width=window.width,
        height=window.height,
        whole=whole,
        own_km2=ground,
        megapixels=pixels / 1e6,
        input_bytes=scene.bytes,
        output_bytes=round(pixels * BYTES),
        seconds=pixels / RATE,
        key=hashlib.sha256(json.dumps(told).encode()).hexdigest(),
        footprint=scene.footprint,
        geometry=own,
    )


def _window(grid: Grid, own: Any) -> tuple[Window, bool]:
    """The pixels of a grid that hold a shape in its CRS, and whether the shape holds all of them."""
    corners = shapely.get_coordinates(own)
    cols, rows = ~grid.transform * corners.T
    left, top = math.floor(cols.min() + _NEAR), math.floor(rows.min() + _NEAR)
    right, bottom = math.ceil(cols.max() - _NEAR), math.ceil(rows.max() - _NEAR)
    window = Window(top, left, bottom - top, right - left).intersection(grid.window)
    if not window:
        return window, False
    edges = [grid.transform * at for at in ((window.col, window.row), (window.col_end, window.row_end))]
    step = 2 * _NEAR * max(grid.pixel_size)
    inner = shapely.box(*np.min(edges, axis=0), *np.max(edges, axis=0)).buffer(-step, join_style="mitre")
    return window, bool(own.buffer(step).contains(inner))
