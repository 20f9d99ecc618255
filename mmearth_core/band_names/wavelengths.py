"""Which band a wavelength is. Where a file states it, it says more than a name. Pure.

Central wavelengths of the three satellites differ by up to 17 nm (ESA, S2-SRF v4.0); documents round them (490, 842).
"""

import re

# Lowest and highest central wavelength in nm by which a band is stated for Sentinel-2A, B or C; and its width in nm.
_RANGES = {
    "B01": (440.0, 446.0, 21),
    "B02": (488.0, 498.0, 66),
    "B03": (556.5, 563.0, 36),
    "B04": (661.0, 668.0, 31),
    "B05": (701.5, 707.5, 15),
    "B06": (737.0, 743.0, 15),
    "B07": (777.0, 786.0, 20),
    "B08": (829.0, 845.0, 106),
    "B8A": (861.0, 868.0, 21),
    "B09": (937.0, 948.0, 20),
    "B10": (1370.0, 1380.0, 31),
    "B11": (1605.0, 1618.0, 91),
    "B12": (2180.0, 2226.0, 175),
}
_IN_TEXT = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)\s*(nm|nanomet(?:er|re)s?|[µμu]m|micromet(?:er|re)s?)\b", re.IGNORECASE
)
# "458-523 nm" is where a band begins and ends, not its centre.
_RANGE = re.compile(r"\d\s*(?:-|–|to)\s*\d+(?:\.\d+)?\s*(?:nm|[µμu]m|nano|micro)", re.IGNORECASE)
# ACOLITE names its bands, and the files of them, by wavelength: https://github.com/acolite/acolite
_ACOLITE = re.compile(r"(?<![a-z])rho[st]_(\d{3,4})(?:\.tiff?)?$", re.IGNORECASE)


def band_at(wavelength: float, width: float | None = None) -> str | None:
    """The band of a central wavelength in nm; None when it is none's, or `width` (nm) is far from that band's."""
    for name, (low, high, own) in _RANGES.items():
        if low <= wavelength <= high:
            return name if width is None or 0.4 * own <= width <= 2.5 * own else None
    return None


def nanometres(value: float, unit: str = "") -> float | None:
    """A wavelength in nm from its value and unit, which may be missing (below 20 it is µm); None when it is none."""
    unit = unit.strip().lower()
    # Some number the bands where wavelengths belong.
    if not unit and value < 20 and float(value).is_integer():
        return None
    if unit.startswith(("µ", "μ", "u", "mic")) or (not unit and value < 20):
        value *= 1000
    elif unit and not unit.startswith(("nm", "nan")):
        return None
    return value if 300 <= value <= 20000 else None


def is_named_by_wavelength(text: str) -> bool:
    """Whether a text is ACOLITE's name of a band, or of a file of one."""
    return _ACOLITE.search(text.strip()) is not None


def in_text(text: str) -> float | None:
    """The wavelength in nm a band's name states: "B4 (665 nm)", "0.842 µm", ACOLITE's "rhos_865"."""
    if (match := _ACOLITE.search(text.strip())) is not None:
        return nanometres(float(match[1]), "nm")
    if _RANGE.search(text):
        return None
    found = [nanometres(float(value), unit) for value, unit in _IN_TEXT.findall(text)]
    return found[0] if len(found) == 1 else None
