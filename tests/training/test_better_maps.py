"""The benchmark of maps judges what it says: tested places only, and lines that smoothing may break."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.better_maps import EDGES, ROWS, Judge, Row, samples_of
from benchmarks.map_making.lines import kept, lines
from benchmarks.map_making.methods import Guided, box, labels_alone, like_classify
from mmearth_core.evaluation.splits import draw
from training.labelled_scenes import AROUND, EMBEDDING, RAW, WHITENED, LabelledScene, Patch

SIDE = 96


def guided(truth: NDArray[np.intp], sure: float = 2.0) -> Guided:
    """Every pixel is told right; the guide shows the classes."""
    logs = np.where(np.arange(truth.max() + 1)[:, None, None] == truth, sure, 0).astype(np.float32)
    shown = (3.0 * truth[None]).astype(np.float32)
    return Guided(logs, shown, shown, np.ones(truth.shape, bool))


@pytest.fixture
def halves() -> NDArray[np.intp]:
    truth = np.zeros((SIDE, SIDE), np.intp)
    truth[:, SIDE // 2 :] = 1
    return truth


@pytest.mark.parametrize("width", [1, 2])
def test_lines_are_kept_where_nothing_is_smoothed_and_broken_by_a_box(halves: NDArray[np.intp], width: int) -> None:
    patch = guided(halves)
    drawn = list(lines([patch], [halves], 2, width, 0))
    assert {line.kind for line in drawn} == {0, 1}
    for line in drawn:
        assert (halves[line.place] == 1 - line.kind).all() and len(line.sources) == line.place.sum()
        assert (halves.ravel()[line.sources[:, 1]] == line.kind).all()
        rows = np.flatnonzero(line.place.any(axis=1))
        assert len(rows) % width == 0 and (np.diff(rows) > 8).sum() == len(rows) / width - 1
    assert kept([patch], [halves], drawn, lambda each: each.logs, 2) == [1.0, 1.0]
    assert max(kept([patch], [halves], drawn, box, 2)) < 0.1
    assert min(kept([patch], [halves], drawn, EDGES, 2)) > 0.9, "the guide shows them"
    blind = replace(patch, guide=0 * patch.guide)
    assert max(kept([blind], [halves], drawn, EDGES, 2)) < 0.1


def test_what_is_told_wrong_is_no_source_of_lines(halves: NDArray[np.intp]) -> None:
    patch = guided(halves)
    patch.logs[:, :40, : SIDE // 2] = patch.logs[::-1, :40, : SIDE // 2]
    for line in lines([patch], [halves], 2, 1, 0):
        if line.kind == 0:
            assert (line.sources[:, 1] // SIDE >= 40).all()


def scene_of(noise: float) -> LabelledScene:
    """Two classes in stripes of 12 rows, each a place; one stripe in two patches."""
    patches = []
    for number in range(2):
        rng = np.random.default_rng(number)
        rows = np.arange(SIDE) // 12
        label = np.repeat((rows % 2)[:, None], SIDE, axis=1).astype(np.intp)
        values = (label[None] * np.array([2.0, -1, 1])[:, None, None] + rng.normal(0, noise, (3, SIDE, SIDE))).astype(
            "f4"
        )
        group = np.repeat(rows[:, None] + 8 * number, SIDE, axis=1)
        names = (EMBEDDING, RAW, AROUND, WHITENED)
        nothing = np.zeros((0, SIDE, SIDE), np.float32)
        patches.append(Patch(dict.fromkeys(names, (values,)), nothing, np.ones(label.shape, bool), label, group))
    first = patches[0]
    pool = Patch(
        {name: (each[0].reshape(3, 1, -1),) for name, each in first.maps.items()},
        np.zeros((0, 1, SIDE * SIDE), np.float32),
        first.valid.reshape(1, -1),
        first.label.reshape(1, -1),
        first.group.reshape(1, -1),
    )
    return LabelledScene("stripes", "tuned", ("odd", "even"), tuple(patches), pool)


def test_every_row_is_scored_and_clear_classes_are_told_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.map_making.methods.TREES", 10)
    scene = scene_of(0.05)
    (drawn,) = draw(scene.task, (5,), 0)
    judge = Judge(scene, drawn, 0)
    seen = {row.learn: row for row in ROWS} | {row.smooth: row for row in ROWS} | {row.blocks: row for row in ROWS}
    for row in set(seen.values()) | {row for row in ROWS if row.shares > 1}:
        score = judge.score(row)
        assert score.f1 > 0.95, row.name
        assert bool(score.kept[0]) == (row.smooth is not None)


def test_smoothing_helps_where_pixels_are_noisy_and_only_tested_places_count() -> None:
    scene = scene_of(2.0)
    (drawn,) = draw(scene.task, (20,), 0)
    judge = Judge(scene, drawn, 0)
    plain, strong = (judge.score(Row("", labels_alone, smooth)) for smooth in (None, like_classify("strong")))
    assert strong.f1 > plain.f1 + 0.05
    label = scene.task.label.copy()
    label[np.setdiff1d(np.arange(len(label)), drawn.test)] ^= 1  # what is not tested may be anything
    samples = samples_of(scene, scene.judged([each.maps[EMBEDDING][0] for each in scene.patches]), drawn)
    turned = replace(scene, patches=tuple(_with(scene, label)))
    other = Judge(turned, drawn, 0)
    learn = labels_alone(samples, None)
    again = other.score(Row("", lambda *_: learn))
    assert again.f1 == plain.f1


def _with(scene: LabelledScene, label: NDArray[np.intp]) -> list[Patch]:
    parts = np.split(label, len(scene.patches))
    return [replace(p, label=part.reshape(p.label.shape)) for p, part in zip(scene.patches, parts, strict=True)]
