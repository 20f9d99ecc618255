"""One self-contained HTML page: headings, figures, tables and facts, legible in light, dark and print.

No script, no link to anything outside, every text escaped. Knows nothing of maps or accuracies.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from mmearth_core.maps.conventions import Colour, format_colour
from mmearth_core.raster.pictures import Picture


def page(title: str, subtitle: str, body: Sequence[str]) -> str:
    """A whole HTML document of parts already made by the functions below."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body>\n"
        f'<header><h1>{escape(title)}</h1><p class="quiet">{escape(subtitle)}</p></header>\n'
        + "\n".join(part for part in body if part)
        + "\n</body></html>\n"
    )


def section(heading: str, *parts: str) -> str:
    """Parts under a heading; nothing when there are none."""
    content = "\n".join(part for part in parts if part)
    return f"<section><h2>{escape(heading)}</h2>\n{content}</section>" if content else ""


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def columns(*parts: str) -> str:
    """Parts beside each other where there is room."""
    return f'<div class="columns">{"".join(parts)}</div>'


def headline(figures: Sequence[tuple[str, str, str]]) -> str:
    """The few numbers to see first: (number, its margin, what it is)."""
    boxes = [
        f"<div><b>{escape(number)} <small>{escape(margin)}</small></b>{escape(what)}</div>"
        for number, margin, what in figures
    ]
    return f'<div class="headline">{"".join(boxes)}</div>' if boxes else ""


def notes(sentences: Sequence[str]) -> str:
    """What a reader must know before trusting the rest."""
    return f'<div class="notes">{"".join(map(paragraph, sentences))}</div>' if sentences else ""


def figures(made: Sequence[str]) -> str:
    """Figures side by side."""
    return f'<div class="figures">{"".join(made)}</div>' if made else ""


def figure(picture: Picture, heading: str, caption: str, *, overlay: str = "", key: str = "") -> str:
    """A picture with `overlay` (SVG shapes in the raster's pixel coordinates) above it and `key` below."""
    source = base64.b64encode(picture.png).decode("ascii")
    drawn = f'<svg viewBox="0 0 {picture.raster_width} {picture.raster_height}">{overlay}</svg>' if overlay else ""
    return (
        f'<figure><div class="picture"><img alt="{escape(heading)}" width="{picture.width}" height="{picture.height}"'
        f' src="data:image/png;base64,{source}">{drawn}</div>{key}'
        f"<figcaption><strong>{escape(heading)}.</strong> {escape(caption)}</figcaption></figure>"
    )


def rings(lines: Sequence[NDArray[np.float64]], colour: Colour) -> str:
    """Closed lines (n, 2) in pixel coordinates, in a colour on a white seam; for `figure`'s overlay."""
    path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in line)}Z" for line in lines)
    shared = f'd="{path}" vector-effect="non-scaling-stroke" stroke-linejoin="round"'
    shade = format_colour(colour)
    return (
        f'<path {shared} fill="none" stroke="#fff" stroke-width="5"/>'
        f'<path {shared} fill="{shade}" fill-opacity=".45" stroke="{shade}" stroke-width="2.5"/>'
    )


def swatch(colour: Colour) -> str:
    return f'<span class="swatch" style="background:{format_colour(colour)}"></span>'


def colour_key(entries: Sequence[tuple[str, Colour]]) -> str:
    """Names beside their colours."""
    return f'<div class="key">{"".join(f"<span>{swatch(c)}{escape(name)}</span>" for name, c in entries)}</div>'


def ramp_key(colours: Sequence[Colour], low: str, high: str) -> str:
    """A gradient between two labels."""
    stops = ",".join(map(format_colour, colours))
    gradient = f'<i style="background:linear-gradient(90deg,{stops})"></i>'
    return f'<div class="ramp"><span>{escape(low)}</span>{gradient}<span>{escape(high)}</span></div>'


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", colours: Sequence[Colour | None] = ()
) -> str:
    """A table whose first column names the row, beside a swatch where `colours` has one."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    lines = []
    for number, row in enumerate(rows):
        colour = colours[number] if number < len(colours) else None
        first = f'<th scope="row">{swatch(colour) if colour else ""}{escape(row[0])}</th>'
        lines.append(f"<tr>{first}{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>")
    label = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table>{label}<thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def matrix(names: Sequence[str], counts: NDArray[np.int64], *, caption: str, corner: str) -> str:
    """A confusion matrix with its totals; the deeper a cell's colour, the larger its share of the row."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (corner, *names, "total"))
    lines = []
    for row, name in enumerate(names):
        total = int(counts[row].sum())
        cells = []
        for column, count in enumerate(counts[row].tolist()):
            share = count / total if total else 0.0
            tone, depth = ("--good", 0.12 + 0.55 * share) if row == column else ("--bad", 0.75 * share**0.7)
            paint = f' style="background:rgba(var({tone}),{depth:.2f})"' if count else ""
            shown = str(count) if count else '<span class="quiet">·</span>'
            cells.append(f"<td{paint}>{shown}</td>")
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}<td>{total}</td></tr>')
    totals = "".join(f"<td>{total}</td>" for total in [*counts.sum(0).tolist(), int(counts.sum())])
    lines.append(f'<tr><th scope="row">total</th>{totals}</tr>')
    return (
        f'<div class="scroll"><table class="matrix"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def facts(values: Mapping[str, str]) -> str:
    """Names and values, one a line."""
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in values.items())
    return f"<dl>{pairs}</dl>" if pairs else ""
