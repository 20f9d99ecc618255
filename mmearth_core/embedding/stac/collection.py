"""The verb `catalogue`: a folder of embedding rasters becomes a STAC Collection for each model and processing level.

Reads the Items that lie beside the rasters, and makes each a member of its Collection. No raster is opened.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.embedding.stac.item import EMBEDDINGS, STAC_VERSION, is_item_of
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output, write_json
from mmearth_core.locks import one_writer
from mmearth_core.progress import CancelToken, Progress, Silent

#: Where the products of each level are described as a Collection, by those who make them.
_SOURCES = "https://stac.dataspace.copernicus.eu/v1/collections/sentinel-2-"
#: What Items and Collections of STAC 1.0 say of data whose terms nobody stated.
_UNSTATED = "proprietary"
_MEMBERSHIP = {"collection", "parent"}
_USES = ["classification", "similarity_search"]


@dataclass(frozen=True)
class CatalogueResult:
    """The Collections that `catalogue` wrote, and of each how many Items belong to it."""

    collections: tuple[Path, ...]
    items: tuple[int, ...]

    def __str__(self) -> str:
        return "\n".join(
            f"{path}: {count} {'embedding' if count == 1 else 'embeddings'}."
            for path, count in zip(self.collections, self.items, strict=True)
        )


@dataclass(frozen=True)
class _Member:
    """An Item beside a raster: its file and content, and the Collection it belongs to."""

    path: Path
    content: dict[str, Any]

    @property
    def collection(self) -> str:
        """Of the model and the level: embeddings of one Collection are made alike and of the same source data."""
        properties = self.content["properties"]
        level = properties["emb:preprocessing"]["expression"]["level"]
        return f"{properties['mmearth:model']}-{properties['mmearth:model_id'][:12]}-{level}"

    @property
    def interval(self) -> tuple[str, str]:
        properties = self.content["properties"]
        time = properties["datetime"]
        return (time, time) if time else (properties["start_datetime"], properties["end_datetime"])


def catalogue(
    *,
    folder: str | Path,
    licence: str = _UNSTATED,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> CatalogueResult:
    """Describe a folder of embedding rasters as STAC Collections, one for each model and processing level.

    Writes `ID.collection.json` into the folder and links it from the items that embed wrote beside the rasters.

    Args:
        folder: Folder of embedding rasters with their items.
        licence: Under which the embeddings may be used, as an SPDX identifier such as CC-BY-4.0.
        overwrite: Replace Collections that exist.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: There is no embedding in the folder, or an item is damaged.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    folder = Path(folder)
    members: dict[str, list[_Member]] = {}
    others = 0
    for raster in sorted(folder.glob("*.tif")):
        cancel.check()
        item = raster.with_suffix(".stac.json")
        if is_item_of(item, raster):
            member = _read(item)
            members.setdefault(member.collection, []).append(member)
        else:
            others += 1
    if not members:
        raise MMEarthError(f"{folder} has no embedding raster with its item beside it; make one with: mmearth embed.")
    if others:
        progress.message(f"Left out: {others} .tif in {folder} without the item of an embedding beside it.")
    places = [check_output(folder / f"{name}.collection.json", overwrite=overwrite) for name in members]
    progress.start("Describing", sum(map(len, members.values())), "embeddings")
    for place, (name, those) in zip(places, members.items(), strict=True):
        with one_writer(place):
            write_json(place, _collection(name, those, licence))
            for member in those:
                cancel.check()
                _join(member, name, place)
                progress.advance(1)
    progress.finish()
    return CatalogueResult(tuple(places), tuple(map(len, members.values())))


def _read(path: Path) -> _Member:
    """Raises `MMEarthError` when what a Collection needs is not in an item."""
    member = _Member(path, json.loads(path.read_text(encoding="utf-8")))
    try:
        member.collection, member.interval, summary(member.content["properties"])
        if any(link["rel"] == "emb:model" for link in member.content["links"]):
            return member
    except (LookupError, TypeError):
        pass
    raise MMEarthError(f"{path} is damaged or of an earlier version; embed its scene again.")


def summary(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What the `emb:` extension wants a Collection to say, of the properties of one of its Items."""
    return {
        "emb:type": "pixel",
        "emb:dimensions": len(properties["emb:quantization"]["scale"]),
        "data_type": properties["emb:quantization"]["quantized_dtype"],
        "gsd": properties["gsd"],
        "emb:temporal_resolution": "single_acquisition",
        "emb:fit_for_use": _USES,
    }


def _collection(name: str, members: Sequence[_Member], licence: str) -> dict[str, Any]:
    first = members[0].content
    model = next(link for link in first["links"] if link["rel"] == "emb:model")
    level = first["properties"]["emb:preprocessing"]["expression"]["level"]
    product = f"Sentinel-2 Level-{level[1:].upper()}"
    source = {"rel": "emb:source-data", "href": f"{_SOURCES}{level}", "type": "application/json", "title": product}
    starts, ends = zip(*(member.interval for member in members), strict=True)
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": [EMBEDDINGS],
        "id": name,
        "title": f"Embeddings of Sentinel-2 by {first['properties']['mmearth:model']}",
        "description": f"A vector for every pixel, made by model {model['title']} of {product} scenes. Values are"
        " dn · scale + offset; 0 is no data.",
        "license": licence,
        "extent": {
            "spatial": {"bbox": [_around([m.content["bbox"] for m in members if "bbox" in m.content])]},
            "temporal": {"interval": [[min(starts), max(ends)]]},
        },
        **summary(first["properties"]),
        "links": [
            dict(model),
            source,
            *({"rel": "item", "href": member.path.name, "type": "application/geo+json"} for member in members),
        ],
        "item_assets": {"embeddings": {"type": "image/tiff; application=geotiff", "roles": ["data"]}},
    }


def _around(boxes: Sequence[Sequence[float]]) -> list[float]:
    """The box around boxes; of the whole Earth when one crosses the antimeridian or none is known."""
    if not boxes or any(west > east for west, _, east, _ in boxes):
        return [-180, -90, 180, 90]
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


def _join(member: _Member, collection: str, place: Path) -> None:
    links: list[Mapping[str, str]] = [each for each in member.content["links"] if each["rel"] not in _MEMBERSHIP]
    links += [{"rel": rel, "href": place.name, "type": "application/json"} for rel in sorted(_MEMBERSHIP)]
    write_json(member.path, member.content | {"collection": collection, "links": links})
