"""Numbers of the worker's answers as people read them: "80.6 ± 3.2 %", "1,234 ± 56". Empty where there is none."""

from __future__ import annotations

from typing import Any


def percent(estimate: dict[str, Any] | None) -> str:
    """A share with half of its 95 % interval, in per cent without the sign."""
    if not estimate or estimate.get("value") is None:
        return "–"
    margin = half_interval(estimate)
    return f"{100 * estimate['value']:.1f}" + ("" if margin is None else f" ± {100 * margin:.1f}")


def hectares(estimate: dict[str, Any] | None) -> str:
    """An area with half of its 95 % interval."""
    if not estimate or estimate.get("value") is None:
        return "–"
    margin = half_interval(estimate)
    return area(estimate["value"]) + ("" if margin is None else f" ± {area(margin, estimate['value'])}")


def area(value: float, like: float | None = None) -> str:
    """Hectares; two decimals below a hundred (of `like`, when given)."""
    return f"{value:,.{0 if abs(value if like is None else like) >= 100 else 2}f}"


def shares(pixels: dict[str, Any]) -> str:
    """`water 12.5 %, forest 87.5 %` from the number of pixels by name."""
    total = max(1, sum(pixels.values()))
    return ", ".join(f"{name} {100 * number / total:.1f} %" for name, number in pixels.items())


def half_interval(estimate: dict[str, Any]) -> float | None:
    """Half of the 95 % interval, or None."""
    low, high = estimate.get("low95"), estimate.get("high95")
    return None if low is None or high is None else (high - low) / 2
