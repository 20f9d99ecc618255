"""Tables and curves: every score is where a reader looks for it, and differences are of the same draws."""

import json
import re

import numpy as np
import pytest
from defusedxml import ElementTree

from mmearth_core.evaluation.curves import label_efficiency
from mmearth_core.evaluation.protocol import Scores
from mmearth_core.evaluation.tables import Table

DRAWS = np.array([[0.1, 0.3, 0.2], [0.5, 0.9, 0.7]])


@pytest.fixture
def table() -> Table:
    """Two methods on two tasks; "bands" lacks the second."""
    ours, theirs = Scores((1, 10), DRAWS + 0.05, DRAWS), Scores((1, 10), DRAWS, DRAWS + np.array([[0.2], [-0.2]]))
    scores = {("ours <1>", "tiles"): ours, ("bands", "tiles"): theirs, ("ours <1>", "pixels"): theirs}
    return Table(("ours <1>", "bands"), ("tiles", "pixels"), scores)


def cells(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in markdown.strip().splitlines()]


def test_the_table_has_mean_and_spread_of_every_cell(table: Table) -> None:
    head, rule, ours, bands = cells(table.markdown())
    assert head == ["macro-F1, labels per class", "tiles: 1", "tiles: 10", "pixels: 1", "pixels: 10"]
    assert len(rule) == len(head)
    assert ours == ["ours <1>", "**0.250 ± 0.100**", "**0.750 ± 0.200**", "**0.200 ± 0.100**", "**0.700 ± 0.200**"]
    assert bands == ["bands", "0.200 ± 0.100", "0.700 ± 0.200", "–", "–"]


def test_the_best_is_that_of_the_metric_shown(table: Table) -> None:
    _, _, ours, bands = cells(table.markdown("accuracy"))
    assert (ours[1], bands[1]) == ("0.200 ± 0.100", "**0.400 ± 0.100**")
    assert (ours[2], bands[2]) == ("**0.700 ± 0.200**", "0.500 ± 0.200")


def test_differences_are_taken_draw_by_draw(table: Table) -> None:
    head, _, row = cells(table.differences([("ours <1>", "bands")]))
    assert head[1:3] == ["all columns", "tiles: 1"]
    # The scores vary by 0.1 over draws, their difference not at all.
    assert row == ["ours <1> − bands", *["**+0.050 ± 0.000 (3/3)**"] * 3, "–", "–"]


def test_the_mean_of_all_columns_is_compared_draw_by_draw_too() -> None:
    gap = np.array([[0.1, -0.1, 0.3], [-0.3, 0.3, 0.3]])
    scores = {("a", "t"): Scores((1, 10), DRAWS + gap, DRAWS), ("b", "t"): Scores((1, 10), DRAWS, DRAWS)}
    row = cells(Table(("a", "b"), ("t",), scores).differences([("a", "b"), ("a", "none")]))[2:]
    # (-0.1, 0.1, 0.3) in the mean.
    assert row[0][1:] == ["+0.100 ± 0.200 (2/3)", "+0.100 ± 0.200 (2/3)", "+0.100 ± 0.346 (2/3)"]
    assert row[1][1:] == ["–", "–", "–"]


def test_a_difference_within_the_spread_is_not_bold() -> None:
    scores = {("a", "t"): Scores((1,), DRAWS[:1], DRAWS[:1]), ("b", "t"): Scores((1,), DRAWS[:1, ::-1], DRAWS[:1])}
    row = cells(Table(("a", "b"), ("t",), scores).differences([("a", "b")]))[2]
    assert row[1:] == ["+0.000 ± 0.100 (1/3)"] * 2


def test_plain_values_hold_every_draw(table: Table) -> None:
    values = json.loads(json.dumps(table.as_dict(), allow_nan=False))
    assert values["labels_per_class"] == [1, 10]
    assert [(each["method"], each["task"]) for each in values["results"]] == list(table.scores)
    assert values["results"][1]["macro_f1"] == DRAWS.tolist()


def texts_and_curves(picture: str) -> tuple[set[str], dict[str, np.ndarray]]:
    """What is written in a picture, and the points (n, 2) of each curve by its name; y grows downwards."""
    root, svg = ElementTree.fromstring(picture), "{http://www.w3.org/2000/svg}"
    paths = {each.get("id"): each.find(f"{svg}path") for each in root.iter(f"{svg}g") if ", " in each.get("id", "")}
    points = {name: re.findall(r"[ML] (\S+) (\S+)", path.get("d")) for name, path in paths.items()}
    texts = {each.text for each in root.iter(f"{svg}text")}
    return texts, {name: np.array(each, float) for name, each in points.items()}


def test_the_picture_has_a_curve_for_each_score_and_names_them(table: Table) -> None:
    texts, curves = texts_and_curves(label_efficiency(table))
    assert set(curves) == {"ours <1>, tiles", "bands, tiles", "ours <1>, pixels"}
    assert {"ours <1>", "bands", "tiles", "pixels", "macro-F1", "1", "10"} <= texts


def test_better_is_higher_and_more_labels_are_further_right(table: Table) -> None:
    _, curves = texts_and_curves(label_efficiency(table))
    (x1, y1), (x2, y2) = curves["ours <1>, tiles"]
    assert x2 > x1 and y2 < y1
    assert y1 < curves["bands, tiles"][0][1]


def test_only_the_methods_asked_for_are_drawn(table: Table) -> None:
    picture = label_efficiency(table, methods=["bands"])
    assert set(texts_and_curves(picture)[1]) == {"bands, tiles"}
    assert "ours" not in picture


def test_the_same_table_gives_the_same_picture(table: Table) -> None:
    assert label_efficiency(table) == label_efficiency(table)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_scores_that_are_all_the_same_are_drawn(level: float) -> None:
    scores = Scores((5,), np.full((1, 3), level), np.full((1, 3), level))
    assert "nan" not in label_efficiency(Table(("a",), ("t",), {("a", "t"): scores}))
