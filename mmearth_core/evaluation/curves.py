"""Label-efficiency curves as an SVG picture: how scores grow with the number of labels, one panel for each task.

For looking at only: the figures are in the table.
"""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.protocol import Metric
from mmearth_core.evaluation.tables import TITLES, Table

# Colours that all eyes can tell apart (Okabe & Ito 2008, Color Universal Design), and dashes for when they run out.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d")
_DASHES = ("none", "6 3", "2 3")
_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 300, 240, 46, 34, 40
_LINE = 18


def label_efficiency(table: Table, *, methods: Sequence[str] | None = None, metric: Metric = "macro_f1") -> str:
    """SVG text: mean over draws as a line, one standard deviation to both sides as a band.

    `methods` are those drawn, by default all of the table. Labels per class are on a logarithmic axis.
    """
    shown = tuple(table.methods if methods is None else methods)
    styles = {
        name: (_COLOURS[i % len(_COLOURS)], _DASHES[i // len(_COLOURS) % len(_DASHES)]) for i, name in enumerate(shown)
    }
    width = _LEFT + len(table.tasks) * (_WIDTH + _GAP)
    height = _TOP + _HEIGHT + 48 + _LINE * len(shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(14, _TOP + _HEIGHT / 2, TITLES[metric], turned=True),
    ]
    drawn = [s.of(metric) for (name, _), s in table.scores.items() if name in styles]
    highest = np.ceil(max((v.mean(1) + v.std(1)).max() for v in drawn) * 10) / 10
    ceiling = min(1.0, max(highest, 0.1))
    lowest = np.floor(min((v.mean(1) - v.std(1)).min() for v in drawn) * 10) / 10
    floor = max(0.0, min(lowest, ceiling - 0.1))
    for number, task in enumerate(table.tasks):
        left = _LEFT + number * (_WIDTH + _GAP)
        parts += _frame(left, task, table.counts, floor, ceiling)
        for name, style in styles.items():
            if (name, task) in table.scores:
                values = table.scores[name, task].of(metric)
                parts += _curve(left, table.counts, values, floor, ceiling, style)
    for row, (name, (colour, dash)) in enumerate(styles.items()):
        y = _TOP + _HEIGHT + 54 + _LINE * row
        parts.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + 30}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
        )
        parts.append(_text(_LEFT + 38, y, name, anchor="start"))
    return "\n".join([*parts, "</svg>\n"])


def _frame(left: float, task: str, counts: Sequence[int], floor: float, ceiling: float) -> list[str]:
    """Title, grid and axis labels of a panel."""
    parts = [_text(left + _WIDTH / 2, _TOP - 12, task)]
    for level in np.linspace(floor, ceiling, round((ceiling - floor) * 10) + 1):
        y = float(_down(level, floor, ceiling))
        parts.append(f'<line x1="{left}" x2="{left + _WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(left - 6, y + 4, f"{level:.1f}", anchor="end"))
    for x, count in zip(_across(left, counts).tolist(), counts, strict=True):
        parts.append(_text(x, _TOP + _HEIGHT + 16, str(count)))
    return [*parts, _text(left + _WIDTH / 2, _TOP + _HEIGHT + 32, "labels per class")]


def _curve(
    left: float,
    counts: Sequence[int],
    values: NDArray[np.float64],
    floor: float,
    ceiling: float,
    style: tuple[str, str],
) -> list[str]:
    x, middle, deviation = _across(left, counts), values.mean(axis=1), values.std(axis=1)

    def points(level: NDArray[np.float64], order: slice = slice(None)) -> str:
        y = _down(np.clip(level, floor, ceiling), floor, ceiling)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[order], y[order], strict=True))

    band = f"{points(middle + deviation)} {points(middle - deviation, slice(None, None, -1))}"
    colour, dash = style
    return [
        f'<polygon points="{band}" fill="{colour}" fill-opacity="0.08"/>',
        f'<polyline points="{points(middle)}" fill="none" stroke="{colour}" stroke-width="2"'
        f' stroke-dasharray="{dash}"/>',
    ]


def _across(left: float, counts: Sequence[int]) -> NDArray[np.float64]:
    position = np.log(np.asarray(counts, np.float64))
    share = (position - position.min()) / (np.ptp(position) or 1.0)
    across: NDArray[np.float64] = left + 12 + share * (_WIDTH - 24)
    return across


def _down(level: NDArray[np.float64] | float, floor: float, ceiling: float) -> NDArray[np.float64]:
    return np.asarray(_TOP + (ceiling - level) / (ceiling - floor) * _HEIGHT)


def _text(x: float, y: float, text: str, *, anchor: str = "middle", turned: bool = False) -> str:
    turn = f' transform="rotate(-90 {x} {y})"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn} fill="#222">{escape(text)}</text>'
