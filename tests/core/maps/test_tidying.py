"""Tidy: small areas go to what borders most on them, whatever the strips; rivers, kept classes and origin stay."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from scipy import ndimage

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.maps import patches, tidying
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.tidying import majorities, tidied, tidy
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid

NAMES = ("water", "forest", "grass")
TAGS = {"model_name": "m", "model_id": "1", "training_digest": "2", "smooth": "edges"}
Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """A map of ours of these values."""

    def write(values: Any, *, crs: str = "EPSG:32630", pixel: float = 10.0, **options: Any) -> Path:
        values = np.asarray(values, np.uint8)
        grid = Grid(
            *values.shape, Affine(pixel, 0, 0 if crs == "EPSG:4326" else 5e5, 0, -pixel, 60), CRS.from_string(crs)
        )
        path = tmp_path / "map.tif"
        with new_map(path, Legend.numbered(NAMES), grid, tags=TAGS, **options) as dataset:
            dataset.write(values, 1)
        return path

    return write


def read(path: Path) -> NDArray[Any]:
    with rasterio.open(path) as dataset:
        values: NDArray[Any] = dataset.read(1)
    return values


def speckled(seed: int = 0, shape: tuple[int, int] = (70, 90)) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    fields = np.kron(rng.integers(1, 4, (7, 9)), np.ones((10, 10), int))[: shape[0], : shape[1]]
    values = np.where(rng.random(shape) < 0.25, rng.integers(1, 4, shape), fields).astype(np.uint8)
    values[:9, :12] = 0
    return values


def areas(values: NDArray[Any]) -> list[tuple[int, int]]:
    """(value, pixels) of every area that touches by sides or corners."""
    found = []
    for value in np.unique(values[values > 0]).tolist():
        labels, _ = ndimage.label(values == value, np.ones((3, 3)))
        found += [(value, int(pixels)) for pixels in np.bincount(labels.ravel())[1:]]
    return found


def test_no_small_area_is_left_and_large_ones_keep_their_pixels(written: Write, tmp_path: Path) -> None:
    before = speckled()
    result = tidy(map=written(before), output=tmp_path / "t.tif", min_area=["0.1"])
    after = read(tmp_path / "t.tif")
    assert min(pixels for _, pixels in areas(after)) >= 10 > min(pixels for _, pixels in areas(before))
    assert ((after == 0) == (before == 0)).all()
    for value in (1, 2, 3):
        labels, _ = ndimage.label(before == value, np.ones((3, 3)))
        large = np.bincount(labels.ravel()) >= 10
        large[0] = False
        assert (after[large[labels]] == value).all()
    small = sum(pixels < 10 for _, pixels in areas(before))
    assert result.filled == small
    for value, name in enumerate(NAMES, start=1):
        lost, won = ((before == value) & (after != value)).sum(), ((before != value) & (after == value)).sum()
        assert (result.changed[name].lost, result.changed[name].won) == (lost, won)
        assert f"{name} −{lost} +{won}" in str(result)
    # Once is enough.
    again = tidy(map=tmp_path / "t.tif", output=tmp_path / "tt.tif", min_area=["0.1"])
    assert again.filled == 0 and not again.changed
    np.testing.assert_array_equal(read(tmp_path / "tt.tif"), after)


def test_the_longest_border_decides(written: Write, tmp_path: Path) -> None:
    values = np.full((20, 20), 2)
    values[:, 10:] = 3
    values[5, 9:12] = 1  # three pixels: 3 sides on forest, 5 on grass
    values[12, 8:11] = 1  # the other way round
    tidy(map=written(values), output=tmp_path / "t.tif")
    after = read(tmp_path / "t.tif")
    assert (after[5, 9:12] == 3).all() and (after[12, 8:11] == 2).all()


@pytest.mark.parametrize("rows", [1, 2, 7, 500])
def test_strips_change_nothing(written: Write, tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source, options = written(speckled(3)), {"min_area": ["0.3", "grass=1"], "majority": 3, "keep": ["water"]}
    tidy(map=source, output=tmp_path / "one.tif", **options)  # type: ignore[arg-type]
    monkeypatch.setattr(patches, "_ROWS", rows)
    monkeypatch.setattr(tidying, "_ROWS", rows)
    tidy(map=source, output=tmp_path / "other.tif", **options)  # type: ignore[arg-type]
    np.testing.assert_array_equal(read(tmp_path / "one.tif"), read(tmp_path / "other.tif"))


def test_a_river_of_one_pixel_and_a_road_of_two_survive_the_default(written: Write, tmp_path: Path) -> None:
    values = np.full((60, 60), 2)
    for row in range(60):
        values[row, 20 + row // 2 if row < 30 else 65 - row] = 1  # bends, and touches itself by corners alone
    values[40:42, :] = 3
    river, road = values == 1, values == 3
    values[3, 3] = values[50, 5] = 1
    tidy(map=written(values), output=tmp_path / "t.tif")
    after = read(tmp_path / "t.tif")
    assert (after[river] == 1).all() and (after[road] == 3).all() and after[3, 3] == after[50, 5] == 2


def test_classes_have_areas_of_their_own_and_kept_ones_neither_lose_nor_win(written: Write, tmp_path: Path) -> None:
    values = np.full((40, 40), 3)
    values[2:6, 2:6] = 1  # 16 pixels
    values[20:24, 20:24] = 2  # 16 pixels
    values[30:, 30:] = 1
    values[34, 34] = 2  # in water alone
    source = written(values)
    tidy(map=source, output=tmp_path / "a.tif", min_area=["0.1", "forest=0.5"])
    after = read(tmp_path / "a.tif")
    assert (after[2:6, 2:6] == 1).all() and (after[20:24, 20:24] == 3).all() and after[34, 34] == 1
    result = tidy(map=source, output=tmp_path / "b.tif", min_area=["0.5"], keep=["water"])
    after = read(tmp_path / "b.tif")
    assert ((after == 1) == (values == 1)).all() and after[20, 20] == 3 and after[34, 34] == 2
    assert "Not filled: 1 small area (1 pixel), since" in str(result)
    tidy(map=source, output=tmp_path / "c.tif", min_area=["1=0.5"])  # by value
    assert read(tmp_path / "c.tif")[3, 3] == 3 and read(tmp_path / "c.tif")[20, 20] == 2


def test_areas_are_those_of_the_ground(written: Write, tmp_path: Path) -> None:
    """A pixel of 0.0001° at 60° N is about 11.1 m × 5.6 m: 62 m²."""
    values = np.full((30, 30), 2)
    values[10, 5:20] = 1  # 15 pixels: 0.093 ha
    source = written(values, crs="EPSG:4326", pixel=0.0001)
    tidy(map=source, output=tmp_path / "t.tif", min_area=["0.092"])
    assert (read(tmp_path / "t.tif") == values).all()
    tidy(map=source, output=tmp_path / "t.tif", min_area=["0.095"], overwrite=True)
    assert (read(tmp_path / "t.tif") == 2).all()


def test_names_colours_style_and_origin_stay_and_what_was_done_is_told(written: Write, tmp_path: Path) -> None:
    values = speckled()
    values[40, 40] = 255
    source = written(values, unknown=True)
    tidy(map=source, output=tmp_path / "t.tif", keep=["unknown"])
    before, after = ClassMap.open(source), ClassMap.open(tmp_path / "t.tif")
    assert after.legend == before.legend and after.grid == before.grid and read(tmp_path / "t.tif")[40, 40] == 255
    assert TAGS.items() <= after.tags.items() and after.ours
    assert (tmp_path / "t.qml").read_text() == source.with_suffix(".qml").read_text()
    (done,) = tidied(after)
    assert done["min_area"] == ["0.1"] and done["keep"] == ["unknown"] and done["changed"]["water"]["lost"] > 0
    tidy(map=tmp_path / "t.tif", output=tmp_path / "tt.tif", min_area=["0.5"])
    assert [each["min_area"] for each in tidied(ClassMap.open(tmp_path / "tt.tif"))] == [["0.1"], ["0.5"]]
    assert not tidied(before)


@pytest.mark.parametrize(
    ("dtype", "values", "nodata"),
    [
        ("uint8", (0, 10, 20), 255),
        ("uint16", (111, 311, 523), 0),
        ("int16", (3, 5, 900), -9999),
        ("float32", (1, 2, 3), -1.0),
    ],
)
def test_maps_of_others_stay_theirs(tmp_path: Path, dtype: str, values: tuple[int, ...], nodata: float) -> None:
    codes = speckled(shape=(50, 60))
    table = np.array([nodata, *values])
    source, output = tmp_path / "theirs.tif", tmp_path / "tidy.tif"
    with rasterio.open(
        source, "w", driver="GTiff", count=1, height=50, width=60, dtype=dtype, nodata=nodata, crs="EPSG:32630",
        transform=Affine(10, 0, 5e5, 0, -10, 6e6),
    ) as dataset:  # fmt: skip
        dataset.write(table[codes].astype(dtype), 1)
    before = ClassMap.open(source)
    tidy(map=source, output=output)
    after = ClassMap.open(output)
    assert after.legend == before.legend and after.grid == before.grid and not after.ours
    found = {window.row: block for window, block in after.blocks()}[0]
    assert ((found == after.nodata) == (codes == 0)).all() if after.nodata is not None else (codes > 0).all()
    recoded = np.searchsorted(np.array(values), np.where(codes > 0, found, values[0])) + 1
    recoded[codes == 0] = 0
    assert min(pixels for _, pixels in areas(recoded)) >= 10
    assert json.loads(after.tags["tidied"])[0]["filled"] > 0


def test_names_and_colours_of_a_table_survive(tmp_path: Path) -> None:
    legend = Legend.numbered(["Corine 111", "forêt <b>", "z"])
    codes = speckled(shape=(50, 60)).astype(np.uint16) * 300
    with rasterio.open(
        tmp_path / "theirs.tif", "w", driver="GTiff", count=1, height=50, width=60, dtype="uint16", nodata=0,
        crs="EPSG:32630", transform=Affine(10, 0, 5e5, 0, -10, 6e6),
    ) as dataset:  # fmt: skip
        dataset.write(codes, 1)
    rows = "".join(
        f"<Row><F>{300 * c.value}</F><F>{c.name.replace('<', '&lt;')}</F><F>{c.colour[0]}</F><F>2</F><F>3</F></Row>"
        for c in legend.classes
    )
    fields = "".join(f"<FieldDefn><Usage>{usage}</Usage></FieldDefn>" for usage in (5, 2, 6, 7, 8))
    (tmp_path / "theirs.tif.aux.xml").write_text(
        f'<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable>{fields}{rows}</GDALRasterAttributeTable>'
        "</PAMRasterBand></PAMDataset>",
        encoding="utf-8",
    )
    tidy(map=tmp_path / "theirs.tif", output=tmp_path / "t.tif", min_area=["0.1", "forêt <b>=0.4"])
    assert ClassMap.open(tmp_path / "t.tif").legend == ClassMap.open(tmp_path / "theirs.tif").legend
    assert "forêt <b>" in ClassMap.open(tmp_path / "t.tif").legend.names


def test_a_majority_is_what_is_commonest_around() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (30, 40)).astype(np.uint8)
    kept = np.array([True, False, False, True])
    found = majorities(codes, 5, kept)
    for row, col in np.ndindex(codes.shape):
        around = codes[max(0, row - 2) : row + 3, max(0, col - 2) : col + 3]
        count = {code: int((around == code).sum()) for code in (1, 2)}
        own = int(codes[row, col])
        most = max(count.values())
        expected = own if kept[own] or count[own] == most else max(count, key=lambda code: count[code])
        assert found[row, col] == expected


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"min_area": ["some"]}, "is no number of hectares"),
        ({"min_area": ["-1"]}, "is no number of hectares"),
        ({"min_area": ["nan"]}, "is no number of hectares"),
        ({"min_area": ["lawn=1"]}, "choose of water, forest, grass"),
        ({"keep": ["roads"]}, "choose of water, forest, grass"),
        ({"majority": 4}, "odd number"),
    ],
)
def test_what_cannot_be_meant_is_told(written: Write, tmp_path: Path, options: dict[str, Any], told: str) -> None:
    source = written(speckled())
    with pytest.raises(MMEarthError, match=told):
        tidy(map=source, output=tmp_path / "t.tif", **options)
    assert not list(tmp_path.glob("*t.tif*"))[1:] and not (tmp_path / "t.tif").exists()


def test_cancelled_or_refused_it_leaves_nothing(written: Write, tmp_path: Path) -> None:
    source = written(speckled())
    token = CancelToken()
    token.cancel()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        tidy(map=source, output=tmp_path / "t.tif", cancel=token)
    with pytest.raises(MMEarthError, match="is an input"):
        tidy(map=source, output=source, overwrite=True)
    assert sorted(tmp_path.iterdir()) == before
    tidy(map=source, output=tmp_path / "t.tif")
    with pytest.raises(MMEarthError, match="exists already"):
        tidy(map=source, output=tmp_path / "t.tif")
