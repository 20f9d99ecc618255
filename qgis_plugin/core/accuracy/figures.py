"""Numbers of the worker's answers as people read them: "80.6 ± 3.2 %", "1,234 ± 56". Empty where there is none."""

from __future__ import annotations

from typing import Any

from ..numbers import decimal


def percent(estimate: dict[str, Any] | None) -> str:
    """A share with half of its 95 % interval, in per cent without the sign."""
    if not estimate or estimate.get("value") is None:
        return "–"
    margin = half_interval(estimate)
    return decimal(100 * estimate["value"], 1) + ("" if margin is None else f" ± {decimal(100 * margin, 1)}")


def hectares(estimate: dict[str, Any] | None) -> str:
    """An area with half of its 95 % interval."""
    if not estimate or estimate.get("value") is None:
        return "–"
    margin = half_interval(estimate)
    return area(estimate["value"]) + ("" if margin is None else f" ± {area(margin, estimate['value'])}")


def area(value: float, like: float | None = None) -> str:
    """Hectares; two decimals below a hundred (of `like`, when given)."""
    return decimal(value, 0 if abs(value if like is None else like) >= 100 else 2)


def shares(pixels: dict[str, Any]) -> str:
    """`water 12.5 %, forest 87.5 %` from the number of pixels by name."""
    total = max(1, sum(pixels.values()))
    return ", ".join(f"{name} {decimal(100 * number / total, 1)} %" for name, number in pixels.items())


def half_interval(estimate: dict[str, Any]) -> float | None:
    """Half of the 95 % interval, or None."""
    low, high = estimate.get("low95"), estimate.get("high95")
    return None if low is None or high is None else (high - low) / 2
