"""What a file is, as its own reader understands it. Reads descriptions, of a scene some pixels too; never writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from mmearth_core.accuracy.summary import read_report
from mmearth_core.embedding.backends import header_of
from mmearth_core.embedding.stac.item import acquired_on
from mmearth_core.encoder.foreign.encoder import ForeignEncoder
from mmearth_core.encoder.model_file import read_header
from mmearth_core.encoder.registry import find, local_file
from mmearth_core.encoder.weights import state
from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import TAG_NAMESPACE, VECTOR_ENDINGS, kind_of
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.maps.class_map import PLACES_TAG, ClassMap
from mmearth_core.maps.origins import HISTORY_TAG, without_origins
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import is_local, opened
from mmearth_core.raster.scene import open_scene
from mmearth_core.raster.scene_files import collect
from mmearth_core.records import plain
from mmearth_core.sentinel2 import ENCODER_BANDS, MINIMUM_BANDS
from mmearth_core.sources.elsewhere.recognition import foreign_embedding, is_array
from mmearth_core.sources.embedding import Embedding, open_embedding
from mmearth_core.sources.working_set import parsed_working_set, working_set_of
from mmearth_core.vectors.locating import layers_of
from mmearth_core.wording import counted

#: Suffixes of model files of ours.
_MODEL_SUFFIXES = (".onnx", ".safetensors")
#: A sequence longer than this is counted rather than printed.
_LONGEST = 16
#: So much is printed of each value of a list of records: of a digest what tells it from others.
_SHORT = 24
_NAMELESS = "band {}"
_WANTED = "a raster, a vector file, a probe or a model"


@dataclass(frozen=True)
class Description:
    """What a file is (`kind`) and the facts about it, as plain JSON values in the order worth reading.

    `following` is the command to go on with; empty where none suggests itself.
    """

    kind: str
    source: str
    facts: dict[str, Any]
    following: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"kind": self.kind, "source": self.source} | self.facts | {"next": self.following or None}

    def __str__(self) -> str:
        rows = [(name, value) for name, value in _rows(self.facts) if value]
        rows += [("next", self.following)] if self.following else []
        width = max((len(name) for name, _ in rows), default=0)
        return "\n".join([f"{self.source}: {self.kind}", *(f"  {name.ljust(width)}  {value}" for name, value in rows)])


def info(*, file: str | Path) -> Description:
    """Say what a file is, what it holds, and what to do with it next.

    Args:
        file: Scene, embedding raster, map, any other raster, probe, working set, report of accuracy, model, vector file
            or STAC item.

    Raises:
        MMEarthError: The file is missing, damaged or none of these.
    """
    path = Path(file)
    if path.suffix in _MODEL_SUFFIXES:
        return _describe_model(path)
    if path.suffix.lower() in VECTOR_ENDINGS and path.is_file() and (layers := layers_of(path)):
        return Description("vector file", str(path), {"layers": layers})
    if path.suffix.lower() == ".json" and path.exists():
        return _describe_json(path)
    if is_array(file):
        return _describe_embedding(open_embedding(file))
    return _describe_raster(str(file))


def weights_info(*, model: str) -> Description:
    """Say what a model is: where it comes from, its bands, licence and citation, and what of it is on this machine.

    Args:
        model: Name of a model, or path of its file.

    Raises:
        MMEarthError: It is neither a known name nor a model file.
    """
    path = Path(model)
    if path.is_file() and path.suffix in _MODEL_SUFFIXES:
        return _describe_model(path)
    known = find(model)
    facts = asdict(known) | {"on this machine": state(known) or "no"}
    if state(known) in {"ready", "converted"}:
        file = local_file(known.name, suffixes=(".onnx", ".safetensors"))
        facts |= {"file": str(file)} | asdict(read_header(file))
        if file.with_suffix(".md").is_file():
            facts["card"] = str(file.with_suffix(".md"))
    return Description("model with a name", known.name, facts)


def _describe_model(path: Path) -> Description:
    header = header_of(path)
    if isinstance(header, ForeignEncoder):
        found = {"name": header.name, "model_id": header.model_id, "dimensions": header.dimensions}
        found |= {"stride": header.stride, "patch": header.patch, "takes this tile only": header.fixed}
        return Description("encoder model of others", str(path), asdict(header.card) | found)
    return Description("encoder model", str(path), asdict(read_header(path)))


def _describe_json(path: Path) -> Description:
    kind = kind_of(path)
    if kind == "working set":
        return _describe_working_set(path)
    if kind == "accuracy report":
        return _describe_accuracy(path)
    if kind == "STAC item":
        return _describe_stac(path, json.loads(path.read_text(encoding="utf-8")))
    if kind == "vector file" and (layers := layers_of(path)):
        return Description("vector file", str(path), {"layers": layers})
    following = f"mmearth classify EMB.tif {quote(str(path))} -o MAP.tif"
    return Description("probe", str(path), load_probe(path).as_dict(), following)  # which says what else is wrong


def _describe_stac(path: Path, content: Mapping[str, Any]) -> Description:
    """An item or a collection."""
    kind = "STAC collection" if content.get("type") == "Collection" else "STAC item"
    facts = {name: content[name] for name in ("id", "stac_version", "bbox", "properties", "extent") if name in content}
    assets = content.get("assets")
    return Description(kind, str(path), facts | {"assets": sorted(assets) if isinstance(assets, dict) else []})


def _describe_accuracy(path: Path) -> Description:
    report = read_report(path)
    of_all = " --embedding WORKING_SET.json" if report.places else ""
    following = f"mmearth report {quote(report.map)}{of_all} --reference {quote(report.reference)} -o PAGE.html"
    return Description("report of accuracy", str(path), report.facts, following)


def _describe_working_set(path: Path) -> Description:
    found, unfit = parsed_working_set(path), ""
    try:
        found = working_set_of(path)
        named = dict.fromkeys(name for place in found.places for name in place.named)
        missing = [name for name in named if is_local(name) and not Path(name).exists()]
        unfit = f"{', '.join(missing)} cannot be found" if missing else ""
    except MMEarthError as error:
        unfit = _asked(error)
    places = {place.name or f"place {number}": str(place) for number, place in enumerate(found.places, 1)}
    samples = "" if any(place.samples for place in found.places) else " SAMPLES.gpkg"
    following = f"mmearth fit {quote(str(path))}{samples} -o MODEL.json"
    return Description("working set", str(path), {"places": places, "problem": unfit}, "" if unfit else following)


def _describe_raster(source: str) -> Description:
    with opened(source, wanted=_WANTED) as dataset:
        product = dataset.tags(ns=TAG_NAMESPACE).get("product")
        grid = Grid.of(dataset)
        told = {
            "driver": dataset.driver,
            "bands": [name or _NAMELESS.format(index) for index, name in enumerate(dataset.descriptions, 1)],
            "data type": dataset.dtypes[0],
            "no-data": dataset.nodata,
            "scales": sorted(set(dataset.scales)),
            "offsets": sorted(set(dataset.offsets)),
        }
    if product == "embedding":
        return _describe_embedding(open_embedding(source))
    if product == "map":
        return _describe_map(ClassMap.open(source))
    if product is not None:
        return Description(f"raster of {product}", source, _of_grid(grid) | told)
    try:
        if (foreign := foreign_embedding(source)) is not None:
            return _describe_embedding(foreign)
    except MMEarthError as error:
        told["as an embedding"] = str(error)
    as_scene, readable = _as_scene(source, told["bands"])
    following = f"mmearth embed {quote(source)} -o EMB.tif" if readable else ""
    return Description("raster", source, _of_grid(grid) | told | as_scene, following)


def _as_scene(source: str, bands: Sequence[str]) -> tuple[dict[str, Any], bool]:
    """How `embed` would read a raster, and whether it would; nothing when its bands have other names."""
    try:
        if len(collect(source).bands.keys() & set(ENCODER_BANDS)) < MINIMUM_BANDS:
            return {}, False
    except MMEarthError as error:
        nameless = len(bands) >= MINIMUM_BANDS and all(name == _NAMELESS.format(i) for i, name in enumerate(bands, 1))
        return ({"as a scene": _asked(error)} if nameless else {}), False
    try:
        scene = open_scene(source, wanted=ENCODER_BANDS)
    except MMEarthError as error:
        return {"as a scene": _asked(error)}, False
    return {"as a scene": " ".join((*scene.warnings, *scene.evidence))}, True


def _asked(error: MMEarthError) -> str:
    """A sentence of `embed` as the command words it."""
    return error.worded(lambda name, value: " ".join(filter(None, (f"--{name.replace('_', '-')}", value))))


def _describe_embedding(raster: Embedding) -> Description:
    model = {"model": raster.name, "model_id": raster.identity, "embedding bands": len(raster.bands)}
    taken = acquired_on(Path(raster.path))
    facts = {"date": taken and taken.isoformat(), **raster.facts}
    facts = {name: value for name, value in facts.items() if value is not None}
    following = f"mmearth fit {quote(str(raster.path))} SAMPLES.gpkg -o MODEL.json"
    return Description("embedding raster", str(raster.path), _of_grid(raster.grid) | model | facts, following)


def _describe_map(class_map: ClassMap) -> Description:
    classes = {str(each.value): each.name for each in class_map.legend.classes}
    tags = {
        name: value
        for name, value in class_map.tags.items()
        if name not in {"product", "legend", PLACES_TAG, HISTORY_TAG}
    }
    facts = {
        "classes": classes,
        "made of": plain(class_map.origins),
        "history": [*map(str, class_map.history)],
    } | without_origins(tags)
    following = f"mmearth sample {quote(str(class_map.path))} -n 200 -o POINTS.gpkg"
    return Description("map", str(class_map.path), _of_grid(class_map.grid) | facts, following)


def _of_grid(grid: Grid) -> dict[str, Any]:
    return {
        "width": grid.width,
        "height": grid.height,
        "pixel size": list(grid.pixel_size),
        "crs": grid.crs.to_string() if grid.crs else None,
        "bounds": list(grid.bounds),
    }


def _rows(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """(name, printed value) of each fact; those inside a mapping are prefixed with its name."""
    rows: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, Mapping) and value and all(key.isdigit() for key in value):
            rows.append((prefix + name, ", ".join(f"{key} {_printed(each)}" for key, each in value.items())))
        elif isinstance(value, Mapping) and value:
            # What STAC calls properties are those of the item itself.
            rows.extend(_rows(value, prefix if name == "properties" else f"{prefix}{name}."))
        else:
            rows.append((prefix + name, _printed(value)))
    return rows


def _printed(value: Any) -> str:
    """A value for a reader; empty where there is nothing to tell."""
    if isinstance(value, Mapping):
        return " ".join(_printed(each)[:_SHORT] for each in value.values() if each is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and all(isinstance(each, str) and each.endswith(".") for each in value):
            return " ".join(value)  # sentences
        return ", ".join(map(_printed, value)) if len(value) <= _LONGEST else counted(len(value), "value")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "none" if value is None else str(value)
