"""What files say of themselves: processing level, offset, scale, processing baseline, time. Never looks at pixels.

Each statement keeps its source, so a decision can be explained and a contradiction named.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import Level

#: First processing baseline whose products carry +1000 DN.
OFFSET_BASELINE = 4.0
#: What is to be added to them, in DN; and no product has a lower one than that of Landsat, in whose units some write
#: Sentinel-2 too.
PRODUCT_OFFSET, LOWEST_OFFSET = -1000.0, -2000.0

T = TypeVar("T", float, Level)


def offset_of(baseline: float) -> float:
    """DN to add to products of a processing baseline as ESA publishes them."""
    return PRODUCT_OFFSET if baseline >= OFFSET_BASELINE else 0.0


@dataclass(frozen=True)
class Said(Generic[T]):
    """A value and who says so, as it reads in a sentence ("the tag PROCESSING_LEVEL of scene.tif")."""

    value: T
    source: str


@dataclass(frozen=True)
class Metadata:
    """Statements found, most trustworthy first.

    `offsets` are in DN (reflectance × 10000) and say what must still be *added* to the file's values (−1000 or 0);
    `scales` are reflectance per unit; a processing `baseline` ≥ 4 only says that the product was made with +1000.
    `stretched` names a file whose 16-bit values may be reflectance × 65535.
    `authoritative`: they come from the product's own XML and the pixels are the product's own files.
    """

    levels: tuple[Said[Level], ...] = ()
    offsets: tuple[Said[float], ...] = ()
    scales: tuple[Said[float], ...] = ()
    baselines: tuple[Said[float], ...] = ()
    time: datetime | None = None
    stretched: str | None = None
    authoritative: bool = False

    def merged(self, other: "Metadata") -> "Metadata":
        """Both sets of statements, this one's first; what is said twice with the same value is kept once."""
        return Metadata(
            levels=_distinct(self.levels + other.levels),
            offsets=_distinct(self.offsets + other.offsets),
            scales=_distinct(self.scales + other.scales),
            baselines=_distinct(self.baselines + other.baselines),
            time=self.time or other.time,
            stretched=self.stretched or other.stretched,
            authoritative=self.authoritative or other.authoritative,
        )


def _distinct(statements: tuple[Said[T], ...]) -> tuple[Said[T], ...]:
    return tuple({statement.value: statement for statement in reversed(statements)}.values())[::-1]


_LEVEL = re.compile(r"(?<![A-Za-z0-9])(?:MSI)?L(?:evel)?[ -]?(1C|2A)(?![A-Za-z0-9])", re.IGNORECASE)
_BASELINE = re.compile(r"(?<![A-Za-z0-9])N(\d{2})(\d{2})(?![A-Za-z0-9])")
_TIME = re.compile(r"(?<!\d)(20\d{6})T(\d{6})(?!\d)")
# ACOLITE's reflectance at the surface (rhos) and at the top of the atmosphere (rhot).
_ACOLITE = re.compile(r"(?<![A-Za-z])rho([st])_\d{3,4}(?!\d)", re.IGNORECASE)
# A single band of the Copernicus Browser and of EO Browser before it ("…_Sentinel-2_L2A_B04_(Raw).tiff"), which write
# reflectance from 0 to 1 as 0 to 65535: https://www.sentinel-hub.com/faq/ on values of `sampleType` AUTO.
_BROWSER = re.compile(r"Sentinel-2_L(?:1C|2A)_B\w+_?\(Raw\)", re.IGNORECASE)
_LEVEL_TAGS = {"processing_level", "processing:level", "product_type", "product_level", "s2_processing_level", "level"}
_SCALE_TAGS = {"scale", "scale_factor", "reflectance_scale"}
_QUANTIFICATION_TAGS = {"quantification_value", "boa_quantification_value"}
_OFFSET_TAGS = {"boa_add_offset", "radio_add_offset", "add_offset_dn"}
_BASELINE_TAGS = {"processing_baseline", "s2:processing_baseline", "s2_processing_baseline"}
_PRODUCT_TAGS = {"product_uri", "product_id", "s2:product_uri", "system:index"}
_TIME_TAGS = {"datetime", "datatake_sensing_start", "product_start_time"}


def level_in(text: str) -> Level | None:
    """The processing level a text names ("Level-2A", "S2MSI1C", "L2A"), if it names exactly one."""
    found = {match.upper() for match in _LEVEL.findall(text.replace("S2MSI", "L").replace("_", " "))}
    if len(found) != 1:
        return None
    return "l1c" if found.pop() == "1C" else "l2a"


def parse_time(text: str) -> datetime | None:
    """A time as TIFF, ESA and STAC write it, in UTC."""
    text = text.strip()
    for form in ("%Y:%m:%d %H:%M:%S", "%Y%m%dT%H%M%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_number(value: Any) -> float | None:
    """A finite number from a tag's text or a JSON value."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e12 else None


def significant(scale: float) -> float:
    """A scale to six digits, so that float32 and decimal spellings of one value agree."""
    return float(f"{scale:.6g}")


def from_tags(
    tags: Mapping[str, str],
    scales: Sequence[float],
    offsets: Sequence[float],
    *,
    source: str,
    bands: Sequence[str] = (),
) -> Metadata:
    """What a raster's tags (any case) say, and the GDAL scales and offsets of those of its `bands` that are used.

    Bands of different scales or offsets make several statements, so that the contradiction can be named.
    """
    levels: list[Said[Level]] = []
    said: dict[str, list[Said[float]]] = {"scale": [], "offset": [], "baseline": []}
    time = None
    merged = Metadata()
    for tag, text in tags.items():
        key, origin = tag.lower(), f"the tag {tag} of {source}"
        number = parse_number(text)
        if key in _LEVEL_TAGS and (level := level_in(text)) is not None:
            levels.append(Said(level, origin))
        elif key in _SCALE_TAGS and number is not None and 0 < number <= 1:
            said["scale"].append(Said(significant(number), origin))
        elif key in _QUANTIFICATION_TAGS and number is not None and number >= 1:
            said["scale"].append(Said(significant(1 / number), origin))
        elif key in _OFFSET_TAGS and number is not None:
            said["offset"].append(Said(number, origin))
        elif key in _BASELINE_TAGS and number is not None:
            said["baseline"].append(Said(number, origin))
        elif key in _PRODUCT_TAGS:
            merged = merged.merged(from_product_name(text, origin))
        elif key in _TIME_TAGS:
            time = time or parse_time(text)
    # 1 and 0 are what is read where nothing is set; beside other values they are a statement.
    if all(scale > 0 for scale in scales) and any(scale != 1 for scale in scales):
        said["scale"][:0] = _by_band([significant(scale) for scale in scales], "scale", bands, source)
        # A scale without an offset is what most writers set; only an offset that is set says something.
        if any(offset != 0 for offset in offsets):
            in_dn = [round(offset * 10000, 3) for offset in offsets]
            said["offset"][:0] = _by_band(in_dn, "offset", bands, source)
    own = Metadata(tuple(levels), tuple(said["offset"]), tuple(said["scale"]), tuple(said["baseline"]), time)
    return own.merged(merged)


def _by_band(values: Sequence[float], what: str, bands: Sequence[str], source: str) -> list[Said[float]]:
    """One statement per value, with the bands it is of where there are several values."""
    named = bands or [str(i) for i in range(1, len(values) + 1)]
    found: dict[float, list[str]] = {}
    for value, name in zip(values, named, strict=True):
        found.setdefault(value, []).append(name)
    if len(found) == 1:
        return [Said(values[0], f"the band {what} of {source}")]
    return [Said(value, f"the band {what} of {', '.join(several)} in {source}") for value, several in found.items()]


def from_name(path: str) -> Metadata:
    """What a file name, or the product folder it lies in, says."""
    merged = Metadata()
    for part in reversed(Path(path).parts):
        if part == Path(path).name or part.upper().endswith(".SAFE"):
            merged = merged.merged(from_product_name(part, f"the name {part}"))
    return merged


def from_product_name(text: str, source: str) -> Metadata:
    """Level, baseline and time that a product's name tells ("S2A_MSIL2A_20230512T101601_N0509_R065_T32UPV_…")."""
    level = level_in(text)
    if (acolite := _ACOLITE.search(text)) is not None:
        level = "l2a" if acolite[1].lower() == "s" else "l1c"
    baseline = _BASELINE.search(text.replace("_", " ")) if "MSIL" in text.upper() else None
    time = _TIME.search(text)
    return Metadata(
        levels=(Said(level, source),) if level else (),
        baselines=(Said(int(baseline[1]) + int(baseline[2]) / 100, source),) if baseline else (),
        time=parse_time("T".join(time.groups())) if time else None,
        stretched=source if _BROWSER.search(text) else None,
    )


@dataclass(frozen=True)
class Expected:
    """What is known of level and offset (DN) before a pixel is read: None where the pixels will decide; and how, in the
    words of the evidence of `radiometry.decide`."""

    level: Level | None
    offset: float | None
    evidence: tuple[str, ...]


def expected(metadata: Metadata, *, source: str) -> Expected:
    """What `radiometry.decide` will do with what files say of themselves, before their pixels are read.

    Raises `MMEarthError` where it is sure to: for contradictions, and offsets that no product has.
    """
    check_offsets(source, metadata)
    check_levels(source, metadata)
    level = metadata.levels[0] if metadata.levels else None
    told = ["Level by the pixels: nothing says it." if level is None else level_by(level)]
    baseline = metadata.baselines[0] if metadata.baselines else None
    offset = None
    if metadata.offsets:
        offset = metadata.offsets[0].value
        told.append(offset_by(metadata.offsets[0]).removesuffix(".") + ", unless the pixels rule it out.")
    elif baseline is None:
        told.append("Offset by the pixels: nothing says it.")
    elif baseline.value < OFFSET_BASELINE:
        offset = 0.0
        told.append(offset_before(baseline))
    else:
        told.append(
            f"Offset by the pixels: baseline {baseline.value:05.2f} by {baseline.source} has {both(PRODUCT_OFFSET)},"
            " which may be removed already."
        )
    return Expected(None if level is None else level.value, offset, tuple(told))


def check_offsets(source: str, metadata: Metadata) -> None:
    """Refuse offsets that contradict each other, and one that no product has."""
    if len(metadata.offsets) > 1:
        raise MMEarthError(
            f"{source}: contradictory offsets ({listed(metadata.offsets, both)}); pass `offset=-1000` or `offset=0`."
        )
    for said in metadata.offsets:
        if not LOWEST_OFFSET <= said.value <= 0:
            raise MMEarthError(
                f"{source}: {said.source} says offset {both(said.value)}, which no product has; pass"
                f" `offset=-1000` or `offset=0`."
            )


def check_levels(source: str, metadata: Metadata) -> None:
    said = metadata.levels
    if len(said) > 1:
        raise MMEarthError(f"{source}: contradictory levels ({listed(said)}); pass `level=l1c` or `level=l2a`.")


def offset_by(said: Said[float]) -> str:
    return f"Offset {both(said.value)} by {said.source}."


def offset_before(baseline: Said[float]) -> str:
    return f"Offset 0: baseline {baseline.value:05.2f} by {baseline.source} has none."


def level_by(said: Said[Level]) -> str:
    return f"Level {said.value.upper()} by {said.source}."


def both(value: float) -> str:
    """A value as sentences about offsets have it: digital numbers, reflectance × 10000 whatever the file's unit is, as
    the product's metadata have them; beside them the reflectance, as STAC has it."""
    return f"{value:.0f} (reflectance {value / 10_000:.2g})" if value else "0"


def listed(statements: tuple[Said[Any], ...], word: Callable[[Any], str] = str) -> str:
    return ", ".join(f"{word(s.value)} by {s.source}" for s in statements)
