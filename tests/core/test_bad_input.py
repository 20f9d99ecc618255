"""What a user sees who gives a command what it cannot use: exit code 1, one sentence that names the file, what is wrong
and what to do, and a folder in which nothing was made, changed or destroyed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.errors import RasterioIOError
from scipy.io import netcdf_file

from mmearth_core.cli.command import main
from mmearth_core.encoder.registry import find
from mmearth_core.labelling.classifying import classification
from mmearth_core.progress import CancelToken
from mmearth_core.raster import writer

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
SIZE = 96
CRS = "EPSG:32630"
TRANSFORM = Affine(10, 0, 400_000, 0, -10, 5_800_000)


def _raster(path: Path, dn: np.ndarray, names: tuple[str, ...] = (), **profile: object) -> None:
    shape = {"count": len(dn), "height": dn.shape[1], "width": dn.shape[2], "dtype": dn.dtype}
    with rasterio.open(path, "w", **shape, **({"crs": CRS, "transform": TRANSFORM, "nodata": 0} | profile)) as dataset:
        dataset.write(dn)
        if dn.dtype == np.uint16:
            dataset.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
        if names:
            dataset.descriptions = names


def _polygons(path: Path, classes: list[str], *, field: str = "class", east: float = 0, crs: str | None = CRS) -> None:
    corners = [(400_000 + 100 + 200 * (i % 4) + east, 5_799_700 - 200 * (i // 4)) for i in range(len(classes))]
    wkb = np.array([shapely.to_wkb(shapely.box(x, y, x + 100, y + 100)) for x, y in corners], object)
    pyogrio.raw.write(path, wkb, [np.array(classes, object)], [field], geometry_type="Polygon", crs=crs)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scene, what the verbs make of it, and everything that may be wrong with such files."""
    path = tmp_path_factory.mktemp("bad input")
    rng = np.random.default_rng(0)
    fields = np.kron(rng.integers(0, 2, (8, 8)), np.ones((12, 12), int))
    dn = rng.uniform(400, 4000, (2, len(BANDS)))[fields].transpose(2, 0, 1) + rng.normal(
        0, 60, (len(BANDS), SIZE, SIZE)
    )
    dn = np.clip(dn, 200, 9000).astype(np.uint16)
    _raster(path / "scene.tif", dn, BANDS)
    with warnings.catch_warnings(action="ignore"):  # rasterio's and pyogrio's about what is made without a place
        _raster(path / "nowhere.tif", dn, BANDS, crs=None, transform=None)
        _polygons(path / "placeless.shp", ["a", "b"] * 4, crs=None)
        # A GeoJSON is in degrees by definition; this one holds metres.
        _polygons(path / "metres.geojson", ["a", "b"] * 4, crs=None)
    _raster(path / "picture.tif", dn[:3])
    _raster(path / "strange.tif", dn, tuple(f"layer {i}" for i in range(len(BANDS))))
    _raster(path / "unnamed.tif", np.concatenate([dn, dn[:6]]))
    _raster(path / "empty.tif", np.zeros_like(dn), BANDS)
    _raster(path / "noise.tif", rng.normal(0, 50, dn.shape).astype(np.float32), BANDS)
    (path / "text.tif").write_text("not a raster")
    _polygons(path / "samples.gpkg", ["a", "b"] * 4)
    _polygons(path / "without.gpkg", ["a", "b"] * 4, field="kind")
    _polygons(path / "elsewhere.gpkg", ["a", "b"] * 4, east=100_000)
    _polygons(path / "single.gpkg", ["a"] * 8)
    _polygons(path / "blank.gpkg", [""] * 8)
    scene, embedding, probe, drawn = (str(path / name) for name in ("scene.tif", "emb.tif", "m.json", "map.tif"))
    for words in (
        ["embed", scene, "-o", embedding],
        ["fit", embedding, str(path / "samples.gpkg"), "-o", probe],
        ["classify", embedding, probe, "-o", drawn],
        ["assess", drawn, str(path / "samples.gpkg"), "-o", str(path / "a.json")],
    ):
        assert main([*words, "--quiet"]) == 0
    content = json.loads((path / "m.json").read_text())
    for name, change in {
        "other.json": {"slots": [content["slots"][0] | {"name": "another", "identity": "f" * 64}]},
        "newer.json": {"format_version": 99},
        "list.json": {"members": [content["members"][0] | {"coefficients": [1, 2, 3]}]},
    }.items():
        (path / name).write_text(json.dumps(content | change))
    (path / "foreign.json").write_text('{"type": "FeatureCollection", "features": []}')
    for name, source in {"cut.tif": "scene.tif", "cutemb.tif": "emb.tif", "cut.json": "m.json"}.items():
        whole = (path / source).read_bytes()
        (path / name).write_bytes(whole[: len(whole) // 2])
    with netcdf_file(path / "box.nc", "w") as box:
        for name in ("y", "x"):
            box.createDimension(name, 8)
        for name in ("first", "second"):
            box.createVariable(name, "i2", ("y", "x"))[:] = 1
    model = find("default").file(".onnx").read_bytes()
    (path / "cut.onnx").write_bytes(model[: len(model) // 2])
    return path


def _listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(f.relative_to(folder)): (f.stat().st_size, f.stat().st_mtime_ns) for f in folder.rglob("*")}


CLASSIFY = ["classify", "emb.tif", "m.json", "-o", "o.tif", "--confidence", "c.tif", "--quiet"]

UNUSABLE = {
    # embed
    "embed absent.tif -o o.tif": "absent.tif does not exist; give a Sentinel-2 raster",
    "embed text.tif -o o.tif": "text.tif cannot be read as a raster",
    "embed samples.gpkg -o o.tif": "samples.gpkg is a vector file, and a Sentinel-2 scene is wanted here; give",
    "embed nowhere.tif -o o.tif": "nowhere.tif is not georeferenced",
    "embed picture.tif -o o.tif": "picture.tif has 3 bands without Sentinel-2 names and looks like an RGB picture",
    "embed strange.tif -o o.tif": "strange.tif has no band named as one of Sentinel-2",
    "embed unnamed.tif -o o.tif": "(its 16: unnamed); say what they are",
    "embed unnamed.tif -o o.tif --bands B02,B03": "unnamed.tif has 16 bands but --bands names 2",
    "embed empty.tif -o o.tif": "empty.tif holds no-data only",
    "embed noise.tif -o o.tif": "noise.tif: values up to",
    "embed cut.tif -o o.tif": "cut.tif",
    "embed scene.tif -o sub/o.tif": "does not exist; create it",
    "embed scene.tif -o .": "is a folder",
    "embed scene.tif -o emb.tif --no-resume": "emb.tif exists already; choose another name or pass --overwrite",
    "embed scene.tif -o o.tif --model nonsense": "see `mmearth weights list` for the models",
    "embed scene.tif -o o.tif --model cut.onnx": "cut.onnx is damaged",
    "embed scene.tif -o o.tif --window 0,0,500,500": "is not inside the scene of 96 × 96 pixels",
    "embed scene.tif -o o.tif --aoi elsewhere.gpkg": "elsewhere.gpkg lies outside the scene",
    "embed scene.tif -o o.tif --aoi metres.geojson": "metres.geojson: coordinates such as",
    "embed scene.tif -o o.tif --aoi text.tif": "text.tif is no vector file",
    "embed scene.tif -o o.tif --mask absent.tif": "absent.tif does not exist; give a raster on the scene's grid",
    "embed scene.tif -o o.tif --exclude-clouds": "scene.tif has no scene classification (SCL)",
    # fit
    "fit absent.tif samples.gpkg -o o.json": "absent.tif does not exist",
    "fit scene.tif samples.gpkg -o o.json": "make one with: mmearth embed scene.tif",
    "fit cutemb.tif samples.gpkg -o o.json": "cutemb.tif",
    "fit emb.tif absent.gpkg -o o.json": "absent.gpkg does not exist",
    "fit emb.tif scene.tif -o o.json": "scene.tif is a Sentinel-2 scene, and a vector file is wanted here",
    "fit emb.tif without.gpkg -o o.json": "without.gpkg has no field 'class'; it has kind",
    "fit emb.tif samples.gpkg -o o.json --layer x": "samples.gpkg has no layer 'x'",
    "fit emb.tif elsewhere.gpkg -o o.json": "elsewhere.gpkg lies in another place",
    "fit emb.tif metres.geojson -o o.json": "metres.geojson: coordinates such as",
    "fit emb.tif placeless.shp -o o.json": "placeless.shp has no coordinate system",
    "fit emb.tif single.gpkg -o o.json": "single.gpkg has one class only (a)",
    "fit emb.tif blank.gpkg -o o.json": "blank.gpkg holds no feature with both a geometry and a class",
    "fit emb.tif samples.gpkg -o m.json": "m.json exists already",
    "fit emb.tif samples.gpkg -o samples.gpkg --overwrite": "samples.gpkg is an input of this command",
    "fit emb.tif samples.gpkg -o o.json --seed -1": "--seed -1 is out of range",
    # classify
    "classify emb.tif absent.json -o o.tif": "absent.json does not exist; make a probe with: mmearth fit",
    "classify emb.tif cut.json -o o.tif": "cut.json is damaged: it is not valid JSON",
    "classify emb.tif scene.tif -o o.tif": "scene.tif is a Sentinel-2 scene, and a probe is wanted here",
    "classify emb.tif foreign.json -o o.tif": "a probe is wanted here; make one with: mmearth fit EMB.tif foreign.json",
    "classify emb.tif newer.json -o o.tif": "newer.json has probe format 99",
    "classify emb.tif list.json -o o.tif": "list.json is damaged: members[0].coefficients has not the shape",
    "classify emb.tif other.json -o o.tif": "starter-atto-p8",
    "classify scene.tif m.json -o o.tif": "an embedding raster is wanted here; make one with: mmearth embed scene.tif",
    "classify cutemb.tif m.json -o o.tif --confidence c.tif": "cutemb.tif",
    "classify emb.tif m.json -o map.tif": "map.tif exists already",
    "classify emb.tif m.json -o o.tif --confidence o.tif": "o.tif is named for both the map and its confidence",
    "classify emb.tif m.json -o o.tif --confidence emb.tif --overwrite": "emb.tif is an input of this command",
    "classify emb.tif m.json -o o.tif --unknown 2": "--unknown 2.0 is no share",
    # similar, cluster, suggest
    "similar emb.tif -o o.tif": "give either a place (--at X,Y) or features (--like FILE)",
    "similar emb.tif -o o.tif --at 0,0": "The place 0,0 is outside emb.tif",
    "similar emb.tif -o o.tif --like elsewhere.gpkg": "No feature of elsewhere.gpkg lies in emb.tif",
    "similar emb.tif -o o.tif --like metres.geojson": "metres.geojson: coordinates such as",
    "similar emb.tif -o emb.tif --like samples.gpkg --overwrite": "emb.tif is an input of this command",
    "similar cutemb.tif -o o.tif --like samples.gpkg": "cutemb.tif",
    "cluster emb.tif -k 1 -o o.tif": "-k 1 clusters cannot be made; choose 2 … 254",
    "cluster scene.tif -k 3 -o o.tif": "scene.tif is a Sentinel-2 scene, and an embedding raster is wanted here",
    "cluster cutemb.tif -k 3 -o o.tif": "cutemb.tif",
    "suggest emb.tif m.json -o o.tif": "let it end in .gpkg",
    "suggest emb.tif other.json -o o.gpkg": "another",
    "suggest emb.tif m.json -o o.gpkg -n 0": "-n 0 points cannot be suggested; choose 1 or more",
    # sample, assess
    "sample absent.tif -n 10 -o o.gpkg": "absent.tif does not exist",
    "sample emb.tif -n 10 -o o.gpkg": "a class map is wanted here; make one with: mmearth classify emb.tif MODEL.json",
    "sample noise.tif -n 10 -o o.gpkg": "noise.tif is a Sentinel-2 scene, and a class map is wanted here",
    "sample map.tif -n 1 -o o.gpkg": "map.tif needs 2 points for each of 2 classes",
    "sample map.tif -n 999999 -o o.gpkg": "fewer than the 999999 points asked for",
    "assess map.tif absent.gpkg": "absent.gpkg does not exist",
    "assess map.tif without.gpkg": "without.gpkg has no field 'class'",
    "assess map.tif blank.gpkg": "The field 'class' of blank.gpkg is empty",
    "assess map.tif elsewhere.gpkg": "None of the 8 features of elsewhere.gpkg",
    "assess map.tif metres.geojson": "metres.geojson: coordinates such as",
    "assess emb.tif samples.gpkg": "emb.tif is an embedding raster, and a class map is wanted here",
    "assess map.tif samples.gpkg -o map.tif --overwrite": "map.tif is an input of this command",
    # what was given in another's place
    "embed emb.tif -o o.tif": "emb.tif is an embedding raster, and a Sentinel-2 scene is wanted here; give",
    "embed m.json -o o.tif": "m.json is a probe, and a Sentinel-2 scene is wanted here; give",
    "embed scene.tif -o o.tif --model m.json": "m.json is a probe, and a model is wanted here",
    "embed scene.tif -o o.tif --aoi map.tif": "map.tif is a class map, and a vector file is wanted here",
    "embed scene.tif -o o.tif --mask samples.gpkg": "samples.gpkg is a vector file, no raster; give a raster on the",
    "fit samples.gpkg emb.tif -o o.json": "samples.gpkg is a vector file, and an embedding raster is wanted here",
    "fit emb.tif m.json -o o.json": "m.json is a probe, and a vector file is wanted here",
    "classify m.json emb.tif -o o.tif": "emb.tif is an embedding raster, and a probe is wanted here; give",
    "classify map.tif m.json -o o.tif": "map.tif is a class map, and an embedding raster is wanted here; give",
    "classify emb.tif a.json -o o.tif": "a.json is a report of accuracy, and a probe is wanted here",
    "similar map.tif -o o.tif --at 0,0": "map.tif is a class map, and an embedding raster is wanted here",
    "similar emb.tif -o o.tif --like map.tif": "map.tif is a class map, and a vector file is wanted here",
    "suggest m.json emb.tif -o o.gpkg": "emb.tif is an embedding raster, and a probe is wanted here",
    "change map.tif emb.tif m.json -o o.tif": "map.tif is a class map, and an embedding raster is wanted here",
    "change emb.tif m.json emb.tif -o o.tif": "emb.tif is an embedding raster, and a probe is wanted here",
    "sample samples.gpkg -n 10 -o o.gpkg": "samples.gpkg is a vector file, and a class map is wanted here",
    "assess samples.gpkg map.tif": "samples.gpkg is a vector file, and a class map is wanted here; give",
    "assess map.tif emb.tif": "emb.tif is an embedding raster, and a vector file is wanted here",
    "tidy emb.tif -o o.tif": "emb.tif is an embedding raster, and a class map is wanted here",
    "outline emb.tif -o o.gpkg --at-least 1": "emb.tif is an embedding raster, and a raster of similarity is wanted",
    "outline samples.gpkg -o o.gpkg": "samples.gpkg is a vector file, and a class map is wanted here",
    "report emb.tif -o o.html": "emb.tif is an embedding raster, and a class map is wanted here",
    "report map.tif -o o.html --confidence map.tif": "map.tif is a class map, and a raster of confidence is wanted",
    "report map.tif -o o.html --embedding map.tif": "map.tif is a class map, and an embedding raster is wanted here",
    "working-set samples.gpkg -o o.json": "samples.gpkg is a vector file, and an embedding raster is wanted here",
    "weights check map.tif --scene scene.tif": "map.tif is a class map, and a model is wanted here",
    # others
    "info absent.tif": "absent.tif does not exist",
    "info cut.json": "cut.json is damaged: it is not valid JSON",
    "info cut.onnx": "cut.onnx is damaged",
    "info box.nc": "box.nc holds no bands itself; name one of its rasters",
    "weights info nonsense": "nonsense is neither a file nor the name of a model",
    "weights convert nonsense": "nonsense is neither a file nor the name of a model",
    "demo samples.gpkg": "samples.gpkg is a file",
}


@pytest.mark.parametrize(
    "command",
    [pytest.param(each, marks=pytest.mark.torch if each.startswith("weights convert") else ()) for each in UNUSABLE],
)
def test_unusable_input_is_one_sentence_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(folder)
    before = _listing(folder)
    code = main([*command.split(), "--quiet"])
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert printed.err.startswith("mmearth: error: ")
    assert printed.err.count("\n") == 1
    assert printed.err.endswith((".\n", "EMB.tif\n", "MAP.tif\n", "MODEL.json\n", "?\n", "…\n"))
    assert UNUSABLE[command] in printed.err
    assert _listing(folder) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that not even root can write into")
@pytest.mark.parametrize(
    "command",
    [
        "embed scene.tif -o",
        "fit emb.tif samples.gpkg -o",
        "classify emb.tif m.json -o",
        "classify emb.tif m.json -o o.tif --confidence",
        "cluster emb.tif -k 3 -o",
        "assess map.tif samples.gpkg -o",
    ],
)
def test_a_folder_that_cannot_be_written_is_said_before_the_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(folder)
    before = _listing(folder)
    assert main([*command.split(), "/proc/o.x", "--quiet"]) == 1
    assert "Cannot write into /proc" in capsys.readouterr().err
    assert _listing(folder) == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("embed scene.tif", "still needed: --output"),
        ("embed scene.tif -o o.tif --level l3", "--level: expected auto or l1c or l2a, found 'l3'"),
        ("classify emb.tif m.json -o o.tif --confidance c.tif", "did you mean --confidence?"),
        ("classify emb.tif m.json -o o.tif --unknown nan", "--unknown: expected a number, found 'nan'"),
        ("similar emb.tif -o o.tif --at 1", "--at: expected 2 numbers separated by commas, found '1'"),
        ("cluster emb.tif -o o.tif -k many", "--k: expected a whole number, found 'many'"),
        ("fit emb.tif samples.gpkg emb.tif -o o.json", "expected EMBEDDINGS SAMPLES"),
        ("assess map.tif", "still needed: REFERENCE"),
    ],
)
def test_a_wrong_word_is_exit_code_2(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, said: str
) -> None:
    monkeypatch.chdir(folder)
    before = _listing(folder)
    assert main(command.split()) == 2
    assert said in capsys.readouterr().err.splitlines()[0]
    assert _listing(folder) == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("embed nowhere.tif -o o.tif", "nowhere.tif is not georeferenced"),
        ("classify emb.tif other.json -o o.tif", "the probe was fitted on model another (ffffffffffff)"),
    ],
)
def test_the_installed_command_says_the_same(folder: Path, command: str, said: str) -> None:
    before = _listing(folder)
    program = str(Path(sys.executable).with_name("mmearth"))
    shown = subprocess.run([program, *command.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout, shown.stderr.count("\n")) == (1, "", 1)
    assert said in shown.stderr
    assert _listing(folder) == before


def test_ctrl_c_in_classify_leaves_nothing_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object, cancel: CancelToken, **options: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        with cancel.on_cancel(arrived.set):
            assert arrived.wait(10)
        transform_blocks(*args, cancel=cancel, **options)

    arrived, transform_blocks = threading.Event(), classification.transform_blocks
    monkeypatch.setattr(classification, "transform_blocks", interrupted)
    monkeypatch.chdir(folder)
    before = _listing(folder)
    assert main(CLASSIFY) == 130
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "mmearth: Cancelled; nothing was written."
    assert _listing(folder) == before


@pytest.mark.parametrize("failing", [1, 2], ids=["confidence", "map"])
def test_a_disk_that_fills_at_the_end_leaves_neither_map_nor_confidence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failing: int
) -> None:
    finished = []

    def fill(path: Path, *_: object) -> None:
        finished.append(path)
        if len(finished) == failing:
            raise RasterioIOError("No space left on device")

    monkeypatch.setattr(writer, "_build_overviews", fill)
    monkeypatch.chdir(folder)
    before = _listing(folder)
    assert main(CLASSIFY) == 1
    said = capsys.readouterr().err
    assert f"Could not write {'c.tif' if failing == 1 else 'o.tif'} (No space left on device)" in said
    assert _listing(folder) == before


def test_what_is_overwritten_is_kept_when_the_work_fails(folder: Path, tmp_path: Path) -> None:
    for name in ("map.tif", "map.qml", "map.tif.aux.xml", "cutemb.tif", "m.json"):
        shutil.copy(folder / name, tmp_path)
    before = _listing(tmp_path)
    words = ["classify", str(tmp_path / "cutemb.tif"), str(tmp_path / "m.json"), "-o", str(tmp_path / "map.tif")]
    assert main([*words, "--overwrite", "--quiet"]) == 1
    assert _listing(tmp_path) == before
