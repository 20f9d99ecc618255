"""Accuracy and areas over all places of a working set: one design, each ground once, no place forgotten."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from pyproj import Transformer
from rasterio.crs import CRS

from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.estimators import estimate
from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import MMEarthError
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.together import MapsTogether, measure_together
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid, Window

NAMES = ("water", "forest", "town")
#: 10 m pixels of a zone, and pixels of Web Mercator, which are two fifths of that on the ground at 50° N.
NORTH = Grid(200, 300, Affine(10, 0, 500_000, 0, -10, 5_800_000), CRS.from_epsg(32630))
SOUTH = Grid(240, 400, Affine(10, 0, 1_600_000, 0, -10, 6_400_000), CRS.from_epsg(3857))


@dataclass
class World:
    """A working set of two places, the folder of their maps, and what is true there: (map, truth, grid) by place."""

    folder: Path
    places: dict[str, tuple[np.ndarray, np.ndarray, Grid]]

    @property
    def maps(self) -> Path:
        return self.folder / "maps"

    @property
    def set(self) -> Path:
        return self.folder / "set.json"

    def label(self, points: Path, output: Path) -> Path:
        """Give every point the class that is true where it lies."""
        meta, _, geometry, columns = pyogrio.raw.read(points)
        fields = dict(zip(meta["fields"], columns, strict=True))
        xy = shapely.get_coordinates(shapely.from_wkb(geometry))
        for name, (_, truth, grid) in self.places.items():
            here = Transformer.from_crs(meta["crs"], grid.crs, always_xy=True).transform(*xy.T)
            cols, rows = np.floor(~grid.transform * np.array(here)).astype(int)
            mine = np.flatnonzero(fields["place"] == name if "place" in fields else np.ones(len(xy), bool))
            mine = mine[((rows >= 0) & (rows < grid.height) & (cols >= 0) & (cols < grid.width))[mine]]
            fields["class"][mine] = np.array(NAMES, object)[truth[rows[mine], cols[mine]] - 1]
        pyogrio.raw.write(output, geometry, list(fields.values()), list(fields), geometry_type="Point", crs=meta["crs"])
        return output


def write_map(path: Path, values: np.ndarray, grid: Grid, names: tuple[str, ...] = NAMES, **tags: str) -> Path:
    with new_map(path, Legend.numbered(names), grid, tags=tags) as dataset:
        dataset.write(values.astype(np.uint8), 1)
    return path


def write_set(path: Path, grids: dict[str, Grid]) -> Path:
    """A working set of an embedding of a few pixels in the middle of each place."""
    places = []
    for name, grid in grids.items():
        small = grid.crop(Window(grid.height // 2, grid.width // 2, 4, 4))
        raster = EmbeddingRaster(path.parent / f"{name}-emb.tif", small, "m", "a" * 64, (0.1,), (-12.75,), {})
        with new_embedding(raster) as dataset:
            dataset.write(np.full((1, 4, 4), 9, np.uint8))
        places.append({"name": name, "embeddings": [{"embedding": raster.path.name}]})
    path.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": places}))
    return path


def make_world(folder: Path, grids: dict[str, Grid], wrong: dict[str, float]) -> World:
    """Places of three classes, with maps that are wrong at a share of the pixels."""
    (folder / "maps").mkdir()
    places = {}
    for number, (name, grid) in enumerate(grids.items()):
        rng = np.random.default_rng(number)
        truth = np.ones(grid.shape, int)
        truth[:, grid.width // 3 :] = 2
        truth[grid.height // 2 :, grid.width // 2 :] = 3
        mapped = np.where(rng.random(grid.shape) < wrong[name], rng.integers(1, 4, grid.shape), truth)
        mapped[:, : 5 * (number + 1)] = 0
        write_map(folder / "maps" / f"{name}.tif", mapped, grid)
        places[name] = mapped, truth, grid
    write_set(folder / "set.json", grids)
    return World(folder, places)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    grids = {"north": NORTH, "south": SOUTH}
    return make_world(tmp_path_factory.mktemp("world"), grids, {"north": 0.05, "south": 0.5})


def areas(world: World) -> dict[str, dict[int, float]]:
    """Hectares of a pixel's class: mapped, true, and right, over all places, by hand."""
    found: dict[str, dict[int, float]] = {"mapped": {}, "true": {}}
    for name, (mapped, truth, _) in world.places.items():
        pixel = ha_of_pixel(world, name)
        for value in (1, 2, 3):
            for kind, values in (("mapped", mapped), ("true", truth)):
                found[kind][value] = found[kind].get(value, 0) + ((values == value) & (mapped > 0)).sum() * pixel
    return found


def ha_of_pixel(world: World, name: str) -> float:
    alone = MapsTogether.alone(ClassMap.open(world.maps / f"{name}.tif"))
    measured = measure_together(alone, progress=Silent(), cancel=CancelToken())
    return sum(measured.hectares.values()) / sum(measured.pixels.values())


def test_one_sample_of_all_places_finds_the_true_areas_and_accuracy(world: World, tmp_path: Path) -> None:
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=3000, seed=1)
    assert drawn.points == 3000 and sum(drawn.places.values()) == 3000 and "south" in str(drawn)
    report = assess(map=world.maps, working_set=world.set, reference=world.label(drawn.path, tmp_path / "r.gpkg"))
    by_hand = areas(world)
    pixel = {name: ha_of_pixel(world, name) for name in world.places}
    assert 2.3 < pixel["north"] / pixel["south"] < 2.5
    right = sum((mapped == truth)[mapped > 0].sum() * pixel[name] for name, (mapped, truth, _) in world.places.items())
    total = sum(by_hand["mapped"].values())
    assert report.units == 3000 and report.warnings == () and report.places == ("north", "south")
    # Counted by pixels instead of ground, it would be 0.05 lower.
    assert abs(report.overall.value - right / total) < 2.5 * report.overall.standard_error < 0.02
    for each in report.classes:
        assert each.mapped_ha == pytest.approx(by_hand["mapped"][each.value], rel=1e-4)
        assert abs(each.estimated_ha.value - by_hand["true"][each.value]) < 3 * each.estimated_ha.standard_error
    assert report.covered_ha == pytest.approx(total, rel=1e-4)
    assert report.as_dict()["places"] == ["north", "south"] and "(north, south)" in str(report)


def test_the_figures_are_olofssons_over_the_union(world: World, tmp_path: Path) -> None:
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=200, seed=3)
    report = assess(map=world.maps, working_set=world.set, reference=world.label(drawn.path, tmp_path / "r.gpkg"))
    meta, _, _, columns = pyogrio.raw.read(tmp_path / "r.gpkg")
    fields = dict(zip(meta["fields"], columns, strict=True))
    assert meta["crs"] == "EPSG:4326"
    mapped_ha = areas(world)["mapped"]
    expected = estimate(
        mapped=fields["stratum"],
        reference=[NAMES.index(name) + 1 for name in fields["class"]],
        stratum=fields["stratum"],
        sizes=mapped_ha,
        classes=(1, 2, 3),
    )
    assert (report.counts == expected.counts).all()
    for mine, theirs in zip(report.classes, expected.areas, strict=True):
        assert mine.estimated_ha.value == pytest.approx(theirs.value, rel=1e-4)
        assert mine.estimated_ha.standard_error == pytest.approx(theirs.standard_error, rel=1e-4)
    assert [fields["stratum_ha"][fields["stratum"] == v][0] for v in (1, 2, 3)] == pytest.approx(
        list(mapped_ha.values()), rel=1e-4
    )


def test_points_are_shared_out_by_ground_not_by_pixels(world: World, tmp_path: Path) -> None:
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.fgb", n=6000, seed=2)
    hectares = {name: (mapped > 0).sum() * ha_of_pixel(world, name) for name, (mapped, _, _) in world.places.items()}
    share = hectares["north"] / sum(hectares.values())
    assert abs(drawn.places["north"] / 6000 - share) < 0.02
    assert (
        abs((world.places["north"][0] > 0).sum() / sum((m > 0).sum() for m, _, _ in world.places.values()) - share)
        > 0.1
    )


def test_a_small_class_of_one_place_is_drawn_whole(tmp_path: Path) -> None:
    world = make_world(tmp_path, {"north": NORTH, "south": SOUTH}, {"north": 0, "south": 0})
    for name, count in (("north", 3), ("south", 4)):
        mapped, _, grid = world.places[name]
        mapped[mapped == 3] = 2
        mapped[50, 100 : 100 + count] = 3
        write_map(world.maps / f"{name}.tif", mapped, grid)
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=60, min_per_class=10)
    _, _, geometry, columns = pyogrio.raw.read(drawn.path, columns=["stratum"])
    assert (columns[0] == 3).sum() == 7 and len(set(geometry.tolist())) == 60


def test_the_order_of_the_places_does_not_matter(world: World, tmp_path: Path) -> None:
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=100)
    reference = world.label(drawn.path, tmp_path / "r.gpkg")
    write_set(world.folder / "turned.json", {"south": SOUTH, "north": NORTH})
    one, other = (
        assess(map=world.maps, working_set=each, reference=reference)
        for each in (world.set, world.folder / "turned.json")
    )
    assert one.overall == other.overall and one.warnings == other.warnings == ()


def test_ground_that_two_places_show_counts_once(tmp_path: Path) -> None:
    """The second place lies over a third of the first, in another projection, turned and with other pixels."""
    middle = Transformer.from_crs(32630, 3857, always_xy=True).transform(502_000, 5_799_900)
    over = Grid(200, 260, Affine(16.3, 0, middle[0], 0, -16.3, middle[1]), SOUTH.crs)
    world = make_world(tmp_path, {"north": NORTH, "south": over}, {"north": 0, "south": 0})
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=2000)
    (said,) = [each for each in drawn.messages if "counted once" in each]
    report = assess(map=world.maps, working_set=world.set, reference=world.label(drawn.path, tmp_path / "r.gpkg"))
    outlines = {
        name: turned(
            shapely.box(*grid.crop(Window(0, 5 * (n + 1), grid.height, grid.width - 5 * (n + 1))).bounds),
            Transformer.from_crs(grid.crs, 32630, always_xy=True),
        )
        for n, (name, (_, _, grid)) in enumerate(world.places.items())
    }
    union = shapely.union_all(list(outlines.values())).area / 1e4
    both = shapely.intersection(*outlines.values()).area / 1e4
    assert both > 150 and abs(float(said.split("(")[1].split(" ha")[0]) - both) < 0.01 * both
    assert report.covered_ha == pytest.approx(union, rel=0.01)
    assert report.overall.value == 1
    # No point of the second place is on ground of the first.
    meta, _, geometry, columns = pyogrio.raw.read(drawn.path, columns=["place"])
    xy = shapely.get_coordinates(shapely.from_wkb(geometry[columns[0] == "south"]))
    x, y = Transformer.from_crs(meta["crs"], 32630, always_xy=True).transform(*xy.T)
    assert len(x) > 100 and not shapely.contains_xy(outlines["north"].buffer(-1), x, y).any()


def test_plain_points_and_polygons_are_compared_on_all_places(world: World, tmp_path: Path, write_vector: Any) -> None:
    shapes, classes = [], []
    for _, truth, grid in world.places.values():
        to_degrees = Transformer.from_crs(grid.crs, 4326, always_xy=True)
        for row, col in np.random.default_rng(0).integers(30, 190, (40, 2)):
            shapes.append(shapely.Point(to_degrees.transform(*(grid.transform * (col + 0.5, row + 0.5)))))
            classes.append(NAMES[truth[row, col] - 1])
    points = write_vector(
        tmp_path / "p.gpkg",
        [*shapes, shapely.Point(100, 0), shapely.Point(101, 0)],
        {"class": [*classes, "water", "water"]},
        crs="EPSG:4326",
    )
    report = assess(map=world.maps, working_set=world.set, reference=points)
    assert report.units == 80 and any("over all places together" in each for each in report.warnings)
    assert "2 of 82 points left out: outside the map." in report.warnings
    assert not any("twice" in each for each in report.warnings)
    assert sum(each.mapped_ha for each in report.classes) == pytest.approx(report.covered_ha)
    squares = []
    for _, _, grid in world.places.values():
        edges = Transformer.from_crs(grid.crs, 4326, always_xy=True)
        box = shapely.segmentize(shapely.box(*grid.crop(Window(10, 30, 20, 20)).bounds), 20)
        squares.append(turned(box, edges))
    polygons = write_vector(tmp_path / "a.gpkg", squares, {"class": ["water", "water"]}, crs="EPSG:4326")
    agreed = assess(map=world.maps, working_set=world.set, reference=polygons)
    right = sum((mapped[10:30, 30:50] == 1).sum() for mapped, _, _ in world.places.values())
    assert agreed.units == 800 and agreed.overall.value == pytest.approx(right / 800)


def test_samples_of_each_place_have_strata_of_their_own(world: World, tmp_path: Path) -> None:
    parts = []
    for name in world.places:
        alone = sample(map=world.maps / f"{name}.tif", output=tmp_path / f"{name}.gpkg", n=300)
        parts.append(world.label(alone.path, tmp_path / f"{name}-r.gpkg"))
    merged = merge(parts, tmp_path / "merged.gpkg")
    report = assess(map=world.maps, working_set=world.set, reference=merged)
    assert any("Each place was sampled by itself" in each for each in report.warnings)
    by_hand = areas(world)
    assert report.covered_ha == pytest.approx(sum(by_hand["mapped"].values()), rel=1e-4)
    for each in report.classes:
        assert abs(each.estimated_ha.value - by_hand["true"][each.value]) < 3.5 * each.estimated_ha.standard_error
    one = assess(map=world.maps, working_set=world.set, reference=merge([parts[0]], tmp_path / "one.gpkg"))
    assert any("another map" in each for each in one.warnings)


def turned(geometry: Any, to: Transformer) -> Any:
    """A geometry, or an array of them, in the other system of `to`."""
    return shapely.transform(geometry, lambda xy: np.stack(to.transform(*xy.T), axis=1))


def merge(parts: list[Path], output: Path) -> Path:
    """Labelled samples of one file each as one file in degrees."""
    shapes, rows = [], []
    for part in parts:
        meta, _, geometry, columns = pyogrio.raw.read(part)
        to_degrees = Transformer.from_crs(meta["crs"], 4326, always_xy=True)
        shapes.append(shapely.to_wkb(turned(shapely.from_wkb(geometry), to_degrees)))
        rows.append(columns)
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    pyogrio.raw.write(output, np.concatenate(shapes), columns, meta["fields"], geometry_type="Point", crs="EPSG:4326")
    return output


def test_samples_whose_strata_may_overlap_are_refused(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.tif"
    mapped, _, grid = world.places["north"]
    write_map(other, np.where(mapped == 3, 2, mapped), grid)
    parts = []
    for path in (world.maps / "north.tif", other):
        drawn = sample(map=path, output=tmp_path / f"{path.stem}.gpkg", n=100)
        parts.append(world.label(drawn.path, tmp_path / f"{path.stem}-r.gpkg"))
    merged = merge(parts, tmp_path / "merged.gpkg")
    with pytest.raises(MMEarthError, match="points of 2 samples"):
        assess(map=world.maps / "north.tif", reference=merged)


def test_a_place_without_its_map_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    for name in ("north", "stray"):
        write_map(tmp_path / "maps" / f"{name}.tif", *world.places["north"][::2])
    points = {"output": tmp_path / "p.gpkg", "n": 50}
    with pytest.raises(MMEarthError, match=r"no map of south \(south\.tif\).*mmearth classify .*set\.json"):
        sample(map=tmp_path / "maps", working_set=world.set, **points)
    with pytest.raises(MMEarthError, match="is a folder; name the working set"):
        sample(map=tmp_path / "maps", **points)
    with pytest.raises(MMEarthError, match=r"north\.tif is no folder, and .*set\.json has 2 places"):
        sample(map=tmp_path / "maps" / "north.tif", working_set=world.set, **points)
    # A map of other ground under the place's name.
    write_map(tmp_path / "maps" / "south.tif", *world.places["north"][::2])
    with pytest.raises(MMEarthError, match=r"south\.tif lies elsewhere than south"):
        sample(map=tmp_path / "maps", working_set=world.set, **points)
    write_map(tmp_path / "maps" / "south.tif", *world.places["south"][::2])
    drawn = sample(map=tmp_path / "maps", working_set=world.set, **points)
    assert any("stray.tif" in each and "left out" in each for each in drawn.messages)


def test_maps_whose_classes_differ_are_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    write_map(tmp_path / "maps" / "north.tif", *world.places["north"][::2])
    for names, said in (
        (("forest", "water", "town"), r"calls value 1 'water', .*south\.tif calls it 'forest'"),
        (("lake", "water", "town"), r"calls value 1 'water', .*'lake'"),
    ):
        write_map(tmp_path / "maps" / "south.tif", *world.places["south"][::2], names)
        with pytest.raises(MMEarthError, match=said):
            sample(map=tmp_path / "maps", working_set=world.set, output=tmp_path / "p.gpkg", n=50)
    assert not (tmp_path / "p.gpkg").exists()


def test_maps_of_different_models_are_told(world: World, tmp_path: Path) -> None:
    drawn = sample(map=world.maps, working_set=world.set, output=tmp_path / "p.gpkg", n=30)
    assert not any("models" in message for message in drawn.messages)
    shutil.copytree(world.maps, tmp_path / "maps")
    mapped, _, grid = world.places["south"]
    write_map(tmp_path / "maps" / "south.tif", mapped, grid, training_digest="later")
    drawn = sample(map=tmp_path / "maps", working_set=world.set, output=tmp_path / "q.gpkg", n=30)
    assert any("made with 2 models (north; south)" in message for message in drawn.messages)
