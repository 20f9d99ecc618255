"""Numbers of the worker's answers as people read them: "80.6 (77.2–83.6)", "1,234 (1,180–1,290)". Empty where there is
none, in words where it says nothing."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from ..numbers import decimal

#: Hectares from which an interval needs no decimals.
_WHOLE = 10


def share(estimate: dict[str, Any] | None, digits: int = 1) -> tuple[str, str]:
    """A share in per cent without the sign, and its 95 % interval (ends with so many `digits`), or that there are too
    few points to tell one."""
    if not estimate or estimate.get("value") is None:
        return "–", ""
    between = _between(estimate, 100, digits)
    if estimate.get("too_few"):
        between = QCoreApplication.translate("Figures", "too few")
    return decimal(100 * estimate["value"], 1), between


def percent(estimate: dict[str, Any] | None, sign: str = "") -> str:
    """A share as one text, its number with the sign if given."""
    number, between = share(estimate)
    return joined((number + sign if number != "–" else number, between))


def joined(figure: tuple[str, str]) -> str:
    """A number and its interval as one text."""
    number, between = figure
    return f"{number} ({between})" if between else number


def hectares(estimate: dict[str, Any] | None, narrow: bool = False) -> tuple[str, str]:
    """An area and its 95 % interval; where there is little room (`narrow`), one that reaches ten hectares is told in
    whole ones."""
    if not estimate or estimate.get("value") is None:
        return "–", ""
    digits = _decimals(estimate["value"])
    wide = (estimate.get("high95") or 0) >= _WHOLE
    return area(estimate["value"]), _between(estimate, 1, 0 if narrow and wide else digits)


def area(value: float) -> str:
    """Hectares; two decimals below a hundred."""
    return decimal(value, _decimals(value))


def shares(pixels: dict[str, Any]) -> str:
    """`water 12.5 %, forest 87.5 %` from the number of pixels by name."""
    total = max(1, sum(pixels.values()))
    return ", ".join(f"{name} {decimal(100 * number / total, 1)}\xa0%" for name, number in pixels.items())


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 100 else 2


def _between(estimate: dict[str, Any], factor: float, digits: int) -> str:
    """The ends of the interval; empty without one."""
    ends = [estimate[name] for name in ("low95", "high95") if estimate.get(name) is not None]
    return "–".join(decimal(factor * end, digits) for end in ends)
