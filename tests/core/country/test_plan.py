"""`plan`: a catalogue asked over the network, or scenes at hand, become rows that say what is embedded of each."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pystac_client")

import pyogrio
import rasterio
import shapely
from affine import Affine
from defusedxml import ElementTree
from land import write_land
from rasterio.crs import CRS
from stac_catalogue import NAMES, item, served

from mmearth_core.cli.command import main
from mmearth_core.country.covering.catalogue import candidate
from mmearth_core.country.covering.globe import outline
from mmearth_core.country.plan_file import read_plan
from mmearth_core.country.planning import plan
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.scene import open_scene

BOX = "8.0,46.0,10.2,46.8"
SVG = "{http://www.w3.org/2000/svg}"


def tile(column: int, row: int, zone: int = 32) -> Grid:
    """A tile of 109.8 km as it is, at 10 m."""
    return Grid(10980, 10980, Affine(10, 0, column * 1e5 - 40, 0, -10, row * 1e5), CRS.from_epsg(32600 + zone))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two tiles on several days, of which some are cloudy, one was processed twice, one cut by its swath."""
    west, east = tile(4, 52), tile(5, 52)
    left, bottom, right, top = shapely.bounds(outline(east))
    half = outline(east).intersection(shapely.box(left, bottom, (left + right) / 2, top))
    items = [
        item("S2A_32TMS_20230701_0_L2A", west, cloud=3, tile="32TMS", jp2=True),
        item("S2A_32TMS_20230701_1_L2A", west, cloud=3, tile="32TMS", baseline="05.10"),
        item("S2A_32TMS_20230711_0_L2A", west, cloud=12, tile="32TMS", day="2023-07-11"),
        item("S2A_32TNS_20230701_0_L2A", east, cloud=1, tile="32TNS", footprint=half),
        item(
            "S2B_32TNS_20230706_0_L2A", east, cloud=18, tile="32TNS", day="2023-07-06", baseline="02.14", applied=None
        ),
        item("S2A_32TNS_20230801_0_L2A", east, cloud=0, tile="32TNS", day="2023-08-01"),
        item("S2A_32TNS_20230716_0_L2A", east, cloud=88, tile="32TNS", day="2023-07-16"),
        *(item(f"S2A_32TMS_cloudy{i}", west, cloud=60, tile="32TMS", day="2023-07-20") for i in range(120)),
    ]
    broken = item("S2A_32TNS_20230702_0_L2A", east, tile="32TNS", day="2023-07-02")
    for asset in broken["assets"].values():
        asset.pop("proj:shape", None)
    with served([*items, broken], tmp_path_factory.mktemp("catalogue")) as address:
        yield address


def test_a_catalogue_becomes_a_plan(catalogue: str, tmp_path: Path) -> None:
    made = plan(area=BOX, catalog=catalogue, dates="2023-07-01/2023-07-31", output=tmp_path / "p.parquet")
    found = read_plan(made.path)
    rows = {row.id: row for row in found.rows}
    assert set(rows) == {"S2A_32TMS_20230701_1_L2A", "S2A_32TNS_20230701_0_L2A", "S2B_32TNS_20230706_0_L2A"}
    assert made.scenes == 3 and made.missing_km2 == pytest.approx(0, abs=0.01)
    assert "S2A_32TNS_20230702_0_L2A does not say where" in "".join(made.left_out.values())
    assert any("121 scenes left out: more than 20 % of clouds" in each for each in made.messages)
    assert any("an older processing" in each for each in made.messages)
    first, later = rows["S2A_32TMS_20230701_1_L2A"], rows["S2B_32TNS_20230706_0_L2A"]
    assert (first.level, first.offset, first.tile, first.cloud) == ("l2a", 0.0, "32TMS", 3.0)
    assert "boa_offset_applied" in first.evidence and first.datetime.isoformat() == "2023-07-01T10:10:00+00:00"
    assert (later.level, later.offset) == ("l2a", 0.0) and "Offset 0 by raster:bands in" in later.evidence
    assert len(first.hrefs) == 13 and all(href.endswith(".tif") for href in first.hrefs)
    assert set(first.item["assets"]) == set(item("x", tile(4, 52))["assets"]) - {"thumbnail"}
    assert first.input_bytes == 13_000 and first.output_bytes == pytest.approx(60e6 * first.megapixels, rel=1e-6)
    # The windows meet between two pixels: what one ends with the other begins with.
    right = tile(4, 52).transform * (first.column + first.width, 0)
    edges = [tile(5, 52).transform * (row.column, 0) for row in found.rows if row.tile == "32TNS"]
    assert min(x for x, _ in edges) == right[0]
    assert sum(row.own_km2 for row in found.rows) == pytest.approx(made.area_km2, rel=1e-6)
    assert len({row.key for row in found.rows}) == 3
    again = plan(area=BOX, catalog=catalogue, dates="2023-07-01/2023-07-31", output=tmp_path / "q.parquet")
    assert [row.key for row in read_plan(again.path).rows] == [row.key for row in found.rows]


def test_a_plan_says_of_the_offset_what_embed_will_say(tmp_path: Path) -> None:
    """Of a late baseline alone nobody knows whether the +1000 is still there: the pixels decide, no row promises."""
    here = Grid(300, 300, Affine(10, 0, 500_000, 0, -10, 5_200_000), CRS.from_epsg(32632))
    write_land(tmp_path / "land.tif", here)
    scenes = {}
    for name, baseline, offset in (("late", "05.09", None), ("early", "02.14", None), ("wrong", "05.09", 0.5)):
        told = item(name, here, files=f"{tmp_path}/{{name}}/{{band}}.tif", baseline=baseline, applied=None)
        for asset in told["assets"].values():
            asset["raster:bands"] = [{"scale": 0.0001} | ({} if offset is None else {"offset": offset})]
        for key in [key for key in told["assets"] if key in {"coastal", "nir09", "scl", "thumbnail"}]:
            del told["assets"][key]
        (tmp_path / name).mkdir()
        with rasterio.open(tmp_path / "land.tif") as dataset:
            for key in told["assets"]:
                band, factor = NAMES[key]
                values = dataset.read(dataset.descriptions.index(band) + 1)[::factor, ::factor]
                profile = {**dataset.profile, "count": 1, "height": values.shape[0], "width": values.shape[1]}
                profile["transform"] = here.transform * Affine.scale(factor)
                with rasterio.open(tmp_path / name / f"{key}.tif", "w", **profile) as one:
                    one.write(values, 1)
        (tmp_path / f"{name}.json").write_text(json.dumps(told))
        scenes[name] = told
    wanted = [band for band, _ in NAMES.values() if band != "SCL"]
    late, early = (candidate(scenes[name], wanted) for name in ("late", "early"))
    assert late.offset is None and "Offset by the pixels: baseline 05.09 by the STAC item late" in late.evidence
    assert early.offset == 0 and "Offset 0: baseline 02.14 by the STAC item early has none." in early.evidence
    assert "Level L2A by the STAC item" in late.evidence
    with pytest.raises(MMEarthError, match="which no product has"):
        candidate(scenes["wrong"], wanted)
    for name, found in (("late", late), ("early", early)):
        opened = open_scene(tmp_path / f"{name}.json", wanted=wanted)
        assert opened.offset == 0 and opened.level == found.level
        said = next(each for each in opened.evidence if each.startswith("Offset")).replace(".json", "")
        assert (name == "early") == (said in found.evidence), "the pixels of the late one have no +1000"


def test_several_scenes_of_a_place_are_looks(catalogue: str, tmp_path: Path) -> None:
    made = plan(area=BOX, catalog=catalogue, dates="2023-07-01/2023-08-31", best_of=2, output=tmp_path / "p.parquet")
    looks = {(row.tile, row.look): row.id for row in read_plan(made.path).rows}
    assert looks["32TNS", 1] == "S2A_32TNS_20230801_0_L2A" and looks["32TMS", 2] == "S2A_32TMS_20230711_0_L2A-look2"
    assert made.looks == 2


def test_what_no_scene_shows_is_said(catalogue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["plan", "8.0,45.9,12.0,46.8", "--catalog", catalogue, "--dates", "2023-07-01/2023-07-31"]
    assert main([*words, "-o", str(tmp_path / "p.parquet"), "--picture", str(tmp_path / "p.svg")]) == 0
    told = capsys.readouterr().out
    assert "are missing: no scene shows them" in told and "! left out: S2A_32TNS_20230702" in told
    found = read_plan(tmp_path / "p.parquet")
    assert not found.missing.is_empty and found.missing.distance(shapely.Point(11.5, 46)) == 0
    drawn = ElementTree.parse(tmp_path / "p.svg").getroot()
    paths = {each[0].text: each for each in drawn.iter(f"{SVG}path") if len(each)}
    assert set(paths) == {row.id for row in found.rows} | {"missing", "area"}
    texts = [each.text or "" for each in drawn.iter(f"{SVG}text")]
    assert any(text.startswith("UTM zone 32N: 3 scenes") for text in texts) and "32TNS" in texts
    # What is missing lies in the east, below what is drawn of the scenes or beside it, and inside the picture.
    corners = {
        name: np.array(re.findall(r"[\d.-]+", each.get("d")), float).reshape(-1, 2) for name, each in paths.items()
    }
    width, height = (float(drawn.get(name) or 0) for name in ("width", "height"))
    for points in corners.values():
        assert points.min() >= -0.1 and points[:, 0].max() < width and points[:, 1].max() < height
    assert corners["missing"][:, 0].max() == pytest.approx(corners["area"][:, 0].max(), abs=0.5)
    assert corners["S2A_32TMS_20230701_1_L2A"][:, 0].max() < corners["missing"][:, 0].max()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"area": "9,45,8,46"}, "is no box in degrees"),
        ({"area": BOX}, "give the area and .*dates="),
        ({"area": BOX, "dates": "2023-08-01/2023-07-01"}, "are no two days"),
        ({"area": BOX, "dates": "2019-01-01/2019-02-01"}, "There is no scene to embed"),
        ({"area": BOX, "dates": "2023-07-01/2023-07-31", "best_of": 0}, "best_of=0"),
        ({"scenes": ["nowhere"]}, "does not exist"),
        ({"output": "p.json", "area": BOX}, r"does not end in \.parquet"),
        ({"area": BOX, "picture": "p.png"}, r"does not end in \.svg"),
    ],
)
def test_what_cannot_be_planned_is_refused(
    asked: dict[str, Any], sentence: str, catalogue: str, tmp_path: Path
) -> None:
    output = tmp_path / asked.get("output", "p.parquet")
    if "picture" in asked:
        asked = {**asked, "picture": tmp_path / asked["picture"]}
    with pytest.raises(MMEarthError, match=sentence):
        plan(**{"catalog": catalogue, **asked, "output": output})
    assert not list(tmp_path.iterdir())


def test_a_catalogue_that_does_not_answer_is_a_failure_of_the_environment(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="does not answer"):
        plan(area=BOX, catalog="http://127.0.0.1:9", dates="2023-07-01/2023-07-31", output=tmp_path / "p.parquet")


def test_scenes_at_hand_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    for name, left in (("west", 0), ("east", 1500)):
        write_land(
            folder / f"{name}.tif",
            Grid(200, 200, Affine(10, 0, 500_000 + left, 0, -10, 5_200_000), CRS.from_epsg(32632)),
        )
    with rasterio.open(
        folder / "broken.tif", "w", driver="GTiff", count=1, height=9, width=9, dtype="uint8"
    ) as dataset:
        dataset.write(np.ones((1, 9, 9), np.uint8))
    made = plan(scenes=[folder], output=tmp_path / "p.parquet")
    rows = {row.id: row for row in read_plan(made.path).rows}
    assert set(rows) == {"west", "east"} and list(made.left_out) == [str(folder / "broken.tif")]
    windows = {name: Window(row.row, row.column, row.height, row.width) for name, row in rows.items()}
    assert windows == {"west": Window(0, 0, 200, 175), "east": Window(0, 25, 200, 175)}
    assert all(row.whole and Path(row.source).name == f"{row.id}.tif" and row.level == "l2a" for row in rows.values())
    assert made.missing_km2 == 0 and json.dumps(made.as_dict())


def test_neighbours_that_share_too_little_are_told(tmp_path: Path) -> None:
    for name, left in (("a", 0), ("b", 1900), ("c", 3900)):
        write_land(
            tmp_path / f"{name}.tif",
            Grid(200, 200, Affine(10, 0, 500_000 + left, 0, -10, 5_200_000), CRS.from_epsg(32632)),
        )
    made = plan(scenes=[tmp_path / "a.tif", tmp_path / "b.tif", tmp_path / "c.tif"], output=tmp_path / "p.parquet")
    assert any("2 pairs of neighbours share less than 2 × 80 pixels" in each for each in made.messages), made.messages


def test_a_large_scene_is_done_in_parts_that_are_all_of_it(tmp_path: Path) -> None:
    big = Grid(600, 900, Affine(10, 0, 500_000, 0, -10, 5_200_000), CRS.from_epsg(32632))
    write_land(tmp_path / "big.tif", big)
    made = plan(scenes=[tmp_path / "big.tif"], split=256, output=tmp_path / "p.parquet")
    rows = read_plan(made.path).rows
    assert [row.id for row in rows] == [f"big-{r}-{c}" for r in range(3) for c in range(4)]
    total = np.zeros(big.shape, int)
    for row in rows:
        assert row.whole
        total[row.row : row.row + row.height, row.column : row.column + row.width] += 1
    assert (total == 1).all() and len({row.key for row in rows}) == 12
    middle = shapely.centroid(outline(big)).buffer(0.02)
    pyogrio.raw.write(
        tmp_path / "a.gpkg", shapely.to_wkb(np.array([middle])), [], [], geometry_type="Polygon", crs="EPSG:4326"
    )
    cut = plan(area=tmp_path / "a.gpkg", scenes=[tmp_path / "big.tif"], split=256, output=tmp_path / "q.parquet")
    parts = [row.geometry for row in read_plan(cut.path).rows]
    assert len(parts) > 4 and shapely.union_all(parts).symmetric_difference(middle).area < 1e-9
    with pytest.raises(MMEarthError, match="split=100"):
        plan(scenes=[tmp_path / "big.tif"], split=100, output=tmp_path / "r.parquet")
