"""What is attacked: each target copies some files of the corpus, damages one of them, and calls the product with it."""

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import fuzz_formats as formats
from fuzz_corpus import IMAGES, SAFE
from fuzz_formats import as_json, as_text, raw

Way = Callable[[Random, Path], None]


@dataclass(frozen=True)
class Run:
    """One call with the files of a folder; gives the file it wrote, if any."""

    label: str
    call: Callable[[Path], Path | None]


@dataclass(frozen=True)
class Target:
    """`files` are copied, one of the `victims` is damaged in one of the `ways`, one of the `runs` meets it.

    `weight`: how often it is drawn. `exact`: what is accepted must give the very bytes that the undamaged file gives.
    """

    name: str
    files: tuple[str, ...]
    victims: tuple[str, ...]
    ways: tuple[Way, ...]
    runs: tuple[Run, ...]
    weight: float = 2
    exact: bool = False

    def set_up(self, corpus: Path, folder: Path) -> None:
        """The files of a case, before anything is damaged."""
        (folder / "o").mkdir(parents=True)
        for name in self.files:
            copy = shutil.copytree if (corpus / name).is_dir() else shutil.copy
            copy(corpus / name, folder / Path(name).name)
        asked = folder / "requests.jsonl"
        if asked.exists():
            text = asked.read_text(encoding="utf-8")
            asked.write_text(text.replace("CORPUS", str(corpus)).replace("OUT", str(folder / "o")), encoding="utf-8")


def verb(name: str, output: str | None = None, **options: Any) -> Run:
    """A public function; texts with a dot and the product's folder are files of the case."""

    def placed(value: Any, folder: Path) -> Any:
        if isinstance(value, list):
            return [placed(each, folder) for each in value]
        return folder / value if isinstance(value, str) and "." in value else value

    def call(folder: Path) -> Path | None:
        import mmearth_core
        from mmearth_core.records import plain

        values = {key: placed(value, folder) for key, value in options.items()}
        if output is not None:
            values["output"] = folder / output
        result = getattr(mmearth_core, name)(**values)
        str(result), json.dumps(plain(result), allow_nan=False)
        return values.get("output")

    return Run(f"{name} {' '.join(options)}", call)


def embed(scene: str, output: str = "o/out.tif", **options: Any) -> Run:
    return verb("embed", output, scene=scene, **options)


def _command_line(folder: Path) -> None:
    """`mmearth embed --config embed.yaml` in the case's folder; what it says on stderr is the sentence."""
    from mmearth_core.cli.command import main
    from mmearth_core.errors import MMEarthError

    said = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = main(["embed", "--config", "embed.yaml", "--quiet"])
    if code:
        raise MMEarthError(said.getvalue().split("\nTry:")[0].strip())


def _specification(folder: Path) -> None:
    from mmearth_core.tiles.build.specification import read_specification

    read_specification(folder / "spec.yaml", folder / "o")


def _pretraining(folder: Path) -> None:
    from mmearth_core.pretraining.config import read_config

    read_config(folder / "pretrain.yaml")


def _tiles(folder: Path) -> None:
    from mmearth_core.tiles.reader import TileFile, modalities_for

    tiles = TileFile(folder / "tiles")
    names = list(modalities_for(tiles))
    for index in range(min(len(tiles), 8)):
        tiles.read(index, names)


def _load(name: str) -> Run:
    def call(folder: Path) -> None:
        from mmearth_core.encoder.loading import load_encoder

        load_encoder(folder / name)

    return Run("load_encoder", call)


def _worker(folder: Path) -> None:
    """The requests to a server in this process. An answer of the kind "internal" is a defect."""
    from mmearth_core.worker.server import Server

    answers = io.StringIO()
    Server(io.BytesIO((folder / "requests.jsonl").read_bytes()), answers).serve()
    for event in map(json.loads, answers.getvalue().splitlines()):
        if event.get("kind") == "internal":
            raise AssertionError(f"internal: {event['message']} {event['traceback'][-600:]}")


def _samples(name: str, victims: tuple[str, ...], ways: tuple[Way, ...]) -> Target:
    fit = verb("fit", "o/p.json", embeddings=["emb.tif"], samples=[name])
    similar = verb("similar", "o/s.tif", embedding="emb.tif", like=name)
    return Target(f"samples {name}", ("emb.tif", "samples.qml", *victims), victims, ways, (fit, fit, similar))


def _scene(name: str) -> Target:
    return Target("scene", (name,), (name,), (raw, raw, formats.tiff), (embed(name),))


_OF_EMBEDDING = (
    verb("classify", "o/m.tif", embedding="emb.tif", model="probe.json"),
    verb("similar", "o/s.tif", embedding="emb.tif", at=(400300.0, 5799700.0)),
    verb("cluster", "o/k.tif", embedding="emb.tif", k=3),
    verb("fit", "o/p.json", embeddings=["emb.tif"], samples=["samples.gpkg"]),
    verb("suggest", "o/s.gpkg", embedding="emb.tif", model="probe.json", n=3),
    verb("info", file="emb.tif"),
)


def _of_map(name: str) -> tuple[Run, ...]:
    return (
        verb("sample", "o/p.gpkg", map=name, n=12),
        verb("assess", "o/a.json", map=name, reference="reference.gpkg"),
        verb("outline", "o/p.gpkg", raster=name),
        verb("report", "o/r.html", map=name),
        verb("info", file=name),
    )


_WITH_REFERENCE = (
    verb("assess", "o/a.json", map="map.tif", reference="reference.gpkg"),
    verb("report", "o/r.html", map="map.tif", reference="reference.gpkg"),
)
_OF_PROBE = (
    verb("classify", "o/m.tif", embedding="emb.tif", model="probe.json", confidence="o/c.tif", unknown=0.05),
    verb("suggest", "o/s.gpkg", embedding="emb.tif", model="probe.json", n=3),
    verb("info", file="probe.json"),
)
_EMBEDDING = ("emb.tif", "emb.stac.json", "probe.json", "samples.gpkg")
_SHAPEFILE = tuple(f"samples.{suffix}" for suffix in ("shp", "dbf", "shx", "prj", "cpg"))
_JP2 = tuple(
    f"{IMAGES}/R{metres}m/T30UVD_20210527T112119_{band}_{metres}m.jp2"
    for band, metres in (("B02", 10), ("B11", 20), ("B09", 60), ("SCL", 20))
)
_SCENE, _TILES = ("scene_raw.tif",), ("tiles",)

TARGETS = (
    *map(_scene, ("scene_raw.tif", "scene_zstd.tif", "scene_deflate.tif", "scene_lzw_f32.tif")),
    Target("vrt", ("scene.vrt", *_SCENE), ("scene.vrt",), (as_text, as_text, raw), (embed("scene.vrt"),)),
    Target("safe", (SAFE,), (f"{SAFE}/MTD_MSIL2A.xml",), (as_text, as_text, raw), (embed(SAFE),), 2.5),
    Target("jp2", (SAFE,), _JP2, (raw,), (embed(SAFE, exclude_clouds=True),), 2.5),
    Target(
        "safe zip",
        ("safe.zip",),
        ("safe.zip",),
        (raw, raw, formats.zipped_product, formats.zipped_product),
        (embed("safe.zip"),),
        4,
    ),
    Target("stac", ("item.json", "bands"), ("item.json",), (as_json, as_json, as_json, raw), (embed("item.json"),), 4),
    Target(
        "stac beside",
        ("beside/scene_raw.json", *_SCENE),
        ("scene_raw.json",),
        (as_json, raw),
        (embed("scene_raw.tif"),),
    ),
    Target(
        "mask",
        ("mask.tif", *_SCENE),
        ("mask.tif",),
        (raw, formats.tiff),
        (embed("scene_raw.tif", mask="mask.tif"),),
        1.5,
    ),
    Target(
        "aoi",
        ("samples.gpkg", *_SCENE),
        ("samples.gpkg",),
        (formats.geopackage, raw),
        (embed("scene_raw.tif", aoi="samples.gpkg"),),
        1.5,
    ),
    Target(
        "aoi geojson",
        ("samples.geojson", *_SCENE),
        ("samples.geojson",),
        (as_json, raw),
        (embed("scene_raw.tif", aoi="samples.geojson"),),
        1.5,
    ),
    _samples("samples.gpkg", ("samples.gpkg",), (raw, formats.geopackage, formats.geopackage, formats.geopackage)),
    _samples("samples.geojson", ("samples.geojson",), (as_json, as_json, raw)),
    _samples("samples.shp", _SHAPEFILE, (raw,)),
    _samples("samples.fgb", ("samples.fgb",), (raw,)),
    Target(
        "style",
        ("emb.tif", "samples.geojson", "samples.qml"),
        ("samples.qml",),
        (as_text, raw),
        (verb("fit", "o/p.json", embeddings=["emb.tif"], samples=["samples.geojson"]),),
        1,
    ),
    Target("probe", _EMBEDDING, ("probe.json",), (*[as_json] * 5, raw), _OF_PROBE, 8),
    Target("embedding", _EMBEDDING, ("emb.tif",), (raw, formats.tiff, formats.tiff), _OF_EMBEDDING, 8),
    Target(
        "map",
        ("map.tif", "map.tif.aux.xml", "reference.gpkg", "emb.tif"),
        ("map.tif",),
        (raw, formats.tiff, formats.tiff),
        _of_map("map.tif"),
        6,
    ),
    Target(
        "foreign map",
        ("foreign.tif", "foreign.tif.aux.xml", "reference.gpkg"),
        ("foreign.tif.aux.xml",),
        (as_text, as_text, raw),
        _of_map("foreign.tif"),
        3,
    ),
    Target(
        "reference",
        ("map.tif", "reference.gpkg"),
        ("reference.gpkg",),
        (formats.geopackage, formats.geopackage, raw),
        _WITH_REFERENCE,
        2.5,
    ),
    Target(
        "confidence",
        ("map.tif", "conf.tif"),
        ("conf.tif",),
        (raw, formats.tiff),
        (verb("report", "o/r.html", map="map.tif", confidence="conf.tif"),),
        1.5,
    ),
    Target(
        "report scene",
        ("map.tif", "scene_zstd.tif"),
        ("scene_zstd.tif",),
        (raw, formats.tiff),
        (verb("report", "o/r.html", map="map.tif", scene="scene_zstd.tif"),),
        1.5,
    ),
    Target(
        "onnx",
        ("model.onnx", *_SCENE),
        ("model.onnx",),
        (raw, formats.onnx_model, formats.onnx_model),
        (*[embed("scene_raw.tif", model="model.onnx")] * 2, verb("info", file="model.onnx")),
        5,
    ),
    Target(
        "safetensors",
        ("model.safetensors",),
        ("model.safetensors",),
        (raw, formats.safetensors, formats.safetensors),
        (verb("info", file="model.safetensors"), _load("model.safetensors")),
        4,
    ),
    Target("pth", ("official.pth",), ("official.pth",), (raw,), (_load("official.pth"),)),
    Target("hdf5", _TILES, ("tiles/tiles.h5",), (raw, formats.hdf5), (Run("tiles", _tiles),), 4),
    Target("tile info", _TILES, ("tiles/tiles_tile_info.json",), (raw, as_json), (Run("tiles", _tiles),), 1.5),
    Target(
        "embed.yaml",
        ("embed.yaml", *_SCENE),
        ("embed.yaml",),
        (as_text, as_text, raw),
        (Run("embed --config", _command_line),),
        3,
    ),
    Target(
        "spec.yaml",
        ("spec.yaml", "map.tif", *_SCENE),
        ("spec.yaml",),
        (as_text, as_text, raw),
        (Run("build-tiles specification", _specification),),
    ),
    Target(
        "pretrain.yaml",
        ("pretrain.yaml",),
        ("pretrain.yaml",),
        (as_text, as_text, raw),
        (Run("pretrain configuration", _pretraining),),
    ),
    Target("worker", ("requests.jsonl",), ("requests.jsonl",), (formats.requests,), (Run("worker", _worker),), 4),
    Target(
        "journal",
        ("out.tif.partial", *_SCENE),
        ("out.tif.partial",),
        (formats.journal,),
        (embed("scene_raw.tif", "out.tif", tile=64),),
        4,
        exact=True,
    ),
)
