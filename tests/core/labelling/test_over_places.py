"""Likeness, suggestions, clusters and change over several places of a working set: one answer, a raster for each."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from embedded_fields import NAMES, Scene, make_scene, write_vector

from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.embedding.product import new_embedding
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling import clusters
from mmearth_core.labelling.changing.change import change
from mmearth_core.labelling.clusters import cluster
from mmearth_core.labelling.fitting import fit
from mmearth_core.labelling.similarity import similar
from mmearth_core.labelling.suggestions import MIN_DISTANCE, suggest
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken, Silent

SIZE = {"height": 150, "width": 180, "bands": 24}


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        found: np.ndarray = dataset.read(1)
    return found


def write_set(path: Path, places: Mapping[str, Any]) -> Path:
    """Places by name, each an embedding or dated ones."""
    listed = []
    for name, files in places.items():
        dated = files if isinstance(files, list) else [{"embedding": files}]
        listed.append({"name": name, "embeddings": dated})
    path.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": listed}))
    return path


class World:
    """`west` and `east` lie in two zones, with the same coordinates; `beside` is east of `west` in its zone, and
    `over` shows half of the ground of `west` again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.west = make_scene(folder / "west.tif", **SIZE)
        self.east = make_scene(folder / "east.tif", seed=7, crs="EPSG:32631", **SIZE)
        self.beside = make_scene(folder / "beside.tif", seed=5, shift=9000, **SIZE)
        self.over = make_scene(folder / "over.tif", seed=6, shift=900, **SIZE)
        shapes, names = self.west.fields(4)
        self.samples = write_vector(folder / "samples.gpkg", list(shapes), {"class": list(names)})
        self.model = folder / "model.json"
        fit(embeddings=[self.west.path], samples=[self.samples], output=self.model)

    def set_of(self, *names: str) -> Path:
        return write_set(self.folder / f"{'-'.join(names)}.json", {name: f"{name}.tif" for name in names})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def share(scene: Scene, found: np.ndarray, name: str) -> tuple[float, float]:
    """Mean similarity in a class, and elsewhere."""
    mine = scene.truth == NAMES.index(name) + 1
    return float(found[mine].mean()), float(found[~mine & (scene.truth > 0)].mean())


def test_what_is_alike_is_found_in_every_place(world: World, tmp_path: Path) -> None:
    shapes, names = world.west.fields(2)
    forest = [shape for shape, name in zip(shapes, names, strict=True) if name == "forest"]
    like = write_vector(tmp_path / "like.gpkg", forest, {"class": ["forest"] * len(forest)})
    result = similar(embedding=world.set_of("west", "east"), like=like, output=tmp_path / "alike")
    assert result.path == tmp_path / "alike"
    alone = similar(embedding=world.west.path, like=like, output=tmp_path / "alone.tif")
    assert result.pixels == alone.pixels
    np.testing.assert_array_equal(read(tmp_path / "alike" / "west.tif"), read(alone.path))
    inside, outside = share(world.east, read(tmp_path / "alike" / "east.tif"), "forest")
    assert inside > outside + 30
    assert (tmp_path / "alike" / "east.qml").is_file()


def test_features_in_several_places_are_one_mean(world: World, tmp_path: Path) -> None:
    boxes = []
    for scene, name in ((world.west, "forest"), (world.beside, "urban")):
        shapes, names = scene.fields(1)
        boxes.append(shapes[list(names).index(name)])
    like = write_vector(tmp_path / "like.gpkg", boxes, {"class": ["a", "b"]})
    path = world.set_of("west", "beside")
    both = similar(embedding=path, like=like, output=tmp_path / "both")
    parts = [similar(embedding=scene.path, like=like, output=tmp_path / f"{number}.tif")
             for number, scene in enumerate((world.west, world.beside))]  # fmt: skip
    assert both.pixels == sum(part.pixels for part in parts)
    for name in ("forest", "urban"):
        inside, outside = share(world.beside, read(tmp_path / "both" / "beside.tif"), name)
        assert inside > outside + 10


def at_east(world: World) -> tuple[float, float]:
    x, y = world.east.raster.grid.transform * (100.5, 90.5)
    return x, y


def test_coordinates_are_of_the_place_that_holds_them(world: World, tmp_path: Path) -> None:
    at = world.beside.raster.grid.transform * (100.5, 90.5)
    similar(embedding=world.set_of("west", "beside"), at=at, output=tmp_path / "here")
    similar(embedding=world.beside.path, at=at, output=tmp_path / "alone.tif")
    np.testing.assert_array_equal(read(tmp_path / "here" / "beside.tif"), read(tmp_path / "alone.tif"))
    assert read(tmp_path / "here" / "beside.tif")[90, 100] == 254
    east = pyproj.Transformer.from_crs(32631, 4326, always_xy=True).transform(*at_east(world))
    similar(embedding=world.set_of("west", "east"), at=east, at_crs="EPSG:4326", output=tmp_path / "there")
    similar(embedding=world.east.path, at=at_east(world), output=tmp_path / "east.tif")
    np.testing.assert_array_equal(read(tmp_path / "there" / "east.tif"), read(tmp_path / "east.tif"))
    for place, name, sentence in (
        (at, "east", "is in west, east of"),
        ((0.0, 0.0), "beside", "in none of .*west covers x 500000 … 501800 .*beside covers x 509000"),
    ):
        where = world.west.raster.grid.transform * (100.5, 90.5) if name == "east" else place
        with pytest.raises(MMEarthError, match=sentence):
            similar(embedding=world.set_of("west", name), at=where, output=tmp_path / "refused")


def points_of(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray], str]:
    meta, _, wkb, columns = pyogrio.raw.read(path)
    return shapely.get_coordinates(shapely.from_wkb(wkb)), dict(zip(meta["fields"], columns, strict=True)), meta["crs"]


def test_all_places_compete_for_the_next_labels(world: World, tmp_path: Path) -> None:
    result = suggest(embedding=world.set_of("west", "east"), model=world.model, output=tmp_path / "n.gpkg", n=30)
    xy, fields, crs = points_of(result.path)
    assert result.points == 30 and pyproj.CRS(crs).to_epsg() == 4326
    assert fields["rank"].tolist() == list(range(1, 31)) and set(fields["place"]) == {"west", "east"}
    for name in ("west", "east"):
        grid = getattr(world, name).raster.grid
        x, y = pyproj.Transformer.from_crs(4326, grid.crs, always_xy=True).transform(*xy[fields["place"] == name].T)
        cols, rows = ~grid.transform * (x, y)
        inside = (rows > 0) & (rows < grid.height) & (cols > 0) & (cols < grid.width)
        assert inside.all()
        rows, cols = np.floor(rows).astype(int), np.floor(cols).astype(int)
        assert (getattr(world, name).truth[rows, cols] > 0).all()


def test_ground_that_two_places_show_is_suggested_once(world: World, tmp_path: Path) -> None:
    path = world.set_of("west", "over")
    result = suggest(embedding=path, model=world.model, output=tmp_path / "n.gpkg", n=1000, samples=world.samples)
    xy, fields, _ = points_of(result.path)
    assert set(fields["place"]) == {"west", "over"}
    apart = np.linalg.norm(xy[:, None] - xy, axis=2)[~np.eye(len(xy), dtype=bool)]
    assert apart.min() >= 10 * MIN_DISTANCE * 0.99
    labelled = shapely.union_all(shapely.from_wkb(pyogrio.raw.read(world.samples)[2]))
    assert shapely.distance(labelled, shapely.points(xy)).min() >= 10 * (MIN_DISTANCE - 1)


def nearest_of(scene: Scene, centres: np.ndarray) -> np.ndarray:
    """The number of the nearest centre from one on, 0 where there is no embedding."""
    with rasterio.open(scene.path) as dataset:
        values = scene.raster.decode(dataset.read())
    distances = np.stack([((values - centre[:, None, None]) ** 2).sum(0) for centre in centres])
    return np.where(scene.truth > 0, 1 + distances.argmin(0), 0)


def test_places_have_the_same_clusters(world: World, tmp_path: Path) -> None:
    result = cluster(embedding=world.set_of("west", "east"), output=tmp_path / "k", k=4)
    maps = {name: read(tmp_path / "k" / f"{name}.tif") for name in ("west", "east")}
    counts = sum(np.bincount(each.ravel(), minlength=5)[1:] for each in maps.values())
    assert result.pixels == tuple(counts) == tuple(sorted(counts, reverse=True))
    assert ClassMap.open(tmp_path / "k" / "west.tif").legend == ClassMap.open(tmp_path / "k" / "east.tif").legend
    stacks = [world.west.stack, world.east.stack]
    centres = clusters._centres(stacks, 4, 0, "both", Silent(), CancelToken())
    nearest = {name: nearest_of(getattr(world, name), centres) for name in maps}
    sizes = sum(np.bincount(each.ravel(), minlength=5)[1:] for each in nearest.values())
    number = np.concatenate([[0], 1 + np.argsort(np.argsort(-sizes))])
    for name, found in maps.items():
        assert (found == number[nearest[name]]).mean() > 0.999


def test_a_place_without_a_date_is_not_clustered_with_those_that_have_it(world: World, tmp_path: Path) -> None:
    days = ("2020-04-01", "2020-07-01")
    west = [{"embedding": name, "date": day} for name, day in zip(("west.tif", "over.tif"), days, strict=True)]
    east = [{"embedding": "east.tif", "date": days[0]}]
    path = write_set(world.folder / "uneven.json", {"west": west, "east": east})
    with pytest.raises(MMEarthError, match="east has no image of 1 July"):
        cluster(embedding=path, output=tmp_path / "k", k=4)


@pytest.fixture(scope="module")
def later(world: World) -> tuple[Path, Path]:
    """The working sets before and after: west is built on; of east a strip becomes what lies left of it."""
    for name, turn in (("west", False), ("east", True)):
        raster = getattr(world, name).raster
        with rasterio.open(raster.path) as dataset:
            dn = dataset.read()
        dn[:, 60:100, 60:120] = dn[:, 60:61, 60:61] if not turn else dn[:, 60:100, 0:60]
        with new_embedding(replace(raster, path=world.folder / f"{name}-later.tif")) as written:
            written.write(dn)
    before = write_set(world.folder / "before.json", {name: dated(f"{name}.tif", 2018) for name in ("west", "east")})
    names = {"rising": "east", "setting": "west"}
    after = {mine: dated(f"{name}-later.tif", 2021) for mine, name in names.items()}
    return before, write_set(world.folder / "after.json", after)


def dated(name: str, year: int) -> list[dict[str, str]]:
    return [{"embedding": name, "date": f"{year}-07-01"}]


def table(path: Path) -> np.ndarray:
    return np.array([[float(cell) for cell in row[1:]] for row in list(csv.reader(path.open()))[1:]])


def test_change_of_places_is_one_matrix_and_one_legend(world: World, later: tuple[Path, Path], tmp_path: Path) -> None:
    before, after = later
    said = {"model": world.model, "matrix": tmp_path / "all.csv", "distance": tmp_path / "far"}
    result = change(before=before, after=after, output=tmp_path / "maps", **said)
    sums = np.zeros((4, 4))
    for name in ("west", "east"):
        alone = change(
            before=world.folder / f"{name}.tif", after=world.folder / f"{name}-later.tif", model=world.model,
            output=tmp_path / f"{name}.tif", matrix=tmp_path / f"{name}.csv", distance=tmp_path / f"{name}-far.tif",
        )  # fmt: skip
        sums += table(tmp_path / f"{name}.csv")
        together = ClassMap.open(tmp_path / "maps" / f"{name}.tif")
        assert (named(together) == named(ClassMap.open(alone.path))).all()
        np.testing.assert_array_equal(read(tmp_path / "far" / f"{name}.tif"), read(tmp_path / f"{name}-far.tif"))
    np.testing.assert_allclose(table(tmp_path / "all.csv"), sums, atol=1e-3)
    assert result.changed_ha == pytest.approx(sums.sum() - np.trace(sums), abs=1e-2)
    legends = [ClassMap.open(tmp_path / "maps" / f"{name}.tif").legend for name in ("west", "east")]
    assert legends[0] == legends[1]
    points = sample(map=tmp_path / "maps", working_set=before, output=tmp_path / "points.gpkg", n=60)
    assert set(points.places) == {"west", "east"}


def named(class_map: ClassMap) -> np.ndarray:
    names = np.full(256, "", object)
    for each in class_map.legend.classes:
        names[each.value] = each.name
    found: np.ndarray = names[read(class_map.path)]
    return found


def test_change_needs_the_same_places_the_right_way_round(
    world: World, later: tuple[Path, Path], tmp_path: Path
) -> None:
    before, after = later
    others = write_set(world.folder / "others.json", {"a": "west-later.tif", "b": "beside.tif"})
    twice = write_set(world.folder / "twice.json", {"a": "west-later.tif", "b": "west.tif", "c": "east-later.tif"})
    for sides, sentence in (
        ((before, others), "east of .* and none lies there"),
        ((before, twice), "west of .* and a, b lies there"),
        ((world.west.path, after), "rising of .* is not the same place as just one of"),
        ((after, before), "rising is of 2021-07-01, and east of 2018-07-01, which is before that"),
    ):
        with pytest.raises(MMEarthError, match=sentence):
            change(before=sides[0], after=sides[1], model=world.model, output=tmp_path / "maps")
        assert not list(tmp_path.iterdir())
