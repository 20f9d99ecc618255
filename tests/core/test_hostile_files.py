"""Files that were made to hurt, or by programs that mean something else: one sentence each, nothing else happens."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.cli.arguments import CommandLine
from mmearth_core.cli.command import main
from mmearth_core.cli.declarations import STUB, declarations
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.encoder.onnx_file import parse
from mmearth_core.encoder.registry import find
from mmearth_core.errors import MMEarthError
from mmearth_core.maps.class_map import new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.raster.grid import Grid
from mmearth_core.records import parsed, parsed_yaml
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import write_synthetic_tiles
from mmearth_core.verbs import VERBS
from mmearth_core.wording import tamed
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

ENGINEERING = 'ENGCRS["x",EDATUM["y"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["m",1]]'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name: Würzburg".encode("latin-1"), "is not in UTF-8"),
        (b"a: &a [" + b"x, " * 60 + b"]\n" + b"".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 60)}]\n".encode() for i in range(8)
        ), "holds more than"),
        (b"a: &a [*a]", "nested more than"),
        (b"a: 2020-13-45", "is no YAML file"),
    ],
    ids=["Latin-1", "aliases of aliases", "a list of itself", "no date"],
)  # fmt: skip
def test_a_configuration_nobody_can_read_is_refused_at_once(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(MMEarthError, match=said):
        parsed_yaml(path)


def test_json_nested_deeper_than_anybody_writes_is_refused() -> None:
    with pytest.raises(MMEarthError, match="nested"):
        parsed("[" * 500 + "]" * 500, "here")


def test_a_configuration_saved_by_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_bytes(b"\xef\xbb\xbfseed: 1\r\n")
    assert parsed_yaml(tmp_path / "run.yaml") == {"seed": 1}


def changed(path: Path, source: Path, *, drop: str = "", own: dict[str, str] | None = None, **header: object) -> Path:
    """A copy of an embedding raster with other tags, scales or number of bands."""
    with rasterio.open(source) as dataset:
        bands = header.get("count", dataset.count)
        profile = dataset.profile | {key: value for key, value in header.items() if key != "scale"}
        tags = {name: text for name, text in dataset.tags(ns="MMEARTH").items() if name != drop}
        with rasterio.open(path, "w", **profile) as copy:
            copy.write(dataset.read()[:bands].astype(profile["dtype"]))
            copy.scales = [header.get("scale", scale) for scale in dataset.scales[:bands]]
            copy.offsets = dataset.offsets[:bands]
            copy.update_tags(ns="MMEARTH", **(tags | (own or {})))
    return path


@pytest.mark.parametrize(
    "damage",
    [
        {"drop": "model_id"},
        {"drop": "provenance"},
        {"own": {"provenance": "{"}},
        {"own": {"provenance": "[1]"}},
        {"scale": float("nan")},
        {"scale": 0.0},
        {"scale": 1e300},
        {"scale": 1e-300},
        {"dtype": "int16", "nodata": -1},
        {"crs": None},
    ],
    ids=str,
)
def test_an_embedding_with_a_damaged_description_says_so(scene, tmp_path: Path, damage: dict) -> None:
    path = changed(tmp_path / "emb.tif", scene.path, **damage)
    with pytest.raises(MMEarthError, match=r"emb\.tif.*embed the scene again"):
        EmbeddingRaster.open(path)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"crs": ENGINEERING}, "no place on a map of the Earth"),
        ({"crs": "EPSG:4978"}, "no place on a map of the Earth"),
        ({"crs": "EPSG:4326", "transform": Affine(10, 0, 4e5, 0, -10, 5.8e6)}, "says it is in degrees"),
        ({"transform": Affine(1e300, 0, 0, 0, -10, 0)}, "pixels lie at"),
        ({"transform": Affine(10, 0, float("nan"), 0, -10, 0)}, "pixels lie at"),
        ({"transform": Affine(1e-300, 0, 4e5, 0, -10, 0)}, "pixels lie at"),
        ({"width": 2**31 - 1}, "header is damaged"),
    ],
    ids=["engineering", "geocentric", "degrees", "far", "nan", "flat", "wide"],
)
def test_a_raster_that_lies_nowhere_is_refused(tmp_path: Path, header: dict, said: str) -> None:
    plain = {"driver": "GTiff", "count": 1, "width": 8, "height": 8, "dtype": "uint8", "crs": "EPSG:32630"}
    plain |= {"transform": Affine(10, 0, 4e5, 0, -10, 5.8e6), "sparse_ok": True}
    with rasterio.open(tmp_path / "a.tif", "w", **(plain | header)):
        pass
    with rasterio.open(tmp_path / "a.tif") as dataset, pytest.raises(MMEarthError, match=said):
        Grid.of(dataset)


@pytest.mark.parametrize("way", ["external link", "soft link", "external storage", "virtual"])
def test_tiles_whose_numbers_lie_elsewhere_are_refused(tmp_path: Path, way: str) -> None:
    write_synthetic_tiles(tmp_path / "tiles", 2, size=8)
    path = tmp_path / "tiles" / "tiles.h5"
    with h5py.File(path, "r+") as file:
        shape, dtype = file["sentinel1"].shape, file["sentinel1"].dtype
        del file["sentinel1"]
        if way == "external link":
            file["sentinel1"] = h5py.ExternalLink("/etc/passwd", "/x")
        elif way == "soft link":
            file["sentinel1"] = h5py.SoftLink("/sentinel2")
        elif way == "external storage":
            file.create_dataset("sentinel1", shape, dtype, external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
        else:
            layout = h5py.VirtualLayout(shape, dtype)
            layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape)
            file.create_virtual_dataset("sentinel1", layout)
    with pytest.raises(MMEarthError, match="sentinel1 is not in the file itself"):
        TileFile(tmp_path / "tiles")


def test_a_damaged_tile_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    write_synthetic_tiles(tmp_path / "tiles", 2, size=8)
    path = tmp_path / "tiles" / "tiles.h5"
    data = bytearray(path.read_bytes())
    places = np.random.default_rng(0).integers(0, len(data), 40)
    for at in places:
        spoiled = data.copy()
        spoiled[at : at + 64] = b"\xff" * len(spoiled[at : at + 64])
        path.write_bytes(spoiled)
        try:
            TileFile(tmp_path / "tiles")
        except MMEarthError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize(
    "name", ["null", "~", "#x.tif", "1", "true", "2020-01-01", "[a]", "&a", "*a", "!x", "0x10", "é"]
)
def test_a_typed_name_is_never_anything_but_its_letters(name: str) -> None:
    command = CommandLine("mmearth embed", declarations(STUB)["embed"], VERBS["embed"])
    keywords = command.parse(["scene.tif", "-o", name, "--mask", name, "--model", name]).keywords
    assert [str(keywords[each]) for each in ("output", "mask", "model")] == [name] * 3


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\rb", "a\0b", "a\x7fb", "a\x9bb", "a\u2028b", "a\u202eb"])
def test_what_a_terminal_obeys_is_shown_and_not_sent(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tamed(text).isprintable() and tamed(text)[0] + tamed(text)[-1] == "ab"
    assert text not in str(MMEarthError(f"{text} does not exist."))
    assert main(["info", f"/nowhere/{text}"]) == 1
    assert text not in capsys.readouterr().err


def test_names_in_other_scripts_stay_as_they_are() -> None:
    assert tamed("Wald – 森林 – лес – غابة") == "Wald – 森林 – лес – غابة"


def test_a_map_of_classes_with_odd_names_is_shown_by_everybody(scene, tmp_path: Path) -> None:
    from defusedxml.ElementTree import parse as parse_xml

    legend = Legend.numbered(["a\x1b[31m", "b\x00<&>", "c\n"])
    with new_map(tmp_path / "m.tif", legend, scene.raster.grid, tags={}) as writer:
        writer.write(np.ones(scene.raster.grid.shape, np.uint8), 1, window=scene.raster.grid.window.ranges)
    names = [each.text for each in parse_xml(tmp_path / "m.tif.aux.xml").iter("Category")]
    assert names[1:3] == ["a [31m", "b <&>"]
    assert len(list(parse_xml(tmp_path / "m.qml").iter("paletteEntry"))) == 3


@pytest.mark.torch
@pytest.mark.parametrize("way", ["loop", "if", "domain", "function"])
def test_a_network_that_may_never_end_is_refused(way: str) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(str(find("default").file(".onnx")))
    if way == "function":
        model.functions.add(name="Add", domain="")
    else:
        node = model.graph.node[3]
        node.op_type, node.domain = {"loop": ("Loop", ""), "if": ("If", ""), "domain": ("Add", "evil")}[way]
    with pytest.raises(ValueError, match="its network has .*, which is not among"):
        parse(model.SerializeToString())


@pytest.mark.parametrize(("option", "value"), [("tile", "1000000000"), ("halo", "99999992"), ("halo", "-8")])
def test_an_absurd_number_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    dn = np.random.default_rng(0).integers(200, 4000, (4, 16, 16)).astype(np.uint16)
    profile = {"driver": "GTiff", "count": 4, "width": 16, "height": 16, "dtype": "uint16", "crs": "EPSG:32630"}
    with rasterio.open(tmp_path / "s.tif", "w", transform=Affine(10, 0, 4e5, 0, -10, 5.8e6), **profile) as dataset:
        dataset.write(dn)
        dataset.descriptions = ("B02", "B03", "B04", "B08")
    words = ["embed", str(tmp_path / "s.tif"), "-o", str(tmp_path / "o.tif"), "--level", "l2a", "--offset", "0"]
    assert main([*words, "--scale", "0.0001", f"--{option}", value]) == 1
    assert f"--{option} {value} " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["s.tif"]


@pytest.mark.parametrize(
    "content",
    [
        b"<a>",
        b"<?xml version='1.0' encoding='nan'?><a/>",
        b"\xff\xfe<",
        "<a>\0</a>",
        "",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
    ids=["cut off", "unknown encoding", "cut UTF-16", "control", "nothing", "entity"],
)
def test_what_is_no_xml_is_one_error(content: str | bytes) -> None:
    with pytest.raises(DamagedXmlError):
        parsed_xml(content)


def test_a_sentence_that_quotes_too_much_keeps_its_beginning_and_its_end() -> None:
    told = str(MMEarthError(f"a.tif says '{'x' * 70_000}'; make it again."))
    assert len(told) < 1500 and told.startswith("a.tif says 'xx") and told.endswith("xx'; make it again.")
