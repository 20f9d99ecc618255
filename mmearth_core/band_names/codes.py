"""Band codes ("B2", "band_12", "B8A") inside descriptions and file names, and what contradicts them. Pure."""

import re
from collections.abc import Sequence

# "B2", "b02", "Band 8A", "band_12", standing by itself: not inside a word such as "AB12" or "B123".
_CODE = re.compile(r"(?<![a-z0-9])(?:b|band[\s_\-.]*)(0?8a|0?[1-9]|1[0-2])(?![a-z0-9])", re.IGNORECASE)
# Words a description may use beside the code, and the bands they fit.
_COLOURS = tuple(
    (re.compile(rf"(?<![a-z])(?:{word})", re.IGNORECASE), bands)
    for word, bands in (
        ("coastal|aerosol", {"B01"}),
        ("blue", {"B01", "B02"}),
        ("green", {"B03"}),
        (r"red(?![a-z])(?!\s*-?edge)", {"B04"}),
        (r"red\s*-?edge", {"B05", "B06", "B07", "B8A"}),
        (r"nir|near[\s-]*infra", {"B07", "B08", "B8A", "B09"}),
        (r"swir|short[\s-]*wave", {"B10", "B11", "B12"}),
        ("thermal|pan", set[str]()),
    )
)
# What is made of a band or belongs to it, but is not its reflectance; that of water alone is another thing.
_DERIVED = re.compile(
    r"(?<![a-z])(?:std(?:ev|dev)?|stddev|var(?:iance)?|count|nobs|mask|msk|uncertainty|unc|slope|trend|anomaly|diff"
    r"|amplitude|phase|quality|qualit|detfoo|azimuth|zenith|rhow|rrs|radiance|irradiance)(?![a-z])",
    re.IGNORECASE,
)
_FILE_SUFFIX = re.compile(r"\.(?:tiff?|jp2|vrt|img|png|bil|bsq|dat|nc)$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_RESOLUTION = re.compile(r"[\s_-]*\b(?:10|20|60)\s?m$", re.IGNORECASE)
_NUMBERED = re.compile(r"band[\s_]*([1-9]\d*)\s*[:\-–(]\s*(.*[^)\s])\s*\)?$", re.IGNORECASE)
_COUNTED = re.compile(r"(?:band[\s_-]*|b)([1-9]\d*)$", re.IGNORECASE)


def is_file(text: str) -> bool:
    """Whether a text is the name of a raster file."""
    return _FILE_SUFFIX.search(text) is not None


def stem_of(text: str) -> str:
    """The last part of a path without the suffix of a raster file."""
    return _FILE_SUFFIX.sub("", re.split(r"[/\\]", text.strip())[-1])


def code_in(text: str) -> str | None:
    """ESA's name of the one band code in a text; None when there is none, or several, or it is no reflectance."""
    codes = _codes(text)
    return codes.pop() if len(codes) == 1 and not _DERIVED.search(_spaced(text)) else None


def has_code(text: str) -> bool:
    """Whether any band code stands in a text."""
    return bool(_codes(text))


def _codes(text: str) -> set[str]:
    return {_canonical(code) for code in _CODE.findall(_spaced(stem_of(text)))}


def _canonical(code: str) -> str:
    return "B8A" if code.lower().endswith("a") else f"B{int(code):02d}"


def _spaced(text: str) -> str:
    """An underscore separates, but regular expressions take it for a letter."""
    return text.replace("_", " ")


def contradicts(code: str, text: str) -> bool:
    """Whether a text mentions, beside a band code, a colour of another band: "Band 5 - NIR" is Landsat's, not B05."""
    return any(code not in bands for word, bands in _COLOURS if word.search(_spaced(stem_of(text))))


def words_of(text: str) -> tuple[str, ...]:
    """The texts by which a band may be named in words: all of it without asides, and the last part of a file name."""
    plain = _RESOLUTION.sub("", _ASIDE.sub("", _spaced(stem_of(text))).strip())
    if not plain or _DERIVED.search(plain):
        return ()
    return (plain, plain.split(" ")[-1]) if is_file(text) and " " in plain else (plain,)


def is_counting(descriptions: Sequence[str | None]) -> bool:
    """Whether all descriptions merely repeat the position: "Band 1", "Band 2", …, or "B1", "B2", …

    Software fills in such names: the second band of anything is then no B02, the ninth in ESA's order is B8A.
    """
    numbers = [m and int(m[1]) for m in (_COUNTED.match(_ASIDE.sub("", text or "").strip()) for text in descriptions)]
    return numbers == list(range(1, len(descriptions) + 1))


def without_count(descriptions: Sequence[str | None]) -> list[str | None]:
    """Descriptions without a "Band 1: " that only repeats the position, where what follows holds a code in each."""
    parts = [_NUMBERED.match((text or "").strip()) for text in descriptions]
    if all(part is not None and int(part[1]) == i and has_code(part[2]) for i, part in enumerate(parts, 1)):
        return [part[2] for part in parts if part is not None]
    return list(descriptions)
