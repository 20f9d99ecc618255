"""An assessment as tables to hand on: files of comma-separated values for programs, the clipboard for people.

Files have full figures with points, as programs read them; the clipboard has them as the user's language writes them.
"""

from __future__ import annotations

import csv
import html
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QMimeData

from ..numbers import decimal
from .figures import area, hectares, joined, percent

#: A table: its rows, the first of them the head.
Table = list[list[Any]]
#: Digits of hectares and shares in files.
_HECTARES, _SHARE = 4, 6


def counted(result: dict[str, Any]) -> list[tuple[int, int]]:
    """Of each class in how many points (or pixels) the map shows it, and the reference."""
    counts = result["error_matrix"]["counts"]
    return [(sum(row), sum(line[number] for line in counts)) for number, row in enumerate(counts)]


def files_beside(path: Path, result: dict[str, Any]) -> dict[Path, Table]:
    """The tables by the files they go to: NAME.csv, NAME_matrix.csv and, of a random sample, NAME_matrix_ha.csv."""
    tables = {path: _classes(result), path.with_name(f"{path.stem}_matrix.csv"): _matrix(result, "counts", 1)}
    if result["error_matrix"]["proportions"]:
        shares = _matrix(result, "proportions", result["covered_ha"])
        tables[path.with_name(f"{path.stem}_matrix_ha.csv")] = shares
    return tables


def write(tables: dict[Path, Table]) -> None:
    """Write tables to their files. Raises `OSError`."""
    for path, rows in tables.items():
        with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel that it is UTF-8
            csv.writer(file).writerows(rows)


def for_clipboard(result: dict[str, Any]) -> QMimeData:
    """Classes and matrix as text with tabs, for a spreadsheet, and as a page, for a document."""
    return clipped([_read_classes(result), _read_matrix(result)])


def clipped(tables: list[list[list[str]]]) -> QMimeData:
    """Tables as text with tabs, for a spreadsheet, and as a page, for a document."""
    data = QMimeData()
    data.setText("\n\n".join("\n".join("\t".join(row) for row in rows) for rows in tables) + "\n")
    data.setHtml("".join(_page(rows) for rows in tables))
    return data


def _page(rows: list[list[str]]) -> str:
    lines = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        lines.append("<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>")
    return f"<table border='1' cellspacing='0' cellpadding='3'>{''.join(lines)}</table><p></p>"


def _classes(result: dict[str, Any]) -> Table:
    units = result["unit"]
    head = ["value", "class", f"map_{units}", f"reference_{units}", "mapped_ha"]
    told = [("estimated_ha", _HECTARES), ("users_accuracy", _SHARE), ("producers_accuracy", _SHARE)]
    for name, _ in told:
        head += [name, f"{name}_low95", f"{name}_high95"]
    rows: Table = [head]
    for entry, numbers in zip(result["classes"], counted(result)):
        row = [entry["value"], entry["name"], *numbers, round(entry["mapped_ha"], _HECTARES)]
        for name, digits in told:
            estimate = entry[name] or {}
            ends = (estimate.get(each) for each in ("value", "low95", "high95"))
            row += ["" if end is None else round(end, digits) for end in ends]
        rows.append(row)
    return rows


def _matrix(result: dict[str, Any], which: str, unit: float) -> Table:
    names = [entry["name"] for entry in result["classes"]]
    digits = 0 if which == "counts" else _HECTARES
    rows: Table = [["map \\ reference", *names]]
    for name, cells in zip(names, result["error_matrix"][which]):
        rows.append([name, *(round(cell * unit, digits) if digits else cell for cell in cells)])
    return rows


def _read_classes(result: dict[str, Any]) -> list[list[str]]:
    head = (
        _tr("Class"),
        _tr("Reference"),
        _tr("User's accuracy, %"),
        _tr("Producer's accuracy, %"),
        _tr("Mapped, ha"),
        _tr("Estimated, ha"),
    )
    rows = [list(head)]
    for entry, (_, there) in zip(result["classes"], counted(result)):
        judged = [percent(entry["users_accuracy"]), percent(entry["producers_accuracy"])]
        areas = [area(entry["mapped_ha"]), joined(hectares(entry["estimated_ha"]))]
        rows.append([entry["name"], decimal(there), *judged, *areas])
    return rows


def _read_matrix(result: dict[str, Any]) -> list[list[str]]:
    rows = [[_tr("map ↓  reference →"), *(entry["name"] for entry in result["classes"])]]
    for name, cells in zip(rows[0][1:], result["error_matrix"]["counts"]):
        rows.append([name, *(decimal(cell) for cell in cells)])
    return rows


def _tr(text: str) -> str:
    return QCoreApplication.translate("AccuracyTables", text)
