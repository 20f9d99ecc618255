"""The verb `collect`: what a run has made becomes one thing: a STAC Collection, mosaics that QGIS opens, areas."""

import csv
import io
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine

from mmearth_core import __version__
from mmearth_core.country.chips import Chips, over_looks, read_chips, together, write_chips
from mmearth_core.country.status import plan_of
from mmearth_core.country.stores import Store, store_at
from mmearth_core.country.tasks import CHIPS, CONFIDENCE, EMBEDDINGS, ITEMS, MAPS, described_by
from mmearth_core.embedding.stac.collection import summary
from mmearth_core.embedding.stac.item import STAC_VERSION
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened
from mmearth_core.raster.vrt import VirtualBand, VirtualSource, virtual_raster
from mmearth_core.sources.place_maps import COLLECTION
from mmearth_core.wording import counted, hectares

AREAS, SQUARES = "areas.csv", "chips.parquet"


@dataclass(frozen=True)
class CollectResult:
    """What describes a run as a whole: its Collection, the mosaics by what is in them, hectares by class, and how many
    squares can be searched."""

    collection: str
    mosaics: dict[str, tuple[str, ...]]
    hectares: dict[str, float]
    scenes: int
    missing: tuple[str, ...]
    chips: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            **vars(self),
            "mosaics": {kind: list(each) for kind, each in self.mosaics.items()},
            "missing": list(self.missing),
        }

    def __str__(self) -> str:
        lines = [f"{self.collection}: {counted(self.scenes, 'scene')}."]
        lines += [f"  {kind}: {', '.join(names)}" for kind, names in self.mosaics.items()]
        lines += [f"  {name}: {hectares(area)} ha" for name, area in self.hectares.items()]
        lines += [f"  {SQUARES}: {counted(self.chips, 'square')} to search"] if self.chips else []
        if self.missing:
            some = ", ".join(self.missing[:10]) + (" …" if len(self.missing) > 10 else "")
            lines.append(f"! not done yet, and so not in it: {some}")
        return "\n".join(lines)


def collect(*, output: str | Path, name: str = "country", licence: str = "proprietary") -> CollectResult:
    """Describe what a run has made as one: a STAC Collection, mosaics that open like one raster, areas of classes.

    Writes collection.json, for each kind and UTM zone a mosaic (VRT, in which nothing is copied), areas.csv, and of a
    run with chips their table. What is not done yet is left out, and said; collect again when it is.

    Args:
        output: Folder or address that mmearth run writes to.
        name: The id of the Collection.
        licence: Under which it may be used, as an SPDX identifier such as CC-BY-4.0.

    Raises:
        MMEarthError: There is no run, or nothing of it is done.
        EnvironmentFailure: The place cannot be reached.
    """
    store = store_at(output)
    plan = plan_of(store)
    ids = {row.id for row in plan.rows}
    items = [item for item in map(_item, _contents(store)) if item["id"] in ids]
    if not items:
        raise MMEarthError(f"Nothing of the run in {output} is done; see mmearth status, and run it on.")
    missing = sorted(ids - {item["id"] for item in items})
    mosaics = {kind: names for kind in (MAPS, CONFIDENCE, EMBEDDINGS) if (names := _mosaics(store, kind, items))}
    areas = Counter[str]()
    for item in items:
        areas.update(item["properties"].get("mmearth:hectares", {}))
    if areas:
        store.write(AREAS, _table(areas).encode())
    squares = _chips(store, items)
    told = _collection(name, licence, items, mosaics, areas, squares)
    store.write(COLLECTION, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    return CollectResult(f"{output}/{COLLECTION}", mosaics, dict(areas), len(items), tuple(missing), squares)


def _contents(store: Store) -> list[bytes]:
    return [content for name in sorted(store.names(ITEMS)) if (content := store.read(name)) is not None]


def _item(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
        told["id"], told["assets"], told["bbox"], told["properties"]["mmearth:run_key"]
    except (ValueError, LookupError, TypeError) as error:
        raise MMEarthError(f"An item in {ITEMS} is damaged; remove it, and run the plan again.") from error
    return dict(told)


def _mosaics(store: Store, kind: str, items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Write the mosaics of a kind, one for each system and lattice, and look; their names."""
    systems: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for item in items:
        asset = item["assets"].get(kind)
        if asset is not None:
            part = _Part(
                asset["href"].removeprefix("../"), tuple(asset["proj:shape"]), Affine(*asset["proj:transform"])
            )
            look = item["properties"].get("mmearth:look", 1) if kind == EMBEDDINGS else 1  # of a place there is one map
            systems[str(asset.get("proj:code", "other")), "" if look == 1 else f"-look{look}"].append(part)
    names = []
    for (code, look), parts in sorted(systems.items()):
        groups = _on_one_lattice(parts)
        for number, group in enumerate(groups, start=1):
            zone = code.removeprefix("EPSG:") + (f"-{number}" if len(groups) > 1 else "")
            name = f"{kind}-{zone}{look}.vrt"
            store.write(name, _mosaic(group, store.gdal_path(group[0].name)).encode())
            for beside, named in zip(described_by(group[0].name), described_by(name), strict=True):
                if (content := store.read(beside)) is not None:
                    store.write(named, content)
            names.append(name)
    return tuple(names)


@dataclass(frozen=True)
class _Part:
    """A raster of a mosaic: its name beside the mosaic, (height, width), and where it lies."""

    name: str
    shape: tuple[int, int]
    transform: Affine


def _mosaic(parts: Sequence[_Part], example: str) -> str:
    """The VRT of parts on one lattice, in one coordinate system. `example`: what GDAL opens one of them by; its bands,
    with names, scales, colours and no-data value, are those of the mosaic, and its tags."""
    step, down = parts[0].transform.a, parts[0].transform.e
    left, top = min(part.transform.c for part in parts), max(part.transform.f for part in parts)
    sources = [
        VirtualSource(
            part.name,
            Window(round((part.transform.f - top) / down), round((part.transform.c - left) / step), *part.shape),
            beside=True,
        )
        for part in parts
    ]
    height, width = (max(getattr(each.window, end) for each in sources) for end in ("row_end", "col_end"))
    with opened(example, wanted="a raster") as dataset:
        grid = Grid(height, width, Affine(step, 0, left, 0, down, top), dataset.crs)
        coloured = dataset.count == 1 and dataset.colorinterp[0].name == "palette"
        bands = [
            VirtualBand(
                number,
                dataset.dtypes[number - 1],
                dataset.nodata,
                dataset.descriptions[number - 1],
                dataset.scales[number - 1],
                dataset.offsets[number - 1],
                dataset.colormap(1) if coloured else None,
            )
            for number in range(1, dataset.count + 1)
        ]
        tags = {key: value for key, value in dataset.tags().items() if key != "AREA_OR_POINT"}
    return virtual_raster(grid, bands, sources, tags)


def _on_one_lattice(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Parts by the lattice of their pixels: those of one group can be put together without resampling."""
    found: dict[tuple[float, ...], list[_Part]] = {}
    for part in parts:
        t = part.transform
        key = (t.a, t.e, *np.round((t.c % t.a / t.a % 1, t.f % -t.e / -t.e % 1), 3).tolist())
        found.setdefault(key, []).append(part)
    return list(found.values())


def _chips(store: Store, items: Sequence[Mapping[str, Any]]) -> int:
    """Put the chips of all scenes together; how many squares they are."""
    looks = defaultdict[int, list[Chips]](list)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / SQUARES
        for item in items:
            name = f"{CHIPS}/{item['id']}.parquet"
            if CHIPS in item["assets"] and (content := store.read(name)) is not None:
                here.write_bytes(content)
                looks[item["properties"].get("mmearth:look", 1)].append(read_chips(here))
        if not looks:
            return 0
        whole = over_looks([together(parts) for _, parts in sorted(looks.items())])
        write_chips(here, whole, software=f"mmearth {__version__}")
        store.upload(here, SQUARES)
    return len(whole)


def _table(areas: Mapping[str, float]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["class", "ha", "share"])
    total = sum(areas.values()) or 1.0
    for name, area in areas.items():
        table.writerow([name, f"{area:.4f}", f"{area / total:.6f}"])
    return text.getvalue()


def _collection(
    name: str,
    licence: str,
    items: Sequence[Mapping[str, Any]],
    mosaics: Mapping[str, Sequence[str]],
    areas: Mapping[str, float],
    squares: int,
) -> dict[str, Any]:
    """The STAC Collection. Of embeddings that are all there it says, in the terms of `emb:`, what they are."""
    boxes = [item["bbox"] for item in items]
    across = any(west > east for west, _, east, _ in boxes)
    west, south, east, north = zip(*boxes, strict=True)
    times = sorted(time for item in items for time in _times(item["properties"]))
    kept = all(EMBEDDINGS in item["assets"] for item in items)
    extensions = sorted(
        {each for item in items for each in item["stac_extensions"] if kept or "embeddings" not in each}
    )
    properties = [item["properties"] for item in items]
    model = [link for link in items[0]["links"] if link["rel"] == "emb:model"]
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": extensions,
        "id": name,
        "title": name,
        "description": f"{counted(len(items), 'scene')} embedded by {properties[0].get('mmearth:model', 'mmearth')},"
        " every place once.",
        "license": licence,
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90] if across else [min(west), min(south), max(east), max(north)]]},
            "temporal": {"interval": [[times[0] if times else None, times[-1] if times else None]]},
        },
        **(summary(properties[0]) if kept else {}),
        "summaries": {
            "mmearth:model_id": sorted({str(each.get("mmearth:model_id")) for each in properties}),
            "mmearth:valid_pixels": {
                "minimum": min(each["mmearth:valid_pixels"] for each in properties),
                "maximum": max(each["mmearth:valid_pixels"] for each in properties),
            },
        },
        **({"mmearth:hectares": dict(areas)} if areas else {}),
        "links": [
            {"rel": "self", "href": f"./{COLLECTION}", "type": "application/json"},
            *model,
            *(
                {"rel": "item", "href": f"./{ITEMS}/{item['id']}.json", "type": "application/geo+json"}
                for item in items
            ),
        ],
        "assets": {
            Path(each).stem: {
                "href": f"./{each}",
                "type": "application/xml",
                "roles": ["data"],
                "title": f"{kind}, as one raster",
            }
            for kind, several in mosaics.items()
            for each in several
        }
        | (
            {"chips": {"href": f"./{SQUARES}", "type": "application/vnd.apache.parquet", "roles": ["data"]}}
            if squares
            else {}
        ),
    }


def _times(properties: Mapping[str, Any]) -> list[str]:
    told = [properties.get(name) for name in ("datetime", "start_datetime", "end_datetime")]
    return [str(each) for each in told if each]
