"""Rows of a plan, done: scenes fetched, embedded, mapped, put into the store; the item of each last, as a mark of that.

Whoever does a row again finds the item and does nothing: engines may run a task twice, its outputs are there once.
"""

import hashlib
import json
import platform
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import shapely
import shapely.geometry

from mmearth_core import __version__
from mmearth_core.country.beat import Beat, now
from mmearth_core.country.chips import pooled, write_chips
from mmearth_core.country.fetching import scene_of
from mmearth_core.country.plan_file import Row
from mmearth_core.country.stores import Store, store_at
from mmearth_core.country.zarr_copy import write_zarr
from mmearth_core.embedding.engine import EmbedResult, embed_extent
from mmearth_core.embedding.planning import Extent, around_path
from mmearth_core.embedding.stac.item import acquired_on, item_path
from mmearth_core.errors import EnvironmentFailure, MMEarthError, as_told
from mmearth_core.labelling.classifying.classification import classify_part
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.locks import one_writer
from mmearth_core.maps.smoothing import DEFAULT, Smoothing, margin
from mmearth_core.processors import limited_processors
from mmearth_core.progress import CancelToken
from mmearth_core.raster.opening import opened
from mmearth_core.raster.scene import SceneOptions
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.working_set import DatedEmbedding, PlaceOfWork

Steps = Literal["embed", "embed,classify"]
#: The plan that was run, in the output.
PLAN = "plan.parquet"
#: Folders of a run, and what is in them: marks of what is done, and of what failed.
ITEMS, FAILED = "items", "failed"
EMBEDDINGS, MAPS, CONFIDENCE, CHIPS, ZARR = "embeddings", "maps", "confidence", "chips", "zarr"
_FILE_EXTENSION = "https://stac-extensions.github.io/file/v2.1.0/schema.json"


@dataclass(frozen=True)
class Work:
    """What is done with every row, small enough to go along with each. `probe` is the digest of the probe, which lies
    in the output (`keep_probe`), None where no maps are made. `scratch`: a folder of the machine that does it;
    `threads`: processors a worker uses at most."""

    output: str
    scratch: str
    model: str
    model_id: str
    probe: str | None = None
    drop_embeddings: bool = False
    chips: bool = False
    zarr: bool = False
    smooth: Smoothing = DEFAULT
    exclude_clouds: bool = False
    backend: Literal["auto", "onnx", "torch"] = "auto"
    threads: int | None = None

    @property
    def steps(self) -> Steps:
        return "embed" if self.probe is None else "embed,classify"

    @property
    def margin(self) -> int:
        """Pixels around a row's own that are embedded with it: those that the smoothing of its map looks at."""
        return 0 if self.probe is None else margin(self.smooth)

    @cached_property
    def digest(self) -> str:
        """Of all that decides what comes out."""
        told = {
            name: value
            for name, value in asdict(self).items()
            if name not in {"output", "model", "backend", "scratch", "threads"}
        }
        return hashlib.sha256(json.dumps([told, __version__], sort_keys=True).encode()).hexdigest()

    def key(self, row: Row) -> str:
        """What tells that a row was done with this very work."""
        return hashlib.sha256(f"{row.key} {self.digest}".encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """How a row ended: `done` by this call, `there` already, or `failed` for good, with the reason."""

    id: str
    state: Literal["done", "there", "failed"]
    seconds: float = 0.0
    pixels: int = 0
    reason: str = ""


def item_of(row: Row) -> str:
    """The item of a row, in the output."""
    return f"{ITEMS}/{row.id}.json"


def is_done(store: Store, work: Work, row: Row) -> bool:
    """Whether the item of a row is there, and of this very work."""
    content = store.read(item_of(row))
    try:
        return content is not None and json.loads(content)["properties"]["mmearth:run_key"] == work.key(row)
    except (ValueError, LookupError, TypeError):
        return False


def do(rows: Sequence[Row], work: Work, cancel: CancelToken | None = None) -> tuple[Outcome, ...]:
    """Do a row, or all that show one place and are mapped together: how each ended. An input that cannot be used is an
    outcome, `failed`, and is noted in the store; what may go better the next time, such as a full disk or a lost
    connection, is raised: `EnvironmentFailure`, `Cancelled`."""
    began, cancel = time.monotonic(), cancel or CancelToken()
    store = store_at(work.output)
    if not _left(store, work, rows):
        return tuple(Outcome(row.id, "there") for row in rows)
    # The same each time, so that what was cut off is gone on with.
    folder = Path(work.scratch) / f"{rows[0].id}-{work.key(rows[0])[:12]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Two who do one row on one machine would disturb each other; the second finds it done.
        with one_writer(folder, lambda: True, cancel=cancel), Beat(store, rows[0].id, work.key(rows[0])) as beat:
            left = _left(store, work, rows)
            if not left:
                return tuple(Outcome(row.id, "there") for row in rows)
            folder.mkdir(exist_ok=True)
            with limited_processors(work.threads):
                outcomes = _done(rows, left, work, store, folder, beat, cancel, began)
    except (OSError, MemoryError) as error:
        raise as_told(error, "cluster") or error from error
    for each in outcomes:
        if each.state == "done":
            store.delete(f"{FAILED}/{each.id}.json")
    shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def _left(store: Store, work: Work, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not is_done(store, work, row)]


def _done(
    rows: Sequence[Row],
    left: Sequence[Row],
    work: Work,
    store: Store,
    folder: Path,
    beat: Beat,
    cancel: CancelToken,
    began: float,
) -> tuple[Outcome, ...]:
    """All steps of the rows of which some are `left` to do. A map is made anew of all that show its place, as soon as
    one of them is new; one that cannot be used does not vote."""
    failed, found = dict[str, str](), dict[str, _Embedded]()

    def try_all(those: Sequence[Row]) -> None:
        for row in those:
            try:
                found[row.id] = _embedded(row, work, folder, beat, cancel)
            except MMEarthError as error:
                if type(error) is not MMEarthError:  # the environment's, or a cancel: what is there is gone on with
                    raise
                note_failure(store, work, row, error.text)
                failed[row.id] = error.text

    try_all(left)
    if found:
        try_all([row for row in rows if row not in left])
    looks = [found[row.id] for row in rows if row.id in found]
    try:
        mapped = _mapped(looks, work, store, folder, beat, cancel) if looks and work.probe is not None else None
    except MMEarthError as error:
        if type(error) is not MMEarthError:
            raise
        for each in looks:
            note_failure(store, work, each.row, error.text)
            failed[each.row.id] = error.text
        looks, mapped = [], None
    # The item that names the map comes last: until then none does.
    for each in reversed(looks):
        _kept(each, mapped if each is looks[0] else None, work, store, cancel, began)
    seconds = time.monotonic() - began
    done = {each.row.id: each.made.valid_pixels for each in looks}
    return tuple(
        Outcome(row.id, "failed", seconds, reason=failed[row.id])
        if row.id in failed
        else Outcome(row.id, "done", seconds / len(done), done[row.id])
        if row.id in done
        else Outcome(row.id, "there")
        for row in rows
    )


def given_up(store: Store, work: Work, rows: Sequence[Row], reason: str) -> tuple[Outcome, ...]:
    """Note of those of some rows that are not done that they failed, and why; how each ended."""
    left = _left(store, work, rows)
    for row in left:
        note_failure(store, work, row, reason)
    return tuple(Outcome(row.id, "failed", reason=reason) if row in left else Outcome(row.id, "there") for row in rows)


def keep_probe(store: Store, probe: Path) -> str:
    """Put the probe of a run into its output, where every worker finds it; its digest."""
    content = probe.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    store.write(_probe_named(digest), content)
    return digest


def _probe_named(digest: str) -> str:
    return f"probe-{digest[:12]}.json"


def note_failure(store: Store, work: Work, row: Row, reason: str) -> None:
    """Keep why a row failed, until it is done."""
    told = {"id": row.id, "key": work.key(row), "reason": reason, "host": platform.node(), "time": now()}
    store.write(f"{FAILED}/{row.id}.json", json.dumps(told, ensure_ascii=False).encode())


@dataclass(frozen=True, eq=False)
class _Embedded:
    """A row that is embedded: its raster, and that of it and what a map looks at around; what `embed` told of it."""

    row: Row
    raster: Path
    around: Path
    made: EmbedResult

    @property
    def date(self) -> date | None:
        return acquired_on(self.raster)


def _embedded(row: Row, work: Work, folder: Path, beat: Beat, cancel: CancelToken) -> _Embedded:
    place = folder / row.id
    place.mkdir(exist_ok=True)
    area = None
    if not row.whole:
        area = place / "own.geojson"
        area.write_text(json.dumps(shapely.geometry.mapping(row.geometry)), encoding="utf-8")
    beat.start("Fetching", 0, "B")
    scene = scene_of(row, place, cancel)
    raster = place / f"{row.id}.tif"
    around = around_path(raster) if work.margin else raster
    if not around.exists():  # a raster without its surroundings is half of the result
        raster.unlink(missing_ok=True)
    made = embed_extent(
        scene,
        raster,
        model=work.model,
        options=SceneOptions(exclude_clouds=work.exclude_clouds),
        extent=Extent(window=(row.column, row.row, row.width, row.height) if area is None else None, aoi=area),
        margin=work.margin,
        backend=work.backend,
        progress=beat,
        cancel=cancel,
    )
    return _Embedded(row, raster, around, made)


@dataclass(frozen=True, eq=False)
class _Map:
    """The map of a place: what its item says of the files and of it."""

    assets: dict[str, Any]
    properties: dict[str, Any]


def _mapped(
    looks: Sequence[_Embedded], work: Work, store: Store, folder: Path, beat: Beat, cancel: CancelToken
) -> _Map:
    """The map of what some looks show of a place, with its confidence, into the store."""
    probe, content = folder / "probe.json", store.read(_probe_named(work.probe or ""))
    if content is None:
        raise EnvironmentFailure(f"The probe of the run is no longer in {work.output}; start the run again.")
    probe.write_bytes(content)
    place = looks[0].row.place
    whole, part = (
        Stack.of(PlaceOfWork(tuple(DatedEmbedding(str(path), look.date) for look, path in each), place))
        for each in ([(look, look.around) for look in looks], [(look, look.raster) for look in looks])
    )
    on_pixels, messages = PixelProbe.of_looks(load_probe(probe), whole)
    mapped, certain = folder / "map.tif", folder / "confidence.tif"
    result = classify_part(
        on_pixels,
        part,
        model=probe,
        output=mapped,
        confidence=certain,
        smooth=work.smooth,
        progress=beat,
        cancel=cancel,
    )
    files = {str(look.around): look.row.id for look in looks}
    return _Map(
        {kind: _uploaded(store, file, f"{kind}/{place}.tif") for kind, file in ((MAPS, mapped), (CONFIDENCE, certain))},
        {
            "mmearth:hectares": result.hectares,
            "mmearth:looks": [files[str(image.path)] for image in on_pixels.stack.images if image is not None],
            **({"mmearth:messages": list(messages)} if messages else {}),
        },
    )


def _kept(each: _Embedded, mapped: _Map | None, work: Work, store: Store, cancel: CancelToken, began: float) -> None:
    """What is kept of a row, into the store, and its item last."""
    row, raster = each.row, each.raster
    assets, properties = ({}, {}) if mapped is None else ({**mapped.assets}, {**mapped.properties})
    if work.chips:
        table = raster.with_suffix(".parquet")
        write_chips(table, pooled(raster, cancel), software=f"mmearth {__version__}")
        store.upload(table, f"{CHIPS}/{row.id}.parquet")
        parquet = {"type": "application/vnd.apache.parquet", "roles": ["data"]}
        assets[CHIPS] = {"href": f"../{CHIPS}/{row.id}.parquet", **parquet}
    if work.zarr:
        copied = write_zarr(raster, raster.parent, cancel)
        for file in sorted(path for path in copied.rglob("*") if path.is_file()):
            store.upload(file, f"{ZARR}/{row.id}.zarr/{file.relative_to(copied).as_posix()}")
        assets[ZARR] = {
            "href": f"../{ZARR}/{row.id}.zarr",
            "type": "application/vnd+zarr; version=3",
            "roles": ["data"],
        }
    if not work.drop_embeddings:
        assets[EMBEDDINGS] = _uploaded(store, raster, f"{EMBEDDINGS}/{row.id}.tif")
        store.upload(item_path(raster), f"{EMBEDDINGS}/{row.id}.stac.json")
    properties |= {
        "mmearth:valid_pixels": each.made.valid_pixels,
        "mmearth:seconds": round(time.monotonic() - began, 1),
    }
    own = json.loads(item_path(raster).read_text(encoding="utf-8"))
    item = _item(row, work, own, assets, properties)
    store.write(item_of(row), (json.dumps(item, ensure_ascii=False, indent=1) + "\n").encode())


def _uploaded(store: Store, file: Path, name: str) -> dict[str, Any]:
    """Put a raster and its style into the store; the asset of the item."""
    for beside, named in zip(described_by(file.name), described_by(name), strict=True):
        if (path := file.with_name(beside)).exists():
            store.upload(path, named)
    size, digest = file.stat().st_size, hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(1 << 20):
            digest.update(part)
    with opened(str(file), wanted="a raster") as dataset:
        shape, transform, code = dataset.shape, list(dataset.transform)[:6], dataset.crs.to_epsg()
    store.upload(file, name)
    return {
        "href": f"../{name}",
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "roles": ["data"],
        "file:size": size,
        "file:checksum": f"1220{digest.hexdigest()}",
        "proj:shape": list(shape),
        "proj:transform": transform,
        **({} if code is None else {"proj:code": f"EPSG:{code}"}),
    }


def described_by(raster: str) -> tuple[str, str]:
    """The files that may lie beside a raster and say how it looks and what its classes are called."""
    return raster.rpartition(".")[0] + ".qml", f"{raster}.aux.xml"


def _item(
    row: Row, work: Work, own: Mapping[str, Any], assets: Mapping[str, Any], properties: Mapping[str, Any]
) -> dict[str, Any]:
    """The STAC Item of a row that is done: what the item of its embedding, `own`, says, and what else was made. Without
    the embedding it says nothing of the `emb:` extension."""
    kept = EMBEDDINGS in assets
    told = {name: value for name, value in own["properties"].items() if kept or not name.startswith("emb:")}
    extensions = [each for each in own["stac_extensions"] if kept or "embeddings" not in each]
    return {
        **own,
        "id": row.id,
        "stac_extensions": [*extensions, _FILE_EXTENSION],
        "geometry": shapely.geometry.mapping(row.geometry),
        "bbox": shapely.bounds(row.geometry).tolist(),
        "properties": {
            **told,
            "mmearth:run_key": work.key(row),
            "mmearth:steps": work.steps,
            "mmearth:scene": row.source or row.id,
            "mmearth:tile": row.tile,
            "mmearth:look": row.look,
            "mmearth:place": row.place,
            "mmearth:host": platform.node(),
            **properties,
        },
        "links": [each for each in own["links"] if each["rel"] == "emb:model"],
        "assets": {name: {**(own["assets"].get(name) or {}), **asset} for name, asset in assets.items()},
    }
