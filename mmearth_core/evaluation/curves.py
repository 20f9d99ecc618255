"""Label-efficiency curves as an SVG picture: how scores grow with the number of labels, one panel for each task.

For looking at only: the figures are in the table. Needs matplotlib.
"""

import io
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from mmearth_core.evaluation.protocol import Metric
from mmearth_core.evaluation.tables import TITLES, Table

# Colours that all eyes can tell apart (Okabe & Ito 2008, Color Universal Design), and dashes for when they run out.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d")
_DASHES = ("-", "--", ":")
#: Inches of a panel and of a line of the legend.
_WIDTH, _HEIGHT, _LINE = 4.0, 3.6, 0.2


def label_efficiency(table: Table, *, methods: Sequence[str] | None = None, metric: Metric = "macro_f1") -> str:
    """SVG text: mean over draws as a line, one standard deviation to both sides as a band.

    `methods` are those drawn, by default all of the table. Labels per class are on a logarithmic axis.
    """
    shown = tuple(table.methods if methods is None else methods)
    lines = {}
    # Text stays text, and the same table gives the same bytes.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "mmearth", "axes.titlesize": "medium"}):
        figure = Figure((_WIDTH * len(table.tasks), _HEIGHT + _LINE * len(shown)), layout="constrained")
        panels = figure.subplots(1, len(table.tasks), sharey=True, squeeze=False)[0]
        for panel, task in zip(panels, table.tasks, strict=True):
            panel.set(title=task, xlabel="labels per class", xscale="log")
            panel.set_xticks(table.counts, map(str, table.counts))
            panel.minorticks_off()
            panel.tick_params(length=0)
            panel.grid(axis="y", color="#ddd")
            panel.spines[:].set_visible(False)
            for number, name in enumerate(shown):
                if (name, task) in table.scores:
                    values = table.scores[name, task].of(metric)
                    middle, deviation = values.mean(axis=1), values.std(axis=1)
                    colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]
                    (lines[name],) = panel.plot(table.counts, middle, dash, color=colour, gid=f"{name}, {task}")
                    low, high = np.clip([middle - deviation, middle + deviation], 0, 1)
                    panel.fill_between(table.counts, low, high, color=colour, alpha=0.08, linewidth=0)
        panels[0].set_ylabel(TITLES[metric])
        figure.legend(lines.values(), lines, loc="outside lower left", frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
