"""Tiles of a user's own as tasks: an .npz, and folders of GeoTIFFs in their three forms."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.opening import open_task
from mmearth_core.raster.scene import SceneOptions

L2A = SceneOptions(level="l2a", offset=0)
BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")


def arrays(count: int = 20, side: int = 16, **changes: object) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    label = np.arange(count) % 2
    found: dict[str, object] = {
        "x": (rng.normal(1000, 50, (count, len(BANDS), side, side)) * (1 + label)[:, None, None, None]).astype(
            np.uint16
        ),
        "bands": np.array(BANDS),
        "label": np.array(["field", "wood"])[label],
        "level": np.array("l2a"),
        "lonlat": np.stack([np.arange(count) // 2 * 2.0, np.full(count, 48.0)], axis=1),
    } | changes
    return {name: np.asarray(value) for name, value in found.items() if value is not None}


def written(folder: Path, **changes: object) -> Path:
    np.savez(folder / "tiles.npz", **arrays(**changes))
    return folder / "tiles.npz"


def test_tiles_of_one_place_are_never_on_two_sides(tmp_path: Path) -> None:
    task = open_task(written(tmp_path))
    assert (task.name, task.target, task.classes, task.level) == ("tiles", "class", ("field", "wood"), "l2a")
    assert task.varies(1.0)
    seen = set()
    for seed in range(3):
        parts = task.parts(1.0, seed)
        sides = [set((rows // 2).tolist()) for rows in (parts.train, parts.valid, parts.test)]
        assert all(sides) and sum(map(len, sides)) == 10
        assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
        seen.add(tuple(parts.test.tolist()))
    assert len(seen) > 1
    fewer = task.parts(0.25, 0)
    assert set(fewer.train) < set(task.parts(0.5, 0).train) < set(task.parts(1.0, 0).train)
    assert set(task.labels(fewer.train).tolist()) == {0, 1}


def test_stated_parts_are_kept_and_seeds_draw_labels_only(tmp_path: Path) -> None:
    split = np.array(["train"] * 10 + ["valid"] * 5 + ["Test"] * 5)
    task = open_task(written(tmp_path, split=split))
    assert task.parts(1.0, 0).test.tolist() == task.parts(1.0, 1).test.tolist() == [15, 16, 17, 18, 19]
    assert not task.varies(1.0) and task.varies(0.5)
    assert {len(task.parts(0.5, seed).train) for seed in range(3)} == {4}


def test_labels_may_be_several_or_of_pixels(tmp_path: Path) -> None:
    several = np.stack([np.arange(20) % 2, np.ones(20, int), np.arange(20) % 3 == 0], axis=1)
    task = open_task(written(tmp_path, label=several, classes=np.array(["a", "b", "c"])))
    assert task.target == "classes" and task.labels(np.array([0])).tolist() == [[False, True, True]]
    pixels = np.tile(np.arange(16) // 8, (20, 16, 1)).astype(np.int8)
    pixels[:, 0] = -1
    task = open_task(written(tmp_path, label=pixels))
    assert task.target == "pixels" and task.classes == ("class 0", "class 1")
    assert (task.labels(np.array([3]))[0, 0] == -1).all()


def test_no_data_is_not_a_number(tmp_path: Path) -> None:
    x = arrays()["x"].copy()
    x[0, :, 3, 3], x[0, 2, 5, 5] = 0, 0
    image = open_task(written(tmp_path, x=x)).images(np.array([0]))[0]
    assert np.isnan(image[:, 3, 3]).all() and np.isfinite(image[:, 5, 5]).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": None}, "does not say whether it is L1C or L2A"),
        ({"level": np.array(["l1c"] * 10 + ["l2a"] * 10)}, "give tiles of one level"),
        ({"lonlat": None}, "says neither split nor lonlat nor group"),
        ({"lonlat": np.zeros((20, 2))}, "are of 1 places, of which 5 are needed"),
        ({"lonlat": np.full((20, 2), np.nan)}, "have no place"),
        ({"x": arrays()["x"] / 10_000}, "on average, where land has"),
        ({"bands": np.array([*BANDS[:5], "SWIR"])}, "no band of Sentinel-2"),
        ({"label": np.zeros(20)}, "all tiles are of one class"),
        ({"label": np.full((20, 3), 2)}, "give 0 or 1"),
        ({"label": np.full((20, 16, 16), -2)}, "is below 0"),
        ({"label": np.zeros((20, 3), int), "classes": np.array(["a", "b"])}, "names 2 classes and has 3"),
        ({"split": np.array(["train"] * 19 + ["teach"])}, "is no part of a task"),
        ({"split": np.array(["train"] * 19 + ["test"])}, "has no valid tile"),
        ({"group": np.zeros(3)}, r"group has shape \(3,\)"),
    ],
)
def test_what_would_be_judged_wrongly_is_refused(tmp_path: Path, changes: dict, said: str) -> None:
    with pytest.raises(MMEarthError, match=said):
        open_task(written(tmp_path, **changes))


def test_a_level_is_said_once(tmp_path: Path) -> None:
    assert open_task(written(tmp_path, level=None), options=SceneOptions(level="l1c")).level == "l1c"
    with pytest.raises(MMEarthError, match="leave that out"):
        open_task(written(tmp_path), options=SceneOptions(level="l1c"))


def write_tile(path: Path, shade: float, *, east: float = 500_000, north: float = 5_400_000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(int(east) % 97).normal(2500 * shade, 40, (6, 16, 16)).astype(np.uint16)
    transform = Affine(10, 0, east, 0, -10, north)
    with rasterio.open(
        path, "w", driver="GTiff", width=16, height=16, count=6, dtype="uint16", crs="EPSG:32632", transform=transform
    ) as file:
        file.write(values)
        file.descriptions = BANDS


def test_folders_are_classes_and_places_are_read_from_the_tiles(tmp_path: Path) -> None:
    for number in range(12):
        name = ("field", "wood")[number % 2]
        write_tile(tmp_path / "tiles" / name / f"{number}.tif", 1 + number % 2, north=5_400_000 + number // 2 * 150_000)
    task = open_task(tmp_path / "tiles", options=L2A)
    assert (task.classes, task.bands, task.shape) == (("field", "wood"), BANDS, (16, 16))
    parts = task.parts(1.0, 0)
    assert sorted([*parts.train, *parts.valid, *parts.test]) == list(range(12))
    means = task.images(np.arange(12)).mean(axis=(1, 2, 3))
    assert means[task.labels(np.arange(12)) == 1].min() > means[task.labels(np.arange(12)) == 0].max()


def test_a_table_gives_several_labels_and_parts_to_tiles_of_one_place(tmp_path: Path) -> None:
    lines = ["file,label,split"]
    for number in range(6):
        write_tile(tmp_path / f"{number}.tif", 1, east=500_000 + 160 * number)
        lines.append(f"{number}.tif,{'a|b' if number % 2 else 'b'},{('train', 'valid', 'test')[number // 2]}")
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    task = open_task(tmp_path, options=L2A)
    assert task.target == "classes" and task.labels(np.array([0, 1])).tolist() == [[False, True], [True, True]]
    assert task.parts(1.0, 0).valid.tolist() == [2, 3]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *(f"{n}.tif,{n % 2}" for n in range(6))]))
    with pytest.raises(MMEarthError, match="of 1 places, of which 5"):
        open_task(tmp_path, options=L2A)
    (tmp_path / "labels.csv").write_text("file,label\n../0.tif,a\n")
    with pytest.raises(MMEarthError, match="is no file in"):
        open_task(tmp_path, options=L2A)


def write_maps(folder: Path, *, apart: float) -> np.ndarray:
    """Ten tiles `apart` metres from each other, with the same map of classes, which is returned."""
    classes = np.tile(np.arange(16) // 6, (16, 1)).astype(np.uint8)
    classes[0, 0] = 255
    for number in range(10):
        write_tile(folder / "images" / f"{number}.tif", 1, north=5_000_000 + apart * number)
        (folder / "labels").mkdir(exist_ok=True)
        with rasterio.open(
            folder / "labels" / f"{number}.tif", "w", driver="GTiff", width=16, height=16, count=1, dtype="uint8"
        ) as file:
            file.write(classes, 1)
    return classes


def test_images_lie_beside_maps_of_classes(tmp_path: Path) -> None:
    classes = write_maps(tmp_path, apart=150_000)
    task = open_task(tmp_path, options=L2A)
    assert (task.target, len(task.classes)) == ("pixels", 3)
    found = task.labels(np.array([4]))[0]
    assert found[0, 0] == -1 and np.array_equal(found[1:], classes[1:])
    (tmp_path / "labels" / "3.tif").unlink()
    with pytest.raises(MMEarthError, match="give a map of classes of the same name"):
        open_task(tmp_path, options=L2A)


def test_a_table_gives_places_and_parts_to_images_beside_maps(tmp_path: Path) -> None:
    write_maps(tmp_path, apart=160)
    with pytest.raises(MMEarthError, match="of 1 places, of which 5"):
        open_task(tmp_path, options=L2A)
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(["file,group", *(f"{n}.tif,{n // 2}" for n in range(10))]))
    parts = open_task(tmp_path, options=L2A).parts(1.0, 0)
    sides = [set((rows // 2).tolist()) for rows in (parts.train, parts.valid, parts.test)]
    assert sorted(map(len, sides)) == [1, 1, 3] and len(set.union(*sides)) == 5
    table.write_text("\n".join(["file,split", *(f"{n}.tif,{'train' if n < 6 else 'valid'}" for n in range(8))]))
    with pytest.raises(MMEarthError, match=r"no row for 8\.tif"):
        open_task(tmp_path, options=L2A)
    with table.open("a") as file:
        file.write("\n9.tif,test\n8.tif,test\n")
    assert open_task(tmp_path, options=L2A).parts(1.0, 0).test.tolist() == [8, 9]
    table.write_text("file,label\n0.tif,wood\n")
    with pytest.raises(MMEarthError, match="no column split or group"):
        open_task(tmp_path, options=L2A)
