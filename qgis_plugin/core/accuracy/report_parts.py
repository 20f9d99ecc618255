"""The parts of a report, as the worker tells them (`report_content`), in the HTML that Qt's text documents understand.

Knows neither sheets nor files. Sizes are in pixels of 96 to the inch, which Qt scales to the device.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

#: Width of a sheet's text and of its pictures, and their greatest height.
WIDTH, PICTURE, HIGHEST = 680, 430, 400
QUIET, LINE, CARD, WARN = "#5b6673", "#d9dee4", "#f5f7f9", "#be5434"
RIGHT, WRONG = (46, 125, 87), (190, 84, 52)
#: A matrix of more classes has numbers in its head, one of still more small figures.
NAMED, MANY = 6, 12


def opening(content: dict[str, Any]) -> str:
    """The title and the few numbers to see first."""
    boxes = "".join(
        f'<td style="padding-right:24px"><span style="font-size:15pt; font-weight:600">{_text(number)}</span>'
        f' <span style="font-size:9pt; color:{QUIET}">{_text(between)}</span><br>'
        f'<span style="color:{QUIET}">{_text(what)}</span></td>'
        for number, between, what in content["headline"]
    )
    return (
        f'<p style="font-size:18pt; font-weight:600; margin:0">{_text(content["title"])}</p>'
        f'<p style="color:{QUIET}; margin:2px 0 10px 0">{_text(content["subtitle"])}</p>'
        f'<table cellspacing="0" cellpadding="0"><tr>{boxes}</tr></table>'
    )


def heading(text: str) -> str:
    """The name of a section."""
    return f'<p style="font-size:12pt; font-weight:600; margin:12px 0 4px 0">{_text(text)}</p>' if text else ""


def part(told: dict[str, Any], size: tuple[int, int], number: int) -> str:
    """Any part. A picture is of `size` pixels and called `picture NUMBER`, its scale bar `bar NUMBER`."""
    kind = told["kind"]
    if kind == "figure":
        return _figure(told, size, number)
    if kind == "table":
        return _table(told)
    if kind == "matrix":
        return _matrix(told)
    if kind == "notes":
        lines = "".join(f'<p style="margin:1px 0">{_text(each)}</p>' for each in told["sentences"])
        bar = f'<td width="4" bgcolor="{WARN}"></td>'
        table = '<table width="100%" cellspacing="0" cellpadding="5" style="margin-top:6px">'
        return f'{table}<tr>{bar}<td bgcolor="{CARD}">{lines}</td></tr></table>'
    if kind == "facts":
        rows = "".join(
            f'<tr><td style="color:{QUIET}" width="150">{_text(name)}</td><td>{_breakable(value)}</td></tr>'
            for name, value in told["values"]
        )
        return f'<table width="100%" cellspacing="0" cellpadding="2">{rows}</table>'
    return f'<p style="margin:2px 0 6px 0">{_text(told["text"])}</p>'


def drawn_size(width: int, height: int) -> tuple[int, int]:
    """Pixels on the sheet of a picture of so many pixels."""
    factor = min(PICTURE / width, HIGHEST / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _figure(told: dict[str, Any], size: tuple[int, int], number: int) -> str:
    width, height = size
    below = ""
    if "bar" in told:
        length = max(2, round(told["bar"]["share"] * width))
        below += f'<br><img src="bar {number}" width="{length}" height="6"> {_text(told["bar"]["text"])}'
    beside = "".join(
        f'<tr><td width="12" bgcolor="{colour}"></td><td>&nbsp;{_text(name)}</td></tr>'
        f'<tr><td colspan="2" style="font-size:2pt">&nbsp;</td></tr>'
        for name, colour in told["key"]
    )
    if beside:
        beside = f'<table cellspacing="0" cellpadding="1">{beside}</table>'
    if "ramp" in told:
        ramp = told["ramp"]
        cells = "".join(f'<td width="9" bgcolor="{colour}">&nbsp;</td>' for colour in ramp["colours"])
        ends = f"<td>{_text(ramp['low'])}&nbsp;</td>{cells}<td>&nbsp;{_text(ramp['high'])}</td>"
        beside += f'<table cellspacing="0" cellpadding="1"><tr>{ends}</tr></table>'
    caption = f'<p style="margin:0 0 6px 0"><b>{_text(told["heading"])}.</b> {_text(told["caption"])}</p>'
    return (
        f'<table cellspacing="0" cellpadding="0" style="margin-top:8px"><tr><td width="{width + 14}">'
        f'<img src="picture {number}" width="{width}" height="{height}">{below}</td>'
        f'<td width="{WIDTH - width - 14}">{caption}{beside}</td></tr></table>'
    )


def _table(told: dict[str, Any]) -> str:
    colours = told["colours"]
    swatches = any(colours)
    head = ['<td width="12"></td>' if swatches else "", f"<td><b>{_text(told['header'][0])}</b></td>"]
    head += [f'<td align="right"><b>{_text(cell)}</b></td>' for cell in told["header"][1:]]
    rows = [f"<thead><tr>{''.join(head)}</tr></thead>"]
    for number, row in enumerate(told["rows"]):
        cells = [_swatch(colours, number) if swatches else "", f"<td>{_text(row[0])}</td>"]
        cells += [f'<td align="right">{_text(cell)}</td>' for cell in row[1:]]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    width = ' width="100%"' if len(told["header"]) > 4 else ""
    return _captioned(told.get("caption", ""), f'<table{width} cellspacing="0" cellpadding="3">{"".join(rows)}</table>')


def _matrix(told: dict[str, Any]) -> str:
    names, counts, colours = told["names"], told["counts"], told["colours"]
    numbered, small = len(names) > NAMED, len(names) > MANY
    heads = [str(number + 1) if numbered else name for number, name in enumerate(names)]
    labels = [
        f"{number + 1}&nbsp;&nbsp;{_text(name)}" if numbered else _text(name) for number, name in enumerate(names)
    ]
    size = "font-size:6.5pt" if small else ""
    head = [f'<td width="12"></td><td style="color:{QUIET}">{_text(told["corner"])}</td>']
    head += [f'<td align="center" style="{size}"><b>{_text(each)}</b></td>' for each in [*heads, told["total"]]]
    rows = [f"<thead><tr>{''.join(head)}</tr></thead>"]
    for number, (label, line) in enumerate(zip(labels, counts)):
        whole = sum(line)
        cells = [_swatch(colours, number), f'<td style="{size}">{label}</td>']
        for column, count in enumerate(line):
            paint = f' bgcolor="{_tone(count / whole, number == column)}"' if count else ""
            cells.append(f'<td align="center" style="{size}"{paint}>{count or "·"}</td>')
        rows.append(f'<tr>{"".join(cells)}<td align="center" style="{size}">{whole}</td></tr>')
    sums = [sum(line[column] for line in counts) for column in range(len(names))]
    totals = "".join(f'<td align="center" style="{size}">{each}</td>' for each in [*sums, sum(sums)])
    rows.append(f"<tr><td></td><td><b>{_text(told['total'])}</b></td>{totals}</tr>")
    padding = 2 if small else 4
    return _captioned(told["caption"], f'<table cellspacing="0" cellpadding="{padding}">{"".join(rows)}</table>')


def _captioned(caption: str, table: str) -> str:
    return f'<p style="color:{QUIET}; margin:8px 0 2px 0">{_text(caption)}</p>{table}'


def _swatch(colours: Sequence[str | None], number: int) -> str:
    colour = colours[number] if number < len(colours) else None
    return f'<td width="12" bgcolor="{colour}"></td>' if colour else '<td width="12"></td>'


def _tone(share: float, right: bool) -> str:
    """The colour of a cell on white: the deeper, the larger its share of the row."""
    depth, ink = (0.12 + 0.55 * share, RIGHT) if right else (0.75 * share**0.7, WRONG)
    return "#" + "".join(f"{round(255 + depth * (each - 255)):02x}" for each in ink)


def _text(text: Any) -> str:
    return html.escape(str(text))


def _breakable(text: str) -> str:
    """Text that may break within long words, as paths and digests are."""
    return "".join(html.escape(each) + ("&#8203;" if each in "/\\_" else "") for each in _pieces(text))


def _pieces(text: str, longest: int = 60) -> Iterable[str]:
    """Letters, with a break in words of more than so many."""
    run = 0
    for letter in text:
        run = 0 if letter in " /\\_" else run + 1
        yield letter
        if run == longest:
            run = 0
            yield "\u200b"
