"""Label-efficiency curves as a picture: how scores grow with the number of labels, one panel for each task.

For looking at only: the figures are in the table. Needs matplotlib.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmearth_core.evaluation.protocol import Metric
from mmearth_core.evaluation.tables import TITLES, Table

# Colours that all eyes can tell apart (Okabe & Ito 2008, Color Universal Design), and dashes for when they run out.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d")
_DASHES = ("-", "--", ":")
#: Inches of a panel and of a line of the legend.
_WIDTH, _HEIGHT, _LINE = 4.0, 3.6, 0.2
#: Text stays text, and the same figures give the same bytes.
_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "mmearth", "axes.titlesize": "medium"}


@dataclass(frozen=True, eq=False)
class Line:
    """Scores (n,) at amounts of labels (n,), and the band around them."""

    labels: Sequence[float]
    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Lines by the name of what they are of, under a title."""

    title: str
    lines: Mapping[str, Line]


def label_efficiency(table: Table, *, methods: Sequence[str] | None = None, metric: Metric = "macro_f1") -> str:
    """SVG text: mean over draws as a line, one standard deviation to both sides as a band.

    `methods` are those drawn, by default all of the table. Labels per class are on a logarithmic axis.
    """
    shown = tuple(table.methods if methods is None else methods)
    panels = []
    for task in table.tasks:
        lines = {}
        for name in shown:
            if (name, task) in table.scores:
                values = table.scores[name, task].of(metric)
                middle, deviation = values.mean(axis=1), values.std(axis=1)
                lines[name] = Line(table.counts, middle, *np.clip([middle - deviation, middle + deviation], 0, 1))
        panels.append(Panel(task, lines))
    ticks: dict[float, str] = {count: str(count) for count in table.counts}
    return svg(panels, names=shown, ticks=ticks, across="labels per class", up=TITLES[metric])


def svg(panels: Sequence[Panel], *, names: Sequence[str], ticks: Mapping[float, str], across: str, up: str) -> str:
    """SVG text of panels beside each other; `names` in the order of the legend, `ticks` by their amount of labels."""
    text = io.StringIO()
    with mpl.rc_context(_STYLE):
        _drawn(panels, names, ticks, across, up).savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def png(panels: Sequence[Panel], *, names: Sequence[str], ticks: Mapping[float, str], across: str, up: str) -> bytes:
    """The same as a PNG."""
    content = io.BytesIO()
    with mpl.rc_context(_STYLE):
        _drawn(panels, names, ticks, across, up).savefig(content, format="png", dpi=110)
    return content.getvalue()


def _drawn(panels: Sequence[Panel], names: Sequence[str], ticks: Mapping[float, str], across: str, up: str) -> Figure:
    drawn = {}
    figure = Figure((_WIDTH * len(panels), _HEIGHT + _LINE * len(names)), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), sharey=True, squeeze=False)[0], panels, strict=True):
        axes.set(title=panel.title, xlabel=across, xscale="log")
        axes.set_xticks(*_split(ticks.items()))
        axes.minorticks_off()
        axes.tick_params(length=0)
        axes.grid(axis="y", color="#ddd")
        axes.spines[:].set_visible(False)
        for number, name in enumerate(names):
            if name in panel.lines:
                line = panel.lines[name]
                colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]
                (drawn[name],) = axes.plot(line.labels, line.middle, dash, color=colour, gid=f"{name}, {panel.title}")
                axes.fill_between(line.labels, line.low, line.high, color=colour, alpha=0.08, linewidth=0)
        if axes is figure.axes[0]:
            axes.set_ylabel(up)
    figure.legend(drawn.values(), drawn, loc="outside lower left", frameon=False)
    return figure


def _split(pairs: Iterable[tuple[float, str]]) -> tuple[list[float], list[str]]:
    amounts, words = zip(*pairs, strict=True)
    return list(amounts), list(words)
