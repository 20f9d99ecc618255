"""Classes compared: distances that mean what they say, honest with few samples, and odd samples found."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest

from mmearth_core import separability
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.comparing.comparison import compare
from mmearth_core.labelling.comparing.gaussians import Gaussians, _bhattacharyya, _Normal
from mmearth_core.labelling.comparing.spectra import spectra_under
from mmearth_core.labelling.live import DrawnSamples
from mmearth_core.labelling.samples import Samples, read_samples
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.progress import CancelToken
from mmearth_core.sources.stack import stacks_of
from mmearth_core.worker.live_verbs import LiveVerbs

BANDS = tuple(f"E{number:02d}" for number in range(64))


@pytest.fixture
def samples(scene: Any, sample_file: Path) -> Samples:
    return read_samples(scene.stack, sample_file, cancel=CancelToken())


def relabelled(samples: Samples, groups: set[int], name: str) -> Samples:
    """Some groups in a class of another name."""
    names = list(samples.legend.names)
    legend = samples.legend
    if name not in names:
        legend = Legend((*legend.classes, MapClass(99, name, (1, 2, 3))))
    index = list(legend.names).index(name)
    moved = [replace(g, label=index) if n in groups else g for n, g in enumerate(samples.groups)]
    label = np.where(np.isin(samples.group, list(groups)), index, samples.label)
    return replace(samples, legend=legend, label=label, groups=tuple(moved))


def test_the_distance_of_known_distributions_is_that_of_the_formula() -> None:
    many = 1e12
    one = _Normal(np.zeros(2), np.eye(2), many, 9)
    other = _Normal(np.array([2.0, 0.0]), np.diag([1.0, 4.0]), many, 9)
    # B = 1/8 d' S^-1 d + 1/2 ln(|S| / sqrt(|S1| |S2|)), S = diag(1, 2.5)
    assert _bhattacharyya(one, other) == pytest.approx(4 / 8 + 0.5 * np.log(2.5 / 2))
    assert _bhattacharyya(one, one) == pytest.approx(0)


def test_different_classes_are_apart_and_halves_of_one_class_are_not(samples: Samples) -> None:
    found = compare(samples, bands=BANDS)
    off = ~np.eye(len(found.classes), dtype=bool)
    assert np.isnan(found.separability[~off]).all() and found.separability[off].min() > 1.8
    np.testing.assert_array_equal(found.separability[off], found.separability.T[off])
    water = [n for n, g in enumerate(samples.groups) if samples.legend.names[g.label] == "water"]
    halved = compare(relabelled(samples, set(water[::2]), "water too"), bands=BANDS)
    names = [each.name for each in halved.classes]
    same = halved.separability[names.index("water"), names.index("water too")]
    assert same < 1 < found.separability[off].min()


def test_a_class_of_one_sample_is_too_few(samples: Samples) -> None:
    lone = next(n for n, g in enumerate(samples.groups))
    found = compare(relabelled(samples, {lone}, "lone"), bands=BANDS)
    names = [each.name for each in found.classes]
    assert np.isnan(found.separability[names.index("lone")]).all()
    assert found.samples[names.index("lone")] == 1


def test_a_sample_with_the_label_of_another_class_is_odd(samples: Samples) -> None:
    wrong = next(n for n, g in enumerate(samples.groups) if samples.legend.names[g.label] == "water")
    fid = samples.groups[wrong].fid
    assert fid not in [each.fid for each in compare(samples, bands=BANDS).odd]
    found = compare(relabelled(samples, {wrong}, "forest"), bands=BANDS).odd
    assert (fid, "forest", "water") in [(each.fid, each.label, each.nearest) for each in found]


def test_distances_do_not_ask_in_which_units_bands_are(samples: Samples) -> None:
    values = samples.values.astype(np.float64)
    one, other = (Gaussians.of(samples, each).separability() for each in (values, values * 7 - 3))
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_spreads_are_quantiles_of_the_pixels(samples: Samples) -> None:
    found = compare(samples, bands=BANDS).embedding
    mine = samples.values[samples.label == 1]
    np.testing.assert_allclose(found.middle[1], np.median(mine, axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.low[1], np.quantile(mine, 0.1, axis=0), rtol=1e-5)
    assert (found.low <= found.middle).all() and (found.middle <= found.high).all() and len(found.bands) == 64


def test_the_table_is_written_and_one_class_is_refused(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    result = separability(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "t.csv")
    rows = list(csv.reader((tmp_path / "t.csv").open()))
    names = [each.name for each in result.comparison.classes]
    assert rows[0] == ["class", *names, "samples", "pixels"] and [row[0] for row in rows[1:]] == names
    assert rows[1][1] == "" and 0 <= float(rows[1][2]) <= 2
    assert "Jeffries-Matusita" in str(result) and names[1] in str(result)
    meta, _, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"])
    columns[0][:] = "all the same"
    pyogrio.raw.write(
        tmp_path / "one.gpkg", wkb, columns, meta["fields"], geometry_type="Polygon", crs=meta["crs"]
    )  # fmt: skip
    with pytest.raises(MMEarthError, match="one class only"):
        separability(embeddings=[scene.path], samples=[tmp_path / "one.gpkg"])


def test_the_worker_says_why_there_are_no_spectra(scene: Any, sample_file: Path) -> None:
    meta, fids, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"], return_fids=True)
    rows = [[int(f), c, bytes(w).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)]
    drawn = DrawnSamples.from_json({"crs": meta["crs"], "features": rows})
    asked = {"cancel": CancelToken(), "embedding": str(scene.path), "samples": drawn}
    assert LiveVerbs().compare_classes(**asked).spectra is None
    found = LiveVerbs().compare_classes(**asked, scene="nowhere.tif")
    assert found.spectra is None and "nowhere.tif does not exist" in found.messages[-1]
    assert found.embedding.bands[0] == "E00" and np.isfinite(found.embedding.middle).all()


@pytest.mark.realdata
def test_spectra_are_reflectances_of_the_scene(realdata: Path, tmp_path: Path) -> None:
    from mmearth_core import embed

    scene = realdata / "aberystwyth_s2_20210527.tif"
    embed(scene=scene, output=tmp_path / "e.tif", window=(250, 550, 330, 330))
    [stack] = stacks_of(tmp_path / "e.tif")
    samples = read_samples(stack, realdata / "aberystwyth_samples.gpkg", cancel=CancelToken())
    found = spectra_under(samples, stack, scene, cancel=CancelToken())
    assert found.wavelengths == tuple(sorted(found.wavelengths or ())) and found.bands[0] == "B02"
    names = list(samples.legend.names)
    red, infrared = found.bands.index("B04"), found.bands.index("B08")
    plants = {"forest", "grass"} & set(names)
    assert plants
    for name in plants:
        spectrum = found.middle[names.index(name)]
        assert spectrum[red] < 0.06 and 0.25 < spectrum[infrared] < 0.7, "plants are dark in red, bright beyond"
