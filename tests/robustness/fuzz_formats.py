"""How files are damaged from within: well formed, with hostile values in the fields of their format."""

import contextlib
import json
import sqlite3
import zipfile
from pathlib import Path
from random import Random

import h5py
import numpy as np
import rasterio
from affine import Affine
from fuzz_mutations import HOSTILE, damaged, damaged_json, damaged_text
from rasterio.errors import RasterioError

_CRS = (
    *("EPSG:4326", "EPSG:4978", "EPSG:3857", "EPSG:27700", "EPSG:3995", None, 'LOCAL_CS["x",UNIT["metre",1]]'),
    'ENGCRS["x",EDATUM["y"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["m",1]]',
)
_TYPES = ("float32", "float64", "int16", "int32", "uint8", "uint32", "complex64", "uint64", "int64", "int8")
#: What a tag of a raster can hold.
_IN_TAGS = tuple(each if isinstance(each, str) else json.dumps(each) for each in HOSTILE if each != 10**400)
IN_TAGS = tuple(text for text in _IN_TAGS if "\x00" not in text and "\ud800" not in text and "\\u0000" not in text)


def raw(rng: Random, path: Path) -> None:
    path.write_bytes(damaged(rng, path.read_bytes()))


def as_json(rng: Random, path: Path) -> None:
    path.write_bytes(damaged_json(rng, path.read_bytes()))


def as_text(rng: Random, path: Path) -> None:
    path.write_bytes(damaged_text(rng, path.read_bytes()))


class _Tiff:
    """A GeoTIFF in memory, with one method for each way to make its header hostile."""

    def __init__(self, path: Path) -> None:
        with rasterio.open(path) as dataset:
            self.profile, self.data = dict(dataset.profile), dataset.read()
            self.names, self.tags, self.own = list(dataset.descriptions), dataset.tags(), dataset.tags(ns="MMEARTH")
            self.scales, self.offsets = list(dataset.scales), list(dataset.offsets)
        for key in ("tiled", "blockxsize", "blockysize", "predictor"):
            self.profile.pop(key, None)
        self.empty = False

    def place(self, rng: Random) -> None:
        numbers = list(self.profile["transform"])[:6]
        numbers[rng.randrange(6)] = rng.choice((0.0, 1e-300, 1e300, -10.0, float("nan"), 3.3, 1e9))
        self.profile["transform"] = Affine(*numbers)

    def crs(self, rng: Random) -> None:
        self.profile["crs"] = rng.choice(_CRS)

    def type(self, rng: Random) -> None:
        self.data = self.data.astype(rng.choice(_TYPES))
        if self.data.dtype.kind == "f":
            self.data.ravel()[:: rng.choice((1, 2, 97))] = rng.choice((np.nan, np.inf, -np.inf, 1e30, -1.0))

    def nodata(self, rng: Random) -> None:
        self.profile["nodata"] = rng.choice((None, 0, 1, 255, 65535, float("nan")))

    def size(self, rng: Random) -> None:
        side = rng.choice((1, 2, 7, 8, 9))
        self.data = self.data[:, :side, : rng.choice((1, side, 72))]

    def bands(self, rng: Random) -> None:
        keep = rng.choice((1, 2, 3, 4, len(self.data)))
        self.data, self.names = self.data[:keep], self.names[:keep]
        self.scales, self.offsets = self.scales[:keep], self.offsets[:keep]

    def name(self, rng: Random) -> None:
        bad = ("", "B02", "E00", "x" * 3000, "B99", "band\n1", "<b>", "B2 blue", "\x1b[31mB02")
        self.names[rng.randrange(len(self.names))] = rng.choice(bad)

    def tag(self, rng: Random) -> None:
        target = self.own if self.own and rng.random() < 0.7 else self.tags
        if target:
            target[rng.choice(sorted(target))] = rng.choice(IN_TAGS)

    def json(self, rng: Random) -> None:
        if self.own:
            key = rng.choice(sorted(self.own))
            try:
                self.own[key] = damaged_json(rng, self.own[key].encode()).decode("utf-8", "replace").replace("\x00", "")
            except ValueError:
                del self.own[key]

    def scale(self, rng: Random) -> None:
        numbers = (0.0, -1.0, 1e-300, 1e300, float("nan"), float("inf"))
        self.scales[rng.randrange(len(self.scales))] = rng.choice(numbers)
        self.offsets[rng.randrange(len(self.offsets))] = rng.choice((0.0, 1e300, float("nan"), -0.1))

    def flat(self, rng: Random) -> None:
        largest = np.iinfo(self.data.dtype).max if self.data.dtype.kind in "iu" else 1
        self.data[...] = rng.choice((0, 1, 255 if largest > 254 else largest, largest))

    def huge(self, rng: Random) -> None:
        height, width = rng.choice(((60_000, 3), (3, 60_000), (20_000, 20_000), (1, 2**31 - 1), (2**31 - 1, 1)))
        self.profile |= {"sparse_ok": True, "tiled": True, "blockxsize": 256, "blockysize": 256, "bigtiff": "yes"}
        self.profile |= {"compress": "lzw", "height": height, "width": width}
        self.empty = True

    def write(self, path: Path) -> None:
        if not self.empty:
            count, height, width = self.data.shape
            self.profile |= {"height": height, "width": width, "count": count, "dtype": str(self.data.dtype)}
        if not _can_hold(self.profile["dtype"], self.profile.get("nodata")):
            self.profile["nodata"] = None
        path.unlink()
        with rasterio.open(path, "w", **self.profile) as dataset:
            if not self.empty:
                dataset.write(self.data)
            with contextlib.suppress(RasterioError, ValueError, UnicodeError):
                dataset.descriptions = tuple(self.names)
            with contextlib.suppress(RasterioError, ValueError):
                dataset.scales, dataset.offsets = tuple(self.scales), tuple(self.offsets)
            dataset.update_tags(**self.tags)
            if self.own:
                dataset.update_tags(ns="MMEARTH", **self.own)


#: Ways to make the header of a GeoTIFF hostile.
_WAYS = ("place", "crs", "type", "nodata", "size", "bands", "name", "tag", "json", "scale", "flat", "huge")


def tiff(rng: Random, path: Path) -> None:
    """A GeoTIFF written again with a hostile header: place, size, type, scale, no-data, tags, names."""
    image = _Tiff(path)
    getattr(image, rng.choice(_WAYS))(rng)
    image.write(path)


def _can_hold(dtype: str, nodata: float | None) -> bool:
    if nodata is None or not np.issubdtype(np.dtype(dtype), np.integer):
        return True
    return float(nodata).is_integer() and np.iinfo(dtype).min <= nodata <= np.iinfo(dtype).max


def geopackage(rng: Random, path: Path) -> None:
    """A GeoPackage with hostile values in its own table or in those that describe it."""
    with contextlib.closing(sqlite3.connect(path)) as tables:
        names = [row[0] for row in tables.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        own = tables.execute("SELECT table_name FROM gpkg_contents").fetchone()[0]
        for (trigger,) in tables.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            tables.execute(f'DROP TRIGGER "{trigger}"')
        described = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", "layer_styles")
        table = rng.choice([own, own, own, *(name for name in described if name in names)])
        columns = [row[1] for row in tables.execute(f'PRAGMA table_info("{table}")')]
        column = rng.choice(columns)
        value = rng.choice([v for v in HOSTILE if isinstance(v, str | int | float | None) and _fits_sqlite(v)])
        what = rng.random()
        with contextlib.suppress(sqlite3.Error):
            if what < 0.35 and table == own:
                blobs = tables.execute(f'SELECT rowid, "{columns[1]}" FROM "{own}"').fetchall()  # noqa: S608
                for row, blob in rng.sample(blobs, rng.choice((1, len(blobs)))):
                    if isinstance(blob, bytes) and blob:
                        change = f'UPDATE "{own}" SET "{columns[1]}"=? WHERE rowid=?'  # noqa: S608
                        tables.execute(change, (damaged(rng, blob), row))
            elif what < 0.8:
                where = "" if rng.random() < 0.5 else f' WHERE rowid=(SELECT rowid FROM "{table}" LIMIT 1)'  # noqa: S608
                tables.execute(f'UPDATE "{table}" SET "{column}"=?{where}', (value,))  # noqa: S608
            elif what < 0.9:
                tables.execute(f'DROP TABLE "{rng.choice(names)}"')
            else:
                tables.execute(f'DELETE FROM "{table}"')  # noqa: S608
        tables.commit()


def _fits_sqlite(value: object) -> bool:
    return not (isinstance(value, int) and abs(value) >= 2**63) and "\ud800" not in str(value)[:10]


def onnx_model(rng: Random, path: Path) -> None:
    """A model whose description, network or tensors are hostile."""
    import onnx

    model = onnx.load(str(path))
    what = rng.random()
    if what < 0.75:
        for entry in model.metadata_props:
            if entry.key == "mmearth":
                entry.value = damaged_json(rng, entry.value.encode()).decode("utf-8", "replace")
    elif what < 0.85:
        node = rng.choice(model.graph.node)
        which = rng.choice(("domain", "op_type", "gone", "input"))
        if which == "gone":
            model.graph.node.remove(node)
        elif which == "input":
            del node.input[-1:]
        else:
            setattr(node, which, "Nope")
    else:
        tensor = rng.choice(model.graph.initializer)
        if rng.random() < 0.5 and tensor.dims:
            tensor.dims[0] = rng.choice((0, 1, 2**40, -1))
        elif tensor.raw_data:
            tensor.raw_data = damaged(rng, tensor.raw_data)
    path.write_bytes(model.SerializeToString())


def safetensors(rng: Random, path: Path) -> None:
    """Weights whose header, or our part of it, is hostile."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length], data[8 + length :]
    told = length
    what = rng.random()
    if what < 0.2:
        told = rng.choice((0, 1, 2**31, 2**40, 2**63, length + 1, length - 1))
    elif what < 0.6:
        value = json.loads(header)
        ours = value["__metadata__"]["mmearth"].encode()
        value["__metadata__"]["mmearth"] = damaged_json(rng, ours).decode("utf-8", "replace")
        header = json.dumps(value).encode()
        told = len(header)
    else:
        header = damaged_json(rng, header)
        told = len(header)
    path.write_bytes(told.to_bytes(8, "little") + header + rest)


def zipped_product(rng: Random, path: Path) -> None:
    """A zipped product whose members are hostile, with checksums that are right."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    mtd = next(name for name in members if name.endswith("MTD_MSIL2A.xml"))
    name = rng.choice(sorted(members.keys() - {mtd}))
    what = rng.random()
    if what < 0.35:
        members[mtd] = damaged_text(rng, members[mtd])
    elif what < 0.75:
        members[name] = damaged(rng, members[name])
    elif what < 0.9:
        value = members.pop(name)
        finer = name.replace("_10m", "_5m")
        away = ("../../x.jp2", f"/{name}", name.replace("/", "\\"), f"{name}/", name.upper(), f"{'a' * 60000}.jp2")
        members[rng.choice((*away, finer))] = value
    else:
        del members[rng.choice(sorted(members))]
    ways = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(path, "w", rng.choice(ways)) as archive:
        for each, value in members.items():
            archive.writestr(each, value)


def hdf5(rng: Random, path: Path) -> None:
    """Tiles of which a dataset is missing, renamed, of another shape, or no dataset."""
    with h5py.File(path, "r+") as file:
        name = rng.choice(sorted(file))
        what = rng.random()
        if 0.3 <= what < 0.5:
            file.move(name, rng.choice(("x", "sentinel2_", "a/b/c")))
            return
        shape, dtype = file[name].shape, file[name].dtype
        del file[name]
        if 0.5 <= what < 0.7:
            other = rng.choice((shape[:-1], (*shape, 2), (0, *shape[1:]), (2**40, *shape[1:])))
            chunked = True if other else None  # a scalar has no chunks
            file.create_dataset(name, other, rng.choice((dtype, "f8", "S3", "u1")), chunks=chunked)
        elif 0.7 <= what < 0.85:
            links = (h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink(f"/{name}"), h5py.SoftLink("/nowhere"))
            file[name] = rng.choice(links)
        elif what >= 0.85:
            file.create_group(name)


def requests(rng: Random, path: Path) -> None:
    """Requests to the worker of which one is hostile."""
    lines = path.read_bytes().split(b"\n")
    at = rng.randrange(1, len(lines) - 1)
    lines[at] = damaged_json(rng, lines[at]) if rng.random() < 0.8 else damaged(rng, lines[at])
    path.write_bytes(b"\n".join(lines))


def journal(rng: Random, path: Path) -> None:
    """What an interrupted embed left, damaged."""
    tiles = sorted(path.glob("*.tile"))
    others = sorted(each for each in path.iterdir() if each.suffix != ".tile" and each.is_file())
    victim = rng.choice([*tiles, *tiles, *others])
    what = rng.random()
    if what < 0.85:
        raw(rng, victim)
    elif what < 0.9:
        a, b = rng.sample(tiles, 2)
        one, other = a.read_bytes(), b.read_bytes()
        a.write_bytes(other)
        b.write_bytes(one)
    elif what < 0.95:
        victim.rename(path / rng.choice(("x.tile", "99.tile", "-1.tile", "0.tile.tmp")))
    else:
        victim.unlink()
        victim.mkdir()
