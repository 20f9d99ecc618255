"""What of a raster was no ground, in words: told beside every embedding that is made."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from ..numbers import decimal, significant


def ground_text(result: dict[str, Any]) -> str:
    """A sentence on the pixels that an `embed` left out, filled or kept as 0; empty when there are none."""
    ground = result.get("ground") or {}
    total = ground.get("pixels", 0)
    if not total:
        return ""
    lost = [
        (words, _share(ground[cause], total))
        for cause, words in (
            ("no_data", _tr("no-data")),
            ("masked", _tr("masked in the file itself")),
            ("fill", _tr("fill that is not declared")),
            ("excluded", _tr("left out by the mask")),
            ("cloud", _tr("clouds")),
            ("outside", _tr("outside the area")),
        )
        if ground.get(cause)
    ]
    said = []
    if lost:
        left_out = _share(total - ground["ground"], total)
        reasons = lost[0][0] if len(lost) == 1 else ", ".join(map(" ".join, lost))
        said.append(_tr("{0} of the pixels are left out ({1}).").format(left_out, reasons))
    if ground.get("incomplete"):
        said.append(
            _tr("In {} of the pixels a band is missing; it is filled.").format(_share(ground["incomplete"], total))
        )
    if ground.get("dark"):
        said.append(
            _tr("In {} of the pixels a band is 0 beside dark ones; that is kept as reflectance 0.").format(
                _share(ground["dark"], total)
            )
        )
    return " ".join(said)


def _share(count: int, total: int) -> str:
    """Percent; what is there is never told as nothing, what is not all never as all."""
    percent = 100 * count / total
    if percent < 0.1:
        return f"< {decimal(0.1, 1)}\xa0%"
    return f"> {decimal(99.9, 1)}\xa0%" if 99.9 < percent < 100 else f"{significant(percent, 3)}\xa0%"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Ground", text)
