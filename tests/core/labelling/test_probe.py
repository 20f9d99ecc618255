"""The probe: finds the classes, is the same for the same samples, refits where it was, refuses another model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.samples import Samples, read_samples, sample_weights
from mmearth_core.progress import CancelToken
from mmearth_core.sources.unlabelled import draw_unlabelled


@pytest.fixture(scope="module")
def samples(scene: Any, sample_file: Path) -> Samples:
    return read_samples(scene.stack, sample_file, cancel=CancelToken())


@pytest.fixture(scope="module")
def probe(samples: Samples) -> Probe:
    return fit_probe(samples)


def reordered(samples: Samples, order: np.ndarray) -> Samples:
    return replace(
        samples,
        values=samples.values[order],
        label=samples.label[order],
        group=samples.group[order],
        position=samples.position[order],
    )


def test_it_finds_the_classes_elsewhere_in_the_scene(scene: Any, probe: Probe) -> None:
    with scene.raster.reader() as reader:
        dn = reader.read(scene.raster.grid.window)
    valid = scene.truth > 0
    names = np.array(["-", "water", "forest", "grass", "urban"])[scene.truth[valid]]
    assert (np.array(probe.legend.names)[probe.predict(scene.raster.decode(dn[:, valid]).T)] == names).mean() > 0.98


def test_folded_scores_are_those_of_the_formula(samples: Samples, probe: Probe) -> None:
    z = (samples.values.astype(float) - probe.members[0].centre) / probe.members[0].scale
    expected = z @ probe.members[0].coefficients.T + probe.members[0].intercept
    assert np.allclose(probe.scores(samples.values), expected, atol=2e-4)
    assert np.allclose(probe.standardised(samples.values), z, atol=1e-4)
    probabilities = probe.probabilities(samples.values)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    top = np.sort(probabilities, axis=1)
    assert np.allclose(probe.margins(samples.values), top[:, -1] - top[:, -2], atol=1e-6)


def test_two_classes_have_the_probabilities_of_plain_logistic_regression(samples: Samples) -> None:
    keep = np.isin(samples.label, [0, 1])
    legend = type(samples.legend)(samples.legend.classes[:2])
    two = replace(samples.subset(keep), legend=legend)
    probe = fit_probe(two)
    assert probe.members[0].coefficients.shape == (2, 64)
    assert (probe.predict(two.values) == two.label).mean() > 0.99
    # The penalised optimum: the gradient of the objective vanishes.
    (member,) = probe.members
    z = (two.values.astype(float) - member.centre) / member.scale
    error = probe.probabilities(two.values)[:, 1] - two.label
    penalty = np.diff(member.coefficients, axis=0)[0] / probe.strengths.regularisation
    gradient = (sample_weights(two) * error) @ z + penalty
    assert np.abs(gradient).max() < 1e-3


def test_the_order_of_samples_does_not_matter(samples: Samples, probe: Probe) -> None:
    shuffled = fit_probe(reordered(samples, np.random.default_rng(0).permutation(len(samples))))
    assert shuffled.training.digest == probe.training.digest
    assert np.allclose(shuffled.members[0].coefficients, probe.members[0].coefficients, atol=0.02)
    changed = replace(samples, values=np.where(np.arange(len(samples))[:, None] == 0, np.float32(9), samples.values))
    assert changed.digest != samples.digest


def test_a_warm_refit_reaches_the_same_probe_also_with_new_classes(samples: Samples, probe: Probe) -> None:
    fewer = samples.subset(samples.label < 3)
    fewer = replace(fewer, legend=type(samples.legend)(samples.legend.classes[:3]))
    warm = fit_probe(samples, previous=fit_probe(fewer))
    assert np.allclose(warm.members[0].coefficients, probe.members[0].coefficients, atol=0.05)
    assert (warm.predict(samples.values) == probe.predict(samples.values)).mean() > 0.999
    two = replace(samples.subset(samples.label < 2), legend=type(samples.legend)(samples.legend.classes[:2]))
    cold, again = fit_probe(two), fit_probe(two, previous=probe)
    assert np.allclose(again.members[0].coefficients, cold.members[0].coefficients, atol=0.05)


def test_a_warm_refit_starts_where_the_previous_probe_was(
    samples: Samples, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "mmearth_core.labelling.probe.solve",
        lambda z, label, weight, regularisation, start: start,  # noqa: ARG005
    )
    half = samples.subset(np.arange(len(samples)) % 2 == 0)  # another centre and scale
    assert np.allclose(fit_probe(half, previous=probe).scores(samples.values), probe.scores(samples.values), atol=1e-3)


def test_pixels_without_a_label_change_the_probe_as_told(scene: Any, samples: Samples, probe: Probe) -> None:
    others = draw_unlabelled([scene.stack], cancel=CancelToken())
    assert others is not None
    taught = fit_probe(samples, unlabelled=others)
    learned = taught.unlabelled
    assert learned is not None and learned.shares is not None
    assert (learned.pixels, learned.digest, learned.seed) == (len(others), others.digest, 0)
    told = probe.predict(others.values)
    assert np.allclose(learned.shares, np.bincount(told, minlength=4) / len(told), atol=0.1)
    assert not np.allclose(taught.members[0].coefficients, probe.members[0].coefficients, atol=1e-4)
    # The shares are a shift of the scores, tempered; without it all classes are alike.
    plain = fit_probe(samples, unlabelled=replace(others, prior="none"))
    assert plain.unlabelled is not None and plain.unlabelled.shares is None
    assert np.allclose(
        taught.scores(samples.values) - plain.scores(samples.values),
        learned.temper * np.log(4 * learned.shares),
        atol=1e-3,
    )
    again = fit_probe(samples, unlabelled=others)
    assert (again.members[0].coefficients == taught.members[0].coefficients).all()


@given(st.lists(st.integers(1, 60), min_size=2, max_size=12))
def test_classes_weigh_the_same_and_large_polygons_do_not_dominate(sizes: list[int]) -> None:
    label_of = np.arange(len(sizes)) % 2
    group = np.repeat(np.arange(len(sizes)), sizes)

    class Stub:
        groups = tuple(sizes)
        legend = ("a", "b")

    stub: Any = Stub()
    stub.group, stub.label = group, label_of[group]
    weight = sample_weights(stub)
    assert np.allclose(np.bincount(stub.label, weight), 0.5)
    per_polygon = np.bincount(group, weight)
    for label in (0, 1):
        mine = per_polygon[label_of == label]
        assert mine.max() <= 2 * mine.min() + 1e-12


def test_most_of_a_class_is_within_reach_and_another_world_is_not(scene: Any, samples: Samples, probe: Probe) -> None:
    limit = probe.members[0].reach.limit(0.02)

    def near(values: np.ndarray) -> np.ndarray:
        distance = np.linalg.norm(probe.standardised(values)[:, None] - probe.members[0].reach.centres, axis=2)
        return (distance / probe.members[0].reach.spread).min(axis=1) <= limit

    assert 0.97 <= near(samples.values).mean() < 1
    strange = np.random.default_rng(0).normal(128, 40, 64) + np.random.default_rng(1).normal(0, 25, (500, 64))
    assert near(scene.raster.decode(np.clip(strange, 1, 255).astype(np.uint8).T).T).mean() < 0.05
    assert probe.members[0].reach.limit(0.0) > limit > probe.members[0].reach.limit(0.5)


def test_the_unit_of_an_embedding_does_not_matter(samples: Samples, probe: Probe) -> None:
    stretched = fit_probe(replace(samples, values=9 * samples.values))
    assert np.allclose(9 * stretched.members[0].folded[0], probe.members[0].folded[0], rtol=1e-3)


def test_one_class_is_refused(samples: Samples) -> None:
    one = replace(samples.subset(samples.label == 0), legend=type(samples.legend)(samples.legend.classes[:1]))
    with pytest.raises(MMEarthError, match=r"one class only \(forest\)"):
        fit_probe(one)


def test_an_embedding_of_another_model_is_refused_naming_both(
    probe: Probe, make_scene: Callable[..., Any], tmp_path: Path
) -> None:
    other = make_scene(tmp_path / "other.tif", height=20, width=20, model_id="b" * 64, model_name="starter")
    with pytest.raises(MMEarthError, match=r"other\.tif .*starter \(bbbbbbbbbbbb\).*synthetic \(aaaaaaaaaaaa\)"):
        other.stack.matched(probe.looks_at)
