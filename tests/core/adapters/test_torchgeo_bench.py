"""torchgeo-bench scores our encoders on the right bands; with the library itself where it is installed."""

from dataclasses import dataclass

import geobench_folders as folders
import numpy as np
import pytest

from mmearth_core.adapters.bench_bands import bands_of, unit_of
from mmearth_core.embedding.arrays import embed_array
from mmearth_core.errors import MMEarthError


@dataclass
class Spec:
    sensor: str
    name: str
    source_name: str
    mean: float
    max: float
    std: float = 500.0
    min: float = 1.0


def specs(bands: tuple[str, ...], unit: float = 1.0) -> list[Spec]:
    """Channels labelled in the order of GEO-Bench, which are `bands`."""
    means = [folders.MEANS[each] / unit for each in bands]
    return [Spec("s2", "any", label, mean, 3 * mean) for label, mean in zip(folders.SENTINEL2, means, strict=False)]


def test_labels_that_are_wrong_are_put_right() -> None:
    assert [*bands_of(specs(folders.EUROSAT))] == list(folders.EUROSAT)
    assert [*bands_of(specs(folders.BRICKS))] == list(folders.BRICKS[:10])
    right = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
    assert [*bands_of(specs(right))] == list(right)
    assert bands_of([Spec("sar", "vh", "01 - VH.Real", 0, 1), Spec("s2", "nir", "of others", 2000, 9000)]) == {"B08": 1}
    with pytest.raises(MMEarthError, match="no band of Sentinel-2"):
        bands_of([Spec("sar", "vh", "01 - VH.Real", 0, 1)])


def test_the_unit_is_told_by_the_means() -> None:
    assert unit_of(specs(folders.EUROSAT)) == 1 and unit_of(specs(folders.EUROSAT, 10_000)) == 10_000


def test_what_it_is_given_is_the_pooled_embedding() -> None:
    torch, bench = pytest.importorskip("torch"), pytest.importorskip("torchgeo_bench")
    from mmearth_core.adapters.torchgeo_bench import MMEarthBenchModel

    assert bench is not None
    rng = np.random.default_rng(0)
    dn = rng.normal(2000, 300, (2, 13, 16, 16)).astype(np.float32)
    model = MMEarthBenchModel(specs(folders.EUROSAT, 10_000), level="l1c")
    found = model.forward_patch_features(torch.from_numpy(dn / 10_000)).numpy()
    assert found.shape == (2, 128)
    alone = embed_array(dn=dn[0], bands=folders.EUROSAT, level="l1c")
    assert found[0, :64] == pytest.approx(alone.mean(axis=(1, 2)), abs=1e-2)
    assert found[0, 64:] == pytest.approx(alone.std(axis=(1, 2)), abs=1e-2)
