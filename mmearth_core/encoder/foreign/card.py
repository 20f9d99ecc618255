"""The card of an encoder that is not ours: a small JSON file that says what its network takes and gives.

`NAME.card.json` beside `NAME.onnx`, the same text among the file's metadata under `mmearth-card`, and what metadata of
Deepness say, are read together; where they differ, or do not say what must be known, that is asked for. Nothing is
guessed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from mmearth_core import records
from mmearth_core.encoder.foreign.deepness import from_deepness
from mmearth_core.encoder.model_file import Positive, Statistics, check_statistics
from mmearth_core.errors import MMEarthError
from mmearth_core.records import COMMAS, NOT_NEGATIVE, ONE_OR_MANY, POSITIVE
from mmearth_core.sentinel2 import Level

#: Key of a card among the metadata of an ONNX file.
CARD_KEY = "mmearth-card"
_DN_PER_REFLECTANCE = 10_000
_NAME = re.compile(r"[\w .+()-]{1,80}")
#: What a card must say: of the rest the network shows it, or there is a default.
_NEEDED = ("bands", "level", "scale", "mean", "std", "resolution", "tile", "halo", "tile_dependent")
Count = Annotated[int, POSITIVE]


@dataclass(frozen=True)
class Quantisation:
    """How vectors are stored: value = dn · scale + offset with dn 1 … 255, a pair for each band of the vector."""

    scale: Annotated[tuple[Positive, ...], ONE_OR_MANY]
    offset: Annotated[tuple[float, ...], ONE_OR_MANY]


@dataclass(frozen=True)
class Card:
    """What a network takes and gives.

    `bands`: of Sentinel-2, in the order of its channels. `level`: l1c, l2a or both. It is fed (x − mean) / std with
    x = reflectance / scale, so `scale` is 0.0001 for x in reflectance × 10000 and 1 for reflectance; `mean` and `std`
    are one for each band, or one for all. `resolution`: metres of a pixel. `tile`: side in pixels of the input it was
    made for. `halo`: context that it needs around what is kept. `stride`: pixels of a cell of its output; `patch`: of
    which its input's sides are multiples, and by which tiles are anchored, by default the stride. `tile_dependent`:
    whether a vector depends on where in the tile it lies, as with positional encodings or norms over the whole tile.
    `output`: of several, the one to take. `missing_bands`: "refuse" scenes that lack some, or "fill" them as for our
    own encoders. `quantisation`: by default found on each scene.
    """

    bands: Annotated[tuple[str, ...], COMMAS]
    level: Annotated[tuple[Level, ...], ONE_OR_MANY]
    scale: Positive
    mean: Annotated[tuple[float, ...], ONE_OR_MANY]
    std: Annotated[tuple[Positive, ...], ONE_OR_MANY]
    resolution: Positive
    tile: Count
    halo: Annotated[int, NOT_NEGATIVE]
    tile_dependent: bool
    stride: Count | None = None
    patch: Count | None = None
    name: str = ""
    licence: str = ""
    source: str = ""
    output: str | None = None
    missing_bands: Literal["refuse", "fill"] = "refuse"
    quantisation: Quantisation | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` when the values do not belong together."""
        check_statistics(self.bands, self.statistics)
        if self.name and not _NAME.fullmatch(self.name):
            raise ValueError("name must be at most 80 letters, digits, blanks and . + ( ) - _")
        if 2 * self.halo >= self.tile:
            raise ValueError(f"a halo of {self.halo} on both sides leaves nothing of a tile of {self.tile}")

    @property
    def statistics(self) -> dict[str, Statistics]:
        """Mean and standard deviation for each level, in DN = reflectance × 10000."""
        factor, count = self.scale * _DN_PER_REFLECTANCE, len(self.bands)
        mean, std = (
            tuple(each * factor for each in (values * count if len(values) == 1 else values))
            for values in (self.mean, self.std)
        )
        return {level: Statistics(mean, std) for level in self.level}

    def identity(self, file: bytes, output: str, patch: int) -> str:
        """sha256 in hex of the file and of what the card says that decides a vector; names, licence, quantisation and
        halo do not, nor does the tile unless the network depends on it."""
        decisive = {
            "bands": self.bands,
            "statistics": {level: asdict(table) for level, table in self.statistics.items()},
            "output": output,
            "patch": patch,
            "tile": [self.tile, self.halo] if self.tile_dependent else None,
        }
        digest = hashlib.sha256(hashlib.sha256(file).digest())
        digest.update(json.dumps(decisive, sort_keys=True).encode())
        return digest.hexdigest()


def card_path(model: Path) -> Path:
    """Where the card of a model file lies."""
    return model.with_suffix(".card.json")


def read_card(model: Path, metadata: Mapping[str, str], side: int | None) -> Card:
    """The card of a model file, of all that is said of it; `side` of its input, where the network takes one only.

    Raises `MMEarthError` when something is missing, damaged, or said in two ways.
    """
    beside = card_path(model)
    deepness = from_deepness(metadata, model)
    # Tiles and their overlap are a setting there, and go when a card or the network says otherwise.
    settings = {key: deepness.pop(key) for key in ("tile", "halo") if key in deepness}
    sources: list[tuple[str, Mapping[str, Any]]] = [(f"{model}", deepness)]
    if CARD_KEY in metadata:
        place = f"The metadata {CARD_KEY!r} of {model}"
        sources.append((place, _mapping(metadata[CARD_KEY], place)))
    if beside.is_file():
        try:
            sources.append((str(beside), _mapping(beside.read_bytes(), str(beside))))
        except OSError as error:
            raise MMEarthError(f"{beside} cannot be read ({error.strerror or error}); write it anew.") from error
    if side is not None:
        sources.insert(0, (f"The network in {model}", {"tile": side}))
    facts: dict[str, Any] = {}
    said: dict[str, str] = {}
    for place, told in sources:
        for key, value in told.items():
            if key in facts and facts[key] != value:
                raise MMEarthError(
                    f"{said[key]} says {key} {facts[key]} and {place} says {value}; correct the one that is wrong."
                )
            facts[key], said[key] = value, place
    facts = settings | facts
    if missing := [key for key in _NEEDED if key not in facts]:
        known = f" (known are {', '.join(facts)})" if facts else ""
        raise MMEarthError(
            f"{model} is not a model of mmearth, and its card does not say: {', '.join(missing)}{known}; write them"
            f" into {beside}, as docs/your-encoder.md shows."
        )
    return records.read(Card, facts, beside, remedy="correct the card")


def _mapping(text: str | bytes, place: str) -> dict[str, Any]:
    content: dict[str, Any] = records.value(dict[str, Any], records.parsed(text, place), place)
    return content
