"""The report of a run: tables of every task and protocol, differences to the controls, curves, and published figures
beside them. As a page, as Markdown, and as JSON and CSV for programs; all say the same.
"""

from pathlib import Path

import numpy as np

from mmearth_core.evaluation.judging.evidence import METRICS
from mmearth_core.evaluation.judging.results import Results, described, protocol_text, published_table
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.files import write_json, write_text
from mmearth_core.raster.pictures import Picture
from mmearth_core.reports.content import Content, Facts, Figure, Notes, Paragraph, Part, Section
from mmearth_core.reports.markdown import markdown
from mmearth_core.reports.page import page

JSON, CSV, PAGE, MARKDOWN = "results.json", "results.csv", "report.html", "report.md"
_TABLES = "Every table has one protocol, and its controls; a row that was judged by another says by which."
_INTERVAL = (
    "In brackets: 95 % of a bootstrap over the tiles that are judged on, which takes them for independent; ± is the"
    " standard deviation over seeds, whose mean stands before it."
)
_AHEAD = (
    "Differences of the same tiles, paired. An interval on one side of 0 is a difference beyond the chance of which"
    " tiles were judged on."
)
_BESIDE = "Published by others, each by its own protocol. Not comparable with the table above unless that is the same."


def write_report(results: Results, folder: Path) -> None:
    """Write all forms into a folder, each whole or not at all. Needs matplotlib where there are curves."""
    write_json(folder / JSON, results.as_dict())
    write_text(folder / CSV, results.csv())
    pictures: dict[str, str] = {}
    sections = [Section("", (Notes(results.notes),) if results.notes else ())]
    for task in results.tasks:
        if parts := _of_task(results, task, folder, pictures):
            sections.append(Section(task.name, tuple(parts)))
    facts = tuple((name, str(value)) for name, value in results.facts.items())
    sections.append(Section("Of this run", (Facts(facts), Paragraph(_INTERVAL))))
    content = Content("en", "Encoders judged", _TABLES, (), tuple(sections))
    write_text(folder / PAGE, page(content))
    write_text(folder / MARKDOWN, markdown(content, pictures))


def _of_task(results: Results, task: TileTask, folder: Path, pictures: dict[str, str]) -> list[Part]:
    protocols = results.protocols(task.name)
    if not protocols:
        return []
    parts: list[Part] = [Facts(described(task))]
    parts += [Notes(task.notes)] if task.notes else []
    for protocol in protocols:
        parts.append(Paragraph(f"{protocol}: {protocol_text(protocol)}."))
        parts += [results.table(task, protocol, metric) for metric in METRICS[task.target]]
        ahead = results.ahead(task, protocol)
        parts += [Paragraph(_AHEAD), ahead] if ahead is not None else []
        if len(results.shares(task.name, protocol)) > 1:
            parts.append(_curve(results, task, protocol, folder, pictures))
    beside = published_table(task.name, METRICS[task.target][0])
    return [*parts, Paragraph(_BESIDE), beside] if beside is not None else parts


def _curve(results: Results, task: TileTask, protocol: str, folder: Path, pictures: dict[str, str]) -> Figure:
    """How a metric grows with the labels: PNG for the page, SVG beside the Markdown."""
    from mmearth_core.evaluation.curves import Line, Panel, png, svg  # noqa: PLC0415 - loads matplotlib

    metric, shares = METRICS[task.target][0], results.shares(task.name, protocol)
    lines = {}
    names = results.subjects(task.name, protocol)
    for subject in names:
        scores = [results.score(results.found(task.name, protocol, subject, share), metric) for share in shares]
        known = [(100 * share, each) for share, each in zip(shares, scores, strict=True) if each is not None]
        value, low, high = np.array([(each.value, each.low, each.high) for _, each in known]).T
        lines[subject] = Line([share for share, _ in known], value, low, high)
    panels = [Panel(f"{task.name}, {protocol}", lines)]
    ticks = {100 * share: f"{100 * share:g}" for share in shares}
    across, heading = "training labels in percent", f"{task.name}, {protocol}, by labels"
    name = f"curves-{task.name}-{protocol.replace(', ', '-').replace(' ', '-')}.svg"
    write_text(folder / name, svg(panels, names=names, ticks=ticks, across=across, up=metric))
    pictures[heading] = name
    shown = png(panels, names=names, ticks=ticks, across=across, up=metric)
    width, height = (int.from_bytes(shown[at : at + 4], "big") for at in (16, 20))
    return Figure(heading, f"{metric}, with its interval.", Picture(shown, width, height, width, height))
