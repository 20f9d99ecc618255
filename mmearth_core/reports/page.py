"""One self-contained HTML page: headings, figures, tables and facts, legible in light, dark and print.

No script, no link to anything outside, every text escaped. Knows nothing of maps or accuracies.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from mmearth_core.maps.conventions import Colour, format_colour
from mmearth_core.raster.pictures import Picture

_STYLE = """
:root { color-scheme: light dark; --text: #1d232b; --quiet: #5b6673; --line: #d9dee4; --page: #fff; --card: #f5f7f9;
  --accent: 31, 111, 139; --good: 46, 125, 87; --bad: 190, 84, 52; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaee; --quiet: #9aa6b2; --line: #37414b; --page: #14181d;
  --card: #1d232a; --accent: 98, 178, 205; --good: 92, 184, 138; --bad: 226, 128, 96; } }
@media print { :root { color-scheme: light; --text: #000; --quiet: #444; --line: #bbb; --page: #fff; --card: #fff; } }
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 72rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
p { margin: .4rem 0; max-width: 48rem; } .quiet, figcaption, caption { color: var(--quiet); }
.headline { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.headline div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem; }
.headline b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.headline small { font-size: .95rem; font-weight: 400; color: var(--quiet); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1.25rem; }
figure { margin: 0; break-inside: avoid; } figcaption { margin-top: .4rem; font-size: .9rem; }
figcaption strong { color: var(--text); }
.picture { position: relative; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; line-height: 0;
  background: repeating-conic-gradient(rgba(128, 128, 128, .16) 0 25%, transparent 0 50%) 0 0 / 16px 16px; }
.picture img { width: 100%; height: auto; } .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin-top: .4rem; font-size: .9rem; }
.swatch { display: inline-block; width: .85em; height: .85em; margin-right: .4em; border-radius: 2px;
  vertical-align: -.06em; outline: 1px solid rgba(128, 128, 128, .5); }
.ramp { display: flex; align-items: center; gap: .6rem; margin-top: .4rem; font-size: .9rem; }
.ramp i { flex: 0 1 14rem; height: .8rem; border-radius: 2px; }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 1.25rem; }
.columns { display: flex; flex-wrap: wrap; gap: 1.25rem 3rem; align-items: end; margin: 1rem 0; }
.columns .scroll { margin-top: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; break-inside: avoid; }
caption { text-align: left; padding-bottom: .4rem; font-size: .9rem; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { font-weight: 600; } tr > :first-child { text-align: left; padding-left: .2rem; }
tbody th { font-weight: 400; } .matrix td { text-align: center; min-width: 4.2rem; } .matrix th { text-align: center; }
.matrix tr > :first-child { text-align: left; }
.notes { margin: .75rem 0; padding: .7rem 1rem .7rem 1.1rem; border-left: 4px solid rgba(var(--bad), .8);
  background: var(--card); border-radius: 0 6px 6px 0; } .notes p { margin: .2rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print { body { padding: 0; max-width: none; font-size: 11px; } h2 { margin-top: 1.2rem; break-after: avoid; }
  .figures { grid-template-columns: 1fr 1fr; gap: .7rem; } .picture { background: none; } }
"""


def page(title: str, subtitle: str, body: Sequence[str]) -> str:
    """A whole HTML document of parts already made by the functions below."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
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


def outline(rings: Sequence[NDArray[np.float64]], colour: Colour) -> str:
    """Closed lines (n, 2) in pixel coordinates, in a colour on a white seam; for `figure`'s overlay."""
    path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring)}Z" for ring in rings)
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
