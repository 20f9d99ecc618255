"""Published figures: each with its protocol, in a table of their own, beside ours and never among them."""

from pathlib import Path

import numpy as np
import pytest

from mmearth_core.evaluation.judging.cells import Cell
from mmearth_core.evaluation.judging.evidence import METRICS, Evidence
from mmearth_core.evaluation.judging.published import CURVES, GALILEO, MMEARTH, published
from mmearth_core.evaluation.judging.reporting import MARKDOWN, write_report
from mmearth_core.evaluation.judging.results import Results, published_table
from mmearth_core.evaluation.tasks.contract import Parts, Target, TileTask

TARGETS: dict[str, Target] = {
    **{"m-eurosat": "class", "m-so2sat": "class", "m-brick-kiln": "class", "m-bigearthnet": "classes"},
    **{"m-cashew-plant": "pixels", "m-SA-crop-type": "pixels"},
}
PROBE, TUNED = "linear probe, 100 epochs (MP-MAE paper)", "fine-tuned, 100 epochs (MP-MAE paper)"


def percent(task: str, source: str, model: str, protocol: str) -> dict[float, float]:
    """Published figures in percent by the share of the labels, in percent too."""
    rows = [each for each in published(task) if (each.source, each.model, each.protocol) == (source, model, protocol)]
    found = {round(100 * each.share): round(100 * each.value, 1) for each in rows}
    assert len(found) == len(rows), "two figures of one share"
    return found


@pytest.mark.parametrize("task", TARGETS)
def test_every_figure_is_of_the_metric_of_our_table_and_names_its_protocol(task: str) -> None:
    rows = published(task)
    assert rows
    for each in rows:
        assert each.metric == METRICS[TARGETS[task]][0]
        assert 0 < each.value < 1 and 0 < each.share <= 1, each
        assert each.protocol and each.model and each.source
    assert len({(each.source, each.model, each.protocol, each.share) for each in rows}) == len(rows)


def test_nobody_published_on_tiles_of_ones_own() -> None:
    assert published("tiles") == () and published_table("tiles", "accuracy") is None


def test_label_efficiency_of_mmearth_is_there_at_every_share() -> None:
    model, s2 = "MMEarth64 MP-MAE atto", "MMEarth64-S2 atto"
    assert percent("m-eurosat", CURVES, model, PROBE) == {1: 34.0, 5: 37.0, 50: 67.5, 100: 73.7}
    assert percent("m-eurosat", CURVES, s2, PROBE) == {1: 16.5, 5: 28.0, 50: 58.8, 100: 65.2}
    assert percent("m-bigearthnet", CURVES, model, PROBE) == {1: 2.3, 5: 16.6, 50: 36.0}
    assert percent("m-so2sat", CURVES, "ImageNet MAE atto", PROBE) == {1: 5.7, 5: 18.9, 50: 19.5}
    # With all labels the page has the figure itself, which stands once.
    assert percent("m-so2sat", MMEARTH, model, PROBE) == {100: 41.7}
    assert percent("m-bigearthnet", MMEARTH, model, TUNED) == {100: 68.2}


def test_galileos_tables_are_there_with_shares_and_with_pixels() -> None:
    tuned, pixels = (
        "fine-tuned, normalisation swept",
        "linear probe of patches, 50 epochs, rate and normalisation swept",
    )
    assert percent("m-so2sat", GALILEO, "MMEarth atto", tuned) == {100: 57.2, 20: 51.0, 5: 44.1, 1: 30.0}
    assert percent("m-brick-kiln", GALILEO, "DeCUR ViT-S", tuned) == {100: 98.7, 1: 96.9}
    assert percent("m-eurosat", GALILEO, "Galileo Base", "kNN, normalisation swept") == {100: 93.0}
    assert percent("m-eurosat", GALILEO, "Galileo Base", tuned) == {}
    assert percent("m-cashew-plant", GALILEO, "MMEarth atto", pixels) == {100: 24.2, 1: 20.3}
    assert percent("m-SA-crop-type", GALILEO, "MMEarth atto", pixels) == {100: 22.2, 1: 14.1}
    assert percent("m-SA-crop-type", GALILEO, "CROMA ViT-B", pixels) == {100: 32.0}


def test_the_table_tells_model_protocol_share_and_source_of_each() -> None:
    table = published_table("m-eurosat", "accuracy")
    assert table is not None
    assert table.header == ("published", "protocol", "labels", "accuracy", "source")
    assert ("MMEarth64 MP-MAE atto", PROBE, "100 %", "0.737", CURVES) in table.rows
    assert len(table.rows) == len(published("m-eurosat"))
    assert published_table("m-eurosat", "macro F1") is None


def made_task(name: str) -> TileTask:
    parts = Parts(np.arange(4), np.arange(4, 6), np.arange(6, 10))
    return TileTask(
        name=name,
        target="class",
        classes=("a", "b"),
        bands=("B02",),
        level="l2a",
        shape=(8, 8),
        images=lambda rows: np.zeros((len(rows), 1, 8, 8), np.float32),
        labels=lambda rows: rows % 2,
        parts=lambda *_: parts,
        varies=lambda _: False,
        identity="0123456789abcdef",
    )


def made_cell(task: TileTask, subject: str, role: str, protocol: str) -> Cell:
    truth = task.labels(np.arange(6, 10))
    counts = Evidence.of("class", 2, truth, truth).counts.tolist()
    sizes = {"train": 4, "valid": 2, "test": 4, "target": "class", "classes": 2, "seconds": 0.0}
    return Cell(task.name, subject, role, protocol, 1.0, 0, counts=counts, facts={}, **sizes)  # type: ignore[arg-type]


def tables_of(text: str) -> list[list[str]]:
    """The tables of a report, each as its lines."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


def test_published_figures_stand_beside_ours_and_never_among_them(tmp_path: Path) -> None:
    known, own = made_task("m-eurosat"), made_task("meadows")
    rows = (("starter", "encoder"), ("raw bands", "control"))
    protocols = ("linear", "linear-paper")
    cells = [made_cell(task, *row, name) for task in (known, own) for name in protocols for row in rows]
    write_report(Results((known, own), tuple(cells), {}), tmp_path)
    text = (tmp_path / MARKDOWN).read_text("utf-8")
    theirs: set[str] = {each.model for each in published("m-eurosat")}
    beside = [each for each in tables_of(text) if each[0].startswith("| published | protocol |")]
    ours = [each for each in tables_of(text) if each not in beside]
    assert len(beside) == 1 and len(beside[0]) == 2 + len(published("m-eurosat"))
    assert not any(line.startswith("| starter") or line.startswith("| raw bands") for line in beside[0])
    for table in ours:
        assert not any(f"| {model} |" in line for model in theirs for line in table), table[0]
    # Two metrics and the differences of two protocols on two tasks.
    assert len(ours) == 2 * 2 * 3
    assert text.index("each by its own protocol") < text.index("| published |") < text.index("## meadows")
    told = (tmp_path / "results.json").read_text("utf-8") + (tmp_path / "results.csv").read_text("utf-8")
    assert not any(model in told for model in theirs), "what a program reads is ours alone"
