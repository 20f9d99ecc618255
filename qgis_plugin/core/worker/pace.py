"""How fast the worker is and how long it still takes, in words."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from ..numbers import decimal, significant


def rate_text(event: dict[str, Any]) -> str:
    """The rate of a `progress` event; empty when it is not known."""
    rate, unit = event.get("rate"), event.get("unit", "")
    if not rate:
        return ""
    if unit != "px":
        return f"{decimal(rate, 1)} {unit}/s"
    millions = decimal(rate / 1e6, 2) if rate >= 1e5 else significant(rate / 1e6, 2)
    return QCoreApplication.translate("EmbedJob", "{} Mpx/s").format(millions)


def time_left_text(event: dict[str, Any]) -> str:
    """The time left by a `progress` event; empty when it is not known."""
    seconds = event.get("seconds_left")
    return "" if seconds is None else QCoreApplication.translate("EmbedJob", "{} left").format(duration(seconds))


def progress_text(event: dict[str, Any]) -> str:
    """Rate and time left of a `progress` event, as far as they are known."""
    return ", ".join(text for text in (rate_text(event), time_left_text(event)) if text)


def duration(seconds: float) -> str:
    """A time span as one reads it: "40 s", "3 min", "1 h 20 min"; it never breaks between number and unit."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))}\xa0s"
    minutes = round(seconds / 60)
    return f"{minutes}\xa0min" if minutes < 60 else f"{minutes // 60}\xa0h\xa0{minutes % 60}\xa0min"
