"""Where to label next: uncertain, unlike each other, apart on the ground, never where labels are already."""

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling import suggestions
from mmearth_core.labelling.probe import fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.labelling.samples import read_samples
from mmearth_core.labelling.suggestions import MIN_DISTANCE, Candidates, choose, find_candidates, places, suggest
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Window

ALONE = np.zeros(3, np.int64)


@pytest.fixture(scope="module")
def probe(scene, sample_file):
    return fit_probe(read_samples(scene.stack, sample_file, cancel=CancelToken()))


@pytest.fixture(scope="module")
def model(probe, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.json"
    save_probe(path, probe)
    return path


def read(path):
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return shapely.get_coordinates(shapely.from_wkb(geometry)), dict(zip(meta["fields"], columns, strict=True))


def pixels(scene, xy):
    cols, rows = np.asarray(~scene.raster.grid.transform * xy.T)
    return np.floor(rows).astype(int), np.floor(cols).astype(int)


def slow_uncertainty(scene, probe):
    """1 − margin, averaged over the valid 3 × 3 neighbours that were read together (blocks of 256 rows)."""
    with rasterio.open(scene.path) as dataset:
        dn = dataset.read()
    bands, height, width = dn.shape
    probabilities = np.sort(probe.probabilities(scene.raster.decode(dn.reshape(bands, -1)).T), axis=1)
    raw = (1 - (probabilities[:, -1] - probabilities[:, -2])).reshape(height, width)
    valid = dn[0] > 0
    smooth = np.full((height, width), -1.0)
    for row, col in np.argwhere(valid):
        top = row // 256 * 256
        near = np.s_[max(top, row - 1) : min(top + 256, row + 2), max(0, col - 1) : col + 2]
        smooth[row, col] = raw[near][valid[near]].mean()
    return smooth


def test_every_cell_offers_its_most_uncertain_pixel(scene, probe):
    candidates = find_candidates(
        scene.stack, probe, scene.raster.grid.window, 16, progress=Silent(), cancel=CancelToken()
    )
    expected = slow_uncertainty(scene, probe)
    assert np.allclose(candidates.uncertainty, expected[candidates.row, candidates.col], atol=1e-4)
    best = {}
    for row in range(0, 300, 16):
        for col in range(0, 420, 16):
            top = expected[row : row + 16, col : col + 16].max()
            if top >= 0:
                best[row // 16, col // 16] = top
    offered = dict(
        zip(zip(candidates.row // 16, candidates.col // 16, strict=True), candidates.uncertainty, strict=True)
    )
    assert offered.keys() == best.keys()
    assert np.allclose([offered[cell] for cell in best], list(best.values()), atol=1e-4)
    with rasterio.open(scene.path) as dataset:
        stored = dataset.read()[:, candidates.row, candidates.col]
        assert np.array_equal(candidates.values, scene.raster.decode(stored).T)


def test_each_choice_is_the_most_uncertain_and_unlike_the_earlier_ones(scene, probe):
    candidates = find_candidates(
        scene.stack, probe, scene.raster.grid.window, 16, progress=Silent(), cancel=CancelToken()
    )
    chosen = choose(candidates, candidates.positions([scene.raster.grid]), probe, 12)
    z = probe.standardised(candidates.values)
    known = list(probe.members[0].reach.centres)
    taken = []
    for index in chosen:
        gain = candidates.uncertainty * np.min([np.linalg.norm(z - k, axis=1) for k in known], axis=0)
        for other in taken:
            apart = np.hypot(candidates.row - candidates.row[other], candidates.col - candidates.col[other])
            gain[apart < MIN_DISTANCE] = -1
        assert gain[index] == pytest.approx(gain.max(), rel=1e-5)
        known.append(z[index])
        taken.append(index)
    assert len(set(chosen)) == 12


def test_a_class_nobody_labelled_is_suggested_first(scene, write_vector, tmp_path):
    """Three of four classes are labelled; most suggestions fall on the fourth."""
    shapes, names = scene.fields(5)
    known = [(s, n) for s, n in zip(shapes, names, strict=True) if n != "urban"]
    samples = write_vector(tmp_path / "s.gpkg", [s for s, _ in known], {"class": [n for _, n in known]})
    save_probe(tmp_path / "three.json", fit_probe(read_samples(scene.stack, samples, cancel=CancelToken())))
    result = suggest(embedding=scene.path, model=tmp_path / "three.json", output=tmp_path / "p.gpkg", n=10)
    rows, cols = pixels(scene, read(result.path)[0])
    assert (scene.truth[rows, cols] == 4).mean() >= 0.7 > (scene.truth == 4).mean() + 0.2


def test_points_carry_what_the_labeller_needs(scene, probe, model, tmp_path):
    result = suggest(embedding=scene.path, model=model, output=tmp_path / "p.gpkg", n=15)
    xy, fields = read(result.path)
    assert list(fields) == ["rank", "class", "predicted", "second", "margin"]
    assert fields["rank"].tolist() == list(range(1, 16))
    assert set(fields["class"]) == {None}
    rows, cols = pixels(scene, xy)
    with rasterio.open(scene.path) as dataset:
        dn = dataset.read()[:, rows, cols].T
    assert (dn > 0).all()
    p = probe.probabilities(scene.raster.decode(dn.T).T)
    order = np.argsort(-p, axis=1)
    names = np.array(probe.legend.names)
    assert fields["predicted"].tolist() == names[order[:, 0]].tolist()
    assert fields["second"].tolist() == names[order[:, 1]].tolist()
    assert np.allclose(fields["margin"], np.diff(np.sort(p, axis=1)[:, -2:], axis=1)[:, 0], atol=1e-6)
    gaps = np.hypot(rows[:, None] - rows, cols[:, None] - cols)[~np.eye(15, dtype=bool)]
    assert gaps.min() >= MIN_DISTANCE
    assert "15 places" in str(result)


def test_labelled_places_are_not_suggested_again(scene, model, tmp_path, write_vector):
    first = suggest(embedding=scene.path, model=model, output=tmp_path / "first.gpkg", n=15)
    again = suggest(embedding=scene.path, model=model, output=tmp_path / "again.gpkg", n=15, samples=first.path)
    a, b = (np.column_stack(pixels(scene, read(r.path)[0])) for r in (first, again))
    assert np.linalg.norm(a[:, None] - b, axis=2).min() >= MIN_DISTANCE - 1
    everything = write_vector(tmp_path / "all.gpkg", [shapely.box(*scene.raster.grid.bounds)], {"class": ["sea"]})
    with pytest.raises(MMEarthError, match="no valid pixel to suggest"):
        suggest(embedding=scene.path, model=model, output=tmp_path / "none.gpkg", samples=everything)
    assert not (tmp_path / "none.gpkg").exists()


def test_same_seed_same_points(scene, model, tmp_path):
    points = [
        read(suggest(embedding=scene.path, model=model, output=tmp_path / f"{i}.fgb", seed=5).path)[0] for i in range(2)
    ]
    assert np.array_equal(*points)


def test_seed_decides_only_between_equals(probe):
    """Two identical places far apart: either may come, but only one of them before something new."""
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1, (3, probe.members[0].bands)).astype(np.float32)
    values = np.stack([values[0], values[0], values[1]])
    pool = Candidates(np.array([0, 500, 900]), ALONE, values, np.array([1.0, 1.0, 0.2], np.float32), ALONE)
    chosen = choose(pool, np.column_stack([pool.row, pool.col]), probe, 2)
    assert set(chosen.tolist()) in ({0, 2}, {1, 2})


def test_a_place_beside_a_better_one_is_passed_over(probe):
    # As far from every centre as each other, so that uncertainty decides.
    values = np.random.default_rng(0).normal(0, 10, (3, probe.members[0].bands)).astype(np.float32)
    pool = Candidates(np.array([0, 6, 40]), np.array([0, 7, 0]), values, np.array([1.0, 0.9, 0.1], np.float32), ALONE)
    assert choose(pool, np.column_stack([pool.row, pool.col]), probe, 3).tolist() == [
        0,
        2,
    ]  # (6, 7) is 9.2 pixels from (0, 0)


def test_what_lacks_a_date_is_as_far_from_others_as_what_it_shows():
    z = np.array([[3, 4, np.nan, np.nan], [3, 4, 3, 4], [np.nan, np.nan, 3, 4]], np.float32)
    apart = suggestions._unlike_in_part(z, np.zeros(4, np.float32))
    assert apart == pytest.approx([np.sqrt(50)] * 3)
    assert suggestions._unlike_in_part(z, z[0]).tolist() == [0, 0, np.inf]
    whole = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    assert suggestions._unlike(whole, whole[0]) == pytest.approx(suggestions._unlike_in_part(whole, whole[0]))


def test_fewer_places_than_asked_for_is_said(make_scene, model, tmp_path):
    small = make_scene(tmp_path / "small.tif", height=60, width=75)
    result = suggest(embedding=small.path, model=model, output=tmp_path / "p.gpkg", n=50)
    assert 0 < result.points < 50
    assert "50 were asked for" in str(result)


def test_places_looked_at_do_not_grow_with_the_raster():
    for size, edge in ((100, 16), (2048, 16), (2500, 32), (10980, 128), (40000, 256)):
        assert suggestions.cell_edge(size * size) == edge


def test_unusable_requests_leave_nothing(scene, model, make_scene, tmp_path):
    other = make_scene(tmp_path / "other.tif", height=60, width=60, model_id="b" * 64)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    before = sorted(tmp_path.iterdir())
    for options, sentence in (
        ({"embedding": other.path}, "or fit again"),
        ({"embedding": tmp_path / "absent.tif"}, "does not exist"),
        ({"model": broken}, r"broken\.json"),
        ({"n": 0}, "1 or more"),
        ({"seed": -1}, "0 or more"),
        ({"output": tmp_path / "p.csv"}, "let it end in"),
        ({"samples": tmp_path / "absent.gpkg"}, "does not exist"),
    ):
        with pytest.raises(MMEarthError, match=sentence):
            suggest(**{"embedding": scene.path, "model": model, "output": tmp_path / "p.gpkg", **options})
        assert sorted(tmp_path.iterdir()) == before


def test_cancel_leaves_nothing(scene, model, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        suggest(embedding=scene.path, model=model, output=tmp_path / "p.gpkg", cancel=token)
    assert not list(tmp_path.iterdir())


def test_a_small_window_has_places_too(scene, few_samples):
    """Each cell of the raster offers one pixel; a window inside one cell must not depend on where that lies."""
    samples = read_samples(scene.stack, few_samples, cancel=CancelToken())
    probe = fit_probe(samples)
    for row, col in ((100, 100), (133, 211), (250, 390)):
        window = Window(row, col, 12, 12)
        chosen = places([scene.stack], probe, None, 3, windows=[window], progress=Silent(), cancel=CancelToken())
        assert len(chosen)
        assert ((chosen.row >= row) & (chosen.row < row + 12) & (chosen.col >= col) & (chosen.col < col + 12)).all()
    with pytest.raises(MMEarthError, match="outside"):
        places([scene.stack], probe, None, 3, windows=[Window(0, 0, 0, 5)], progress=Silent(), cancel=CancelToken())
