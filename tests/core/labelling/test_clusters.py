"""The unsupervised map: nearest centre everywhere, largest cluster first, the same for the same seed."""

import numpy as np
import pytest
import rasterio
from sklearn.metrics import adjusted_rand_score

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling import clusters
from mmearth_core.labelling.clusters import cluster
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken, Silent


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def test_clusters_are_the_classes_where_classes_are_apart(scene, tmp_path):
    result = cluster(embedding=scene.path, output=tmp_path / "map.tif", k=4)
    got = read(result.path)
    valid = scene.truth > 0
    assert np.array_equal(got > 0, valid)
    assert adjusted_rand_score(scene.truth[valid], got[valid]) > 0.95


def test_the_largest_cluster_is_first_and_sizes_are_those_of_the_map(scene, tmp_path):
    result = cluster(embedding=scene.path, output=tmp_path / "map.tif", k=6, seed=3)
    sizes = np.bincount(read(result.path).ravel(), minlength=7)[1:]
    assert result.pixels == tuple(sizes)
    assert np.all(np.diff(sizes) <= 0) and sizes[-1] > 0
    legend = ClassMap.open(result.path).legend
    assert legend.names == tuple(f"cluster {i}" for i in range(1, 7))
    assert str(result).startswith("6 clusters")


def test_every_pixel_has_the_nearest_centre(scene, tmp_path):
    """Against distances computed in full; only ties within rounding may differ."""
    centres = clusters._centres([scene.stack], 5, 1, "scene", Silent(), CancelToken())
    clusters._assign(scene.stack, centres, tmp_path / "draft.tif", Silent(), CancelToken())
    got = read(tmp_path / "draft.tif")
    with rasterio.open(scene.path) as dataset:
        values = scene.raster.decode(dataset.read()).astype(float)
    distances = np.stack([((values - c[:, None, None]) ** 2).sum(0) for c in centres])
    valid = scene.truth > 0
    chosen = np.take_along_axis(distances, np.maximum(got, 1)[None] - 1, axis=0)[0]
    assert np.allclose(chosen[valid], distances.min(0)[valid], rtol=1e-4)
    assert (got == distances.argmin(0) + 1)[valid].mean() > 0.9999


def test_same_seed_same_map(scene, tmp_path):
    maps = [read(cluster(embedding=scene.path, output=tmp_path / f"{i}.tif", k=5, seed=7).path) for i in range(2)]
    assert np.array_equal(*maps)


def test_sample_is_the_same_share_of_every_block_and_bounded(scene, monkeypatch):
    monkeypatch.setattr(clusters, "SAMPLE_PIXELS", 20_000)
    values = clusters._sample([scene.stack], 4, np.random.default_rng(0), Silent(), CancelToken())
    assert 0 < len(values) <= 20_000
    assert np.isfinite(values).all()
    with rasterio.open(scene.path) as dataset:
        truth = scene.raster.decode(dataset.read()[:, scene.truth > 0]).mean(axis=1)
    assert (np.abs(values.mean(axis=0) - truth) < scene.raster.linear[0]).all()


def test_scene_with_little_data_is_clustered_from_all_of_it(make_scene, tmp_path, monkeypatch):
    small = make_scene(tmp_path / "small.tif", height=50, width=60, bands=8)
    monkeypatch.setattr(clusters, "SAMPLE_PIXELS", 60)  # a share so low that hardly a pixel is drawn
    result = cluster(embedding=small.path, output=tmp_path / "map.tif", k=3)
    assert sum(result.pixels) == (small.truth > 0).sum()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 1}, "choose 2 … 254"),
        ({"k": 255}, "choose 2 … 254"),
        ({"k": 3, "seed": -1}, "choose 0 …"),
        ({"k": 3, "embedding": "absent.tif"}, "does not exist"),
        ({"k": 3, "output": "no/map.tif"}, "does not exist"),
    ],
)
def test_unusable_requests_leave_nothing(scene, tmp_path, options, sentence):
    paths = {key: tmp_path / value for key, value in options.items() if isinstance(value, str)}
    with pytest.raises(MMEarthError, match=sentence):
        cluster(**{"embedding": scene.path, "output": tmp_path / "map.tif", **options, **paths})
    assert not list(tmp_path.iterdir())


def test_more_clusters_than_different_pixels_is_refused(make_scene, tmp_path):
    plain = make_scene(tmp_path / "plain.tif", height=60, width=60, bands=4)
    with rasterio.open(plain.path, "r+") as dataset:
        values = np.full((4, 60, 60), 7, np.uint8)
        values[:, :30] = 9
        dataset.write(values)
    with pytest.raises(MMEarthError, match="fewer than 3 different"):
        cluster(embedding=plain.path, output=tmp_path / "map.tif", k=3)
    assert [file.name for file in tmp_path.iterdir()] == ["plain.tif"]


def test_cancel_leaves_nothing(scene, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        cluster(embedding=scene.path, output=tmp_path / "map.tif", k=3, cancel=token)
    assert not list(tmp_path.iterdir())
