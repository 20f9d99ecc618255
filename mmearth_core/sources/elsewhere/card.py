"""Cards: a small JSON file beside a raster says what its bands mean, for embeddings that nothing else tells.

`NAME.card.json` stands beside `NAME.tif`. Never guessed: without a card, a raster of many bands is asked about.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.opening import is_local
from mmearth_core.records import Rule
from mmearth_core.sources.elsewhere.banded import BandedEmbedding, Header, checked
from mmearth_core.sources.elsewhere.laws import Law, Linear, Square

SUFFIX = ".card.json"
#: How many bands a raster has that may be somebody's embedding.
MANY = range(32, 1025)
_LARGEST = 1 << 20
_Text = Annotated[str, Rule(lambda text: bool(text.strip()), "must not be empty")]
_Scale = Annotated[float, Rule(lambda number: number != 0 and math.isfinite(number), "must be a number other than 0")]


@dataclass(frozen=True)
class Card:
    """What a card says.

    `name` and `version`: together what a probe and an embedding must have in common. `law`: "float" (numbers are the
    values), "linear" (value = stored · scale + offset) or "square" (value = sign(stored) · (stored · scale)²). `scale`,
    `offset`: one number, or one for each band. `nodata`: the value that means no data in any band; null when no value
    does. `bands`: their names; by default the file's. `unit_norm`: whether all vectors are of length 1.
    """

    name: _Text
    version: _Text
    law: Literal["float", "linear", "square"]
    nodata: float | None
    unit_norm: bool
    scale: _Scale | tuple[_Scale, ...] | None = None
    offset: float | tuple[float, ...] | None = None
    bands: tuple[_Text, ...] | None = None
    year: int | None = None
    licence: str | None = None
    attribution: str | None = None

    def __post_init__(self) -> None:
        if self.law == "float" and not self.scale is self.offset is None:
            raise ValueError('law is "float", which has no scale and no offset; leave them out, or say "linear"')
        if self.law != "float" and self.scale is None:
            raise ValueError(f'law is "{self.law}", which needs a scale')
        if self.law == "square" and (self.offset is not None or isinstance(self.scale, tuple)):
            raise ValueError('law is "square", which has one scale and no offset')

    def law_of(self, bands: int) -> Law:
        """Its law. Raises `ValueError` when it has another number of scales or offsets than there are bands."""
        if self.law == "square" and isinstance(self.scale, float | int):
            return Square(unit=1 / self.scale)
        scale, offset = (1.0 if self.scale is None else self.scale), (self.offset or 0.0)
        for what, given in (("scale", scale), ("offset", offset)):
            if isinstance(given, tuple) and len(given) != bands:
                raise ValueError(f"{what} has {len(given)} numbers for {bands} bands")
        return Linear.of(bands, scale, offset)


def card_of(path: str | Path) -> Path | None:
    """Where the card of a raster on disk stands, whether there is one or not; None for what is no file on disk."""
    return Path(path).with_suffix(SUFFIX) if is_local(path) and Path(path).name else None


def carded(header: Header, card_path: Path) -> BandedEmbedding:
    """The embedding that a raster is by its card. Raises `MMEarthError` when the card does not fit it."""
    card = read_card(card_path)
    names = card.bands or tuple(name or f"band {index}" for index, name in enumerate(header.bands, 1))
    if len(names) != len(header.bands) or len(set(names)) != len(names):
        raise MMEarthError(
            f"{card_path} names {len(names)} bands ({len(set(names))} different) and {header.path} has"
            f" {len(header.bands)}; name each of them once."
        )
    try:
        law = card.law_of(len(names))
    except ValueError as error:
        raise MMEarthError(f"{card_path}: {error}; give one number, or one for each band.") from error
    if card.law == "float" and not header.is_float:
        raise MMEarthError(
            f'{card_path}: law is "float", but {header.path} holds {header.dtype}; say how they are meant.'
        )
    embedding = BandedEmbedding(
        header=header,
        identity=f"{card.name.strip()}/{card.version.strip()}/{len(names)} bands",
        name=f"{card.name.strip()} {card.version.strip()}",
        bands=names,
        indexes=tuple(range(1, len(names) + 1)),
        unit_norm=card.unit_norm,
        law=law,
        nodata=_nodata(card, header, card_path),
        facts={"law": str(law), "card": str(card_path), **_told(card)},
    )
    return checked(embedding, f"Correct the law in {card_path}.") if card.unit_norm else embedding


def read_card(path: Path) -> Card:
    """Raises `MMEarthError` when it is no card."""
    try:
        if path.stat().st_size > _LARGEST:
            raise MMEarthError(
                f"{path} is too large for a card of an embedding; write one as docs/embeddings-elsewhere.md shows."
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{path} cannot be read as a card of an embedding ({error}); write it anew.") from error
    return records.read(Card, records.parsed(text, path), path)


def how_to_write(header: Header) -> str:
    """Where to write the card of a raster, and one to fill in."""
    path = card_of(header.path)
    where = "a card beside a copy of it on disk (NAME.card.json)" if path is None else str(path)
    template: dict[str, Any] = {
        "name": "WHO-MADE-IT",
        "version": "1",
        "law": "float" if header.is_float else "linear",
        **({} if header.is_float else {"scale": 1.0, "offset": 0.0}),
        "nodata": None if header.nodata is None or not math.isfinite(header.nodata) else header.nodata,
        "unit_norm": False,
    }
    return (
        f"Say how its numbers are meant in {where}, for example: {json.dumps(template)} (law: float, linear or square;"
        " see docs/embeddings-elsewhere.md)."
    )


def _nodata(card: Card, header: Header, path: Path) -> float | None:
    """What means no data, by card and file. Raises `MMEarthError` when they differ, or no pixel can be that."""
    declared = None if header.nodata is None or math.isnan(header.nodata) else header.nodata
    if card.nodata is not None and not header.is_float:
        limits = np.iinfo(header.dtype)
        if not (float(card.nodata).is_integer() and limits.min <= card.nodata <= limits.max):
            raise MMEarthError(
                f"{path}: no pixel of {header.dtype} can be {card.nodata:g}, which it says means no data; correct it."
            )
    if card.nodata is not None and declared is not None and card.nodata != declared:
        raise MMEarthError(
            f"{path} says that {card.nodata:g} means no data, {header.path} says {declared:g}; correct one of them."
        )
    return declared if card.nodata is None else card.nodata


def _told(card: Card) -> Mapping[str, Any]:
    told = {"year": card.year, "licence": card.licence, "attribution": card.attribution}
    return {name: each for name, each in told.items() if each is not None}
