"""A report as one self-contained HTML page, legible in light, dark and print.

No script, no link to anything outside, every text escaped. Knows nothing of maps or accuracies.
"""

import base64
from collections.abc import Sequence
from html import escape
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from mmearth_core.maps.conventions import Colour, format_colour
from mmearth_core.reports.content import Content, Facts, Figure, Matrix, Notes, Paragraph, Part, Section, Table


def page(content: Content) -> str:
    """A whole HTML document."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    title = escape(content.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{content.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head>\n<body>\n"
        f'<header><h1>{title}</h1><p class="quiet">{escape(content.subtitle)}</p></header>\n'
        + "\n".join([_headline(content.headline), *map(_section, content.sections)])
        + "\n</body></html>\n"
    )


def _section(section: Section) -> str:
    """Parts under a heading, figures side by side."""
    figures = "".join(_figure(part) for part in section.parts if isinstance(part, Figure))
    parts = [f'<div class="figures">{figures}</div>' if figures else ""]
    parts += [_part(part) for part in section.parts if not isinstance(part, Figure)]
    inside = "\n".join(filter(None, parts))
    return f"<section><h2>{escape(section.heading)}</h2>\n{inside}</section>" if section.heading else inside


def _part(part: Part) -> str:
    match part:
        case Table():
            return _table(part)
        case Matrix():
            return _matrix(part)
        case Notes():
            return f'<div class="notes">{"".join(map(_paragraph, part.sentences))}</div>'
        case Facts():
            pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in part.values)
            return f"<dl>{pairs}</dl>"
        case Paragraph():
            return _paragraph(part.text)
        case Figure():
            return _figure(part)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _headline(figures: Sequence[tuple[str, str, str]]) -> str:
    """The few numbers to see first: (number, its interval, what it is)."""
    boxes = [
        f"<div><b>{escape(number)} <small>{escape(between)}</small></b>{escape(what)}</div>"
        for number, between, what in figures
    ]
    return f'<div class="headline">{"".join(boxes)}</div>' if boxes else ""


def _figure(figure: Figure) -> str:
    """A picture with what lies above it, its scale and what its colours mean."""
    source = base64.b64encode(figure.picture.png).decode("ascii")
    bar, ramp = figure.bar, figure.ramp
    width = "" if bar is None else f"{100 * bar.share:.2f}%"
    below = "" if bar is None else f'<div class="bar"><i style="width:{width}"></i>{escape(bar.text)}</div>'
    if figure.key:
        names = "".join(f"<span>{_swatch(colour)}{escape(name)}</span>" for name, colour in figure.key)
        below += f'<div class="key">{names}</div>'
    if ramp is not None:
        gradient = f'<i style="background:linear-gradient(90deg,{",".join(map(format_colour, ramp.colours))})"></i>'
        below += f'<div class="ramp"><span>{escape(ramp.low)}</span>{gradient}<span>{escape(ramp.high)}</span></div>'
    size = f'width="{figure.picture.width}" height="{figure.picture.height}"'
    return (
        f'<figure><div class="picture"><img alt="{escape(figure.heading)}" {size}'
        f' src="data:image/png;base64,{source}">{figure.drawing}</div>{below}'
        f"<figcaption><strong>{escape(figure.heading)}.</strong> {escape(figure.caption)}</figcaption></figure>"
    )


def rings(lines: Sequence[NDArray[np.float64]], colour: Colour) -> str:
    """Closed lines (n, 2) in pixel coordinates, in a colour on a white seam; for the overlay of a figure."""
    path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in line)}Z" for line in lines)
    shared = f'd="{path}" vector-effect="non-scaling-stroke" stroke-linejoin="round"'
    shade = format_colour(colour)
    return (
        f'<path {shared} fill="none" stroke="#fff" stroke-width="5"/>'
        f'<path {shared} fill="{shade}" fill-opacity=".45" stroke="{shade}" stroke-width="2.5"/>'
    )


def _swatch(colour: Colour | None) -> str:
    return "" if colour is None else f'<span class="swatch" style="background:{format_colour(colour)}"></span>'


def _colour(colours: Sequence[Colour | None], number: int) -> Colour | None:
    return colours[number] if number < len(colours) else None


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    lines = []
    for number, row in enumerate(table.rows):
        first = f'<th scope="row">{_swatch(_colour(table.colours, number))}{escape(row[0])}</th>'
        lines.append(f"<tr>{first}{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>")
    label = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    return (
        f'<div class="scroll"><table>{label}<thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _matrix(matrix: Matrix) -> str:
    """A matrix with its totals; the deeper a cell's colour, the larger its share of the row."""
    counts = matrix.counts
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (matrix.corner, *matrix.names, matrix.total))
    lines = []
    for row, name in enumerate(matrix.names):
        total = int(counts[row].sum())
        cells = []
        for column, count in enumerate(counts[row].tolist()):
            share = count / total if total else 0.0
            tone, depth = ("--good", 0.12 + 0.55 * share) if row == column else ("--bad", 0.75 * share**0.7)
            paint = f' style="background:rgba(var({tone}),{depth:.2f})"' if count else ""
            shown = str(count) if count else '<span class="quiet">·</span>'
            cells.append(f"<td{paint}>{shown}</td>")
        first = f'<th scope="row">{_swatch(_colour(matrix.colours, row))}{escape(name)}</th>'
        lines.append(f"<tr>{first}{''.join(cells)}<td>{total}</td></tr>")
    totals = "".join(f"<td>{total}</td>" for total in [*counts.sum(0).tolist(), int(counts.sum())])
    lines.append(f'<tr><th scope="row">{escape(matrix.total)}</th>{totals}</tr>')
    return (
        f'<div class="scroll"><table class="matrix"><caption>{escape(matrix.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
