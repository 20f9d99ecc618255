"""Small valid inputs of every format that is read, made with the product itself: what the fuzz cases damage."""

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pyogrio.raw
import pyproj
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray

BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
GSD = dict.fromkeys(("B01", "B09"), 60) | dict.fromkeys(("B05", "B06", "B07", "B8A", "B11", "B12"), 20)
SIDE, CRS = 72, "EPSG:32630"
WEST, NORTH = 400_000, 5_800_000
TRANSFORM = Affine(10, 0, WEST, 0, -10, NORTH)
SAFE = "S2B_MSIL2A_20210527T112119_N0500_R037_T30UVD_20210527T135523.SAFE"
IMAGES = f"{SAFE}/GRANULE/L2A_T30UVD_A022063_20210527T112120/IMG_DATA"
TAGS = {"PROCESSING_LEVEL": "L2A", "SCALE": "0.0001", "BOA_ADD_OFFSET": "0"}
MTD = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd">
<n1:General_Info><Product_Info><PRODUCT_START_TIME>2021-05-27T11:21:19.024Z</PRODUCT_START_TIME>
<PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL><PRODUCT_TYPE>S2MSI2A</PRODUCT_TYPE>
<PROCESSING_BASELINE>05.00</PROCESSING_BASELINE>
<Datatake><DATATAKE_SENSING_START>2021-05-27T11:21:19.024Z</DATATAKE_SENSING_START></Datatake></Product_Info>
<Product_Image_Characteristics><QUANTIFICATION_VALUES_LIST>
<BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE></QUANTIFICATION_VALUES_LIST>
<BOA_ADD_OFFSET_VALUES_LIST><BOA_ADD_OFFSET band_id="0">-1000</BOA_ADD_OFFSET>
<BOA_ADD_OFFSET band_id="1">-1000</BOA_ADD_OFFSET></BOA_ADD_OFFSET_VALUES_LIST></Product_Image_Characteristics>
</n1:General_Info></n1:Level-2A_User_Product>
"""
QML = (
    '<qgis><renderer-v2 type="categorizedSymbol" attr="class"><categories><category value="water" symbol="0"'
    ' label="Water"/></categories><symbols><symbol name="0"><layer><prop k="color" v="1,2,3,255"/></layer></symbol>'
    "</symbols></renderer-v2></qgis>"
)


def make_corpus(folder: Path, *, torch: bool = False) -> None:
    """Fill a folder; with `torch`, also an official-looking checkpoint."""
    folder.mkdir(parents=True)
    dn, fields = _pixels()
    _scenes(folder, dn, fields)
    _product(folder, dn, fields)
    _item(folder)
    _vrt(folder)
    for name in ("samples.gpkg", "samples.geojson", "samples.shp", "samples.fgb"):
        _samples(folder / name, fields)
    (folder / "samples.qml").write_text(QML)
    with sqlite3.connect(folder / "samples.gpkg") as tables:
        tables.execute(
            "CREATE TABLE layer_styles"
            " (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT, useAsDefault INTEGER, update_time TEXT)"
        )
        tables.execute("INSERT INTO layer_styles VALUES (1, 'samples', ?, 1, 'x')", (QML,))
    _products_of_ours(folder)
    _models(folder, torch=torch)
    _configurations(folder)
    _requests(folder)
    _journal(folder)


def _pixels() -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    rng = np.random.default_rng(0)
    fields = np.kron(rng.integers(0, 3, (6, 6)), np.ones((12, 12), int))
    base = rng.uniform(400, 4000, (3, len(BANDS)))
    dn = base[fields].transpose(2, 0, 1) + rng.normal(0, 60, (len(BANDS), SIDE, SIDE))
    return np.clip(dn, 200, 9000).astype(np.uint16), fields


def write_raster(path: Path, dn: NDArray, names: tuple[str, ...] = (), tags: dict | None = None, **profile) -> None:
    shape = {"count": len(dn), "height": dn.shape[1], "width": dn.shape[2], "dtype": str(dn.dtype)}
    standard = {"driver": "GTiff", "crs": CRS, "transform": TRANSFORM, "nodata": 0}
    with rasterio.open(path, "w", **(standard | shape | profile)) as dataset:
        dataset.write(dn)
        if names:
            dataset.descriptions = names
        dataset.update_tags(**(TAGS if tags is None else tags))


def _scenes(folder: Path, dn: NDArray, fields: NDArray) -> None:
    write_raster(folder / "scene_raw.tif", dn, BANDS)
    blocks = {"tiled": True, "blockxsize": 32, "blockysize": 32}
    write_raster(folder / "scene_zstd.tif", dn, BANDS, compress="zstd", predictor=2, **blocks)
    write_raster(folder / "scene_deflate.tif", dn, BANDS, compress="deflate", interleave="pixel")
    reflectance = (dn / 1e4).astype(np.float32)
    write_raster(folder / "scene_lzw_f32.tif", reflectance, BANDS, tags=TAGS | {"SCALE": "1"}, compress="lzw")
    write_raster(folder / "mask.tif", np.where(fields == 1, 9, 0).astype(np.uint8)[None], tags={}, nodata=None)
    (folder / "bands").mkdir()
    for name in ("B02", "B03", "B04", "B08"):
        write_raster(folder / "bands" / f"{name}.tif", dn[BANDS.index(name)][None], (name,))


def _product(folder: Path, dn: NDArray, fields: NDArray) -> None:
    """A `.SAFE` folder, and a zip of it."""
    lossless = {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES", "nodata": None, "tags": {}}
    layers = [(name, GSD.get(name, 10), dn[BANDS.index(name)]) for name in BANDS]
    layers.append(("SCL", 20, np.where(fields == 2, 9, 4).astype(np.uint8)))
    for name, metres, pixels in layers:
        place = folder / IMAGES / f"R{metres}m"
        place.mkdir(parents=True, exist_ok=True)
        step = metres // 10
        path = place / f"T30UVD_20210527T112119_{name}_{metres}m.jp2"
        write_raster(path, pixels[None, ::step, ::step], transform=TRANSFORM * Affine.scale(step), **lossless)
    (folder / SAFE / "MTD_MSIL2A.xml").write_text(MTD)
    with zipfile.ZipFile(folder / "safe.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / SAFE).rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())


def _item(folder: Path) -> None:
    assets = {
        name.lower(): {
            "href": f"bands/{name}.tif",
            "eo:bands": [{"name": name, "common_name": name.lower()}],
            "raster:bands": [{"scale": 0.0001, "offset": -0.1, "nodata": 0}],
        }
        for name in ("B02", "B03", "B04", "B08")
    }
    item = {
        "type": "Feature", "stac_version": "1.0.0", "id": "s2", "collection": "sentinel-2-l2a", "geometry": None,
        "bbox": [0, 0, 1, 1], "links": [], "stac_extensions": [], "assets": assets,
        "properties": {"datetime": "2021-05-27T11:21:19Z", "s2:processing_baseline": "05.00",
                       "processing:level": "L2A", "earthsearch:boa_offset_applied": True},
    }  # fmt: skip
    (folder / "item.json").write_text(json.dumps(item))
    # An item beside a scene, which would be found there; a target copies it there only for itself.
    beside = item | {"assets": {}, "properties": item["properties"] | {"s2:processing_baseline": "02.00"}}
    (folder / "beside").mkdir()
    (folder / "beside" / "scene_raw.json").write_text(json.dumps(beside))
    shutil.copy(folder / "scene_raw.tif", folder / "beside")


def _vrt(folder: Path) -> None:
    with rasterio.open(folder / "scene_raw.tif") as dataset:
        crs = escape(dataset.crs.to_wkt())
    bands = "\n".join(
        f'<VRTRasterBand dataType="UInt16" band="{index}"><Description>{name}</Description><NoDataValue>0</NoDataValue>'
        '<SimpleSource><SourceFilename relativeToVRT="1">scene_raw.tif</SourceFilename>'
        f"<SourceBand>{index}</SourceBand></SimpleSource></VRTRasterBand>"
        for index, name in enumerate(BANDS, 1)
    )
    tags = "".join(f'<MDI key="{key}">{value}</MDI>' for key, value in TAGS.items())
    (folder / "scene.vrt").write_text(
        f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}"><SRS>{crs}</SRS>'
        f"<GeoTransform>{WEST},10,0,{NORTH},0,-10</GeoTransform><Metadata>{tags}</Metadata>\n{bands}</VRTDataset>"
    )


def _samples(path: Path, fields: NDArray) -> None:
    shapes, labels = [], []
    for i, j in np.ndindex(6, 6):
        x, y = WEST + 120 * j + 20, NORTH - 120 * i - 20
        shapes.append(shapely.box(x, y - 80, x + 80, y))
        labels.append(("water", "forest", "urban")[fields[12 * i, 12 * j]])
    crs = CRS
    if path.suffix == ".geojson":
        crs = "EPSG:4326"
        to_degrees = pyproj.Transformer.from_crs(CRS, crs, always_xy=True).transform
        shapes = [shapely.transform(shape, lambda p: np.column_stack(to_degrees(*p.T))) for shape in shapes]
    wkb = shapely.to_wkb(np.array(shapes, object))
    pyogrio.raw.write(path, wkb, [np.array(labels, object)], ["class"], geometry_type="Polygon", crs=crs)


def _products_of_ours(folder: Path) -> None:
    """Embedding, probe, map with confidence, a reference sample, and somebody else's map with an attribute table."""
    import mmearth_core

    mmearth_core.embed(scene=folder / "scene_raw.tif", output=folder / "emb.tif")
    mmearth_core.fit(embeddings=[folder / "emb.tif"], samples=[folder / "samples.gpkg"], output=folder / "probe.json")
    mmearth_core.classify(
        embedding=folder / "emb.tif",
        model=folder / "probe.json",
        output=folder / "map.tif",
        confidence=folder / "conf.tif",
    )
    mmearth_core.sample(map=folder / "map.tif", output=folder / "points.gpkg", n=30)
    names = {c["value"]: c["name"] for c in json.loads((folder / "probe.json").read_text())["classes"]}
    meta, _, wkb, columns = pyogrio.raw.read(folder / "points.gpkg")
    fields = list(meta["fields"])
    columns = list(columns)
    columns[fields.index("class")] = np.array([names[int(s)] for s in columns[fields.index("stratum")]], object)
    pyogrio.raw.write(folder / "reference.gpkg", wkb, columns, fields, geometry_type="Point", crs=meta["crs"])
    with rasterio.open(folder / "map.tif") as dataset:
        write_raster(folder / "foreign.tif", dataset.read(), tags={})
    rows = "".join(
        f'<Row index="{i}"><F>{value}</F><F>{name}</F><F>10</F><F>20</F><F>30</F></Row>'
        for i, (value, name) in enumerate(names.items())
    )
    columns_said = (("V", 0, 5), ("N", 2, 2), ("R", 0, 6), ("G", 0, 7), ("B", 0, 8))
    head = "".join(
        f'<FieldDefn index="{i}"><Name>{name}</Name><Type>{kind}</Type><Usage>{usage}</Usage></FieldDefn>'
        for i, (name, kind, usage) in enumerate(columns_said)
    )
    (folder / "foreign.tif.aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable>'
        f"{head}{rows}</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"
    )


def _models(folder: Path, *, torch: bool) -> None:
    from mmearth_core.encoder.registry import find
    from mmearth_core.tiles.synthetic import write_synthetic_tiles

    shutil.copy(find("default").file(".onnx"), folder / "model.onnx")
    trained = Path(__file__).parents[2] / "training" / "starter" / "starter-atto-p8.safetensors"
    shutil.copy(trained, folder / "model.safetensors")
    write_synthetic_tiles(folder / "tiles", 6, size=24)
    if torch:
        from official_checkpoint import make_checkpoint
        from torch import save

        save(make_checkpoint(8), folder / "official.pth")


def _configurations(folder: Path) -> None:
    (folder / "embed.yaml").write_text(
        f"scene: scene_raw.tif\noutput: o/out.tif\nbands: [{', '.join(BANDS)}]\nlevel: l2a\noffset: 0\nscale: 0.0001\n"
        "tile: 64\nresume: true\nwindow: [0, 0, 48, 48]\n"
    )
    (folder / "spec.yaml").write_text(
        "sites:\n  - name: here\n    sentinel2: {path: scene_raw.tif, level: l2a}\n    date: 2020-04-08\n"
        "    land_cover: {path: map.tif, coding: {1: water, 2: trees, 3: null}}\n    elevation: scene_lzw_f32.tif\n"
        "    biome: 7\n    era5: [281.2, 275, 290, 0.1, 281, 275, 290, 0.1, 281, 275, 290, 1.1]\n"
    )
    (folder / "pretrain.yaml").write_text(
        "data:\n  datasets: [tiles]\n  hold_out: 0.3\n  workers: 0\noutputs: [sentinel2, lat, month]\n"
        "mp_mae: {size: atto, patch: 8, crop: 56, decoder: shared, decoder_width: 32}\n"
        "optimiser: {epochs: 1, warmup_epochs: 0, batch: 2, effective_batch: 2, base_learning_rate: 1.0e-3}\n"
        "threads: 1\n"
    )


def _requests(folder: Path) -> None:
    """What a client sends to the worker, one request a line; `CORPUS` and `OUT` are filled in for each case."""
    _, fids, wkb, columns = pyogrio.raw.read(folder / "samples.gpkg", layer="samples", return_fids=True)
    features = [[int(i), name, bytes(each).hex()] for i, name, each in zip(fids, columns[0], wkb, strict=True)]
    classes = [{"value": 1, "name": "water", "colour": "#0072b2"}]
    samples = {"crs": CRS, "features": features, "classes": classes}
    bounds = [WEST, NORTH - 720, WEST + 720, NORTH]
    view = {"bounds": bounds, "width": 60, "height": 60}
    live = {"embedding": "CORPUS/emb.tif"}
    asked = [
        {"id": 1, "verb": "hello", "arguments": {"protocol": 1, "client": "0.1.0"}},
        {"id": 2, "verb": "info", "arguments": {"file": "CORPUS/emb.tif"}},
        {
            "id": 3,
            "verb": "preview",
            "arguments": live
            | {"samples": samples, "view": view, "output": "OUT/p.tif", "confidence": None, "unknown": 0.05},
        },
        {
            "id": 4,
            "verb": "similar_preview",
            "arguments": live | {"at": [WEST + 100, NORTH - 100], "view": view, "output": "OUT/s.tif"},
        },
        {"cancel": 4},
        {"id": 5, "verb": "suggest_samples", "arguments": live | {"samples": samples, "n": 3, "bounds": bounds}},
        {
            "id": 6,
            "verb": "sample",
            "arguments": {"map": "CORPUS/map.tif", "output": "OUT/x.gpkg", "n": 10, "overwrite": True},
        },
        {
            "id": 7,
            "verb": "grow_region",
            "arguments": live
            | {"seeds": [{"x": WEST + 100, "y": NORTH - 100, "step": 3}], "seeds_crs": CRS, "view": view, "holes": 5},
        },
    ]
    (folder / "requests.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in asked))


def _journal(folder: Path) -> None:
    """What an embed leaves that is stopped when all its tiles are finished."""
    import mmearth_core
    from mmearth_core.embedding import engine
    from mmearth_core.errors import Cancelled

    def stop(*_: object, **__: object) -> None:
        raise Cancelled("Cancelled.")

    laid, engine.assemble = engine.assemble, stop
    try:
        mmearth_core.embed(scene=folder / "scene_raw.tif", output=folder / "out.tif", tile=64)
    except Cancelled:
        pass
    finally:
        engine.assemble = laid
