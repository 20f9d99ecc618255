"""An encoder of others, described by its card: an `EncoderDescription` for the engine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.encoder.foreign.card import Card
from mmearth_core.encoder.model_file import Statistics
from mmearth_core.errors import MMEarthError


@dataclass(frozen=True)
class ForeignFootprint:
    """What is known of a network's needs: what it takes inside, and how far it sees, nobody says."""

    patch: int
    in_channels: int
    exact_halo: None = None
    activation_bytes: int = 0


@dataclass(frozen=True)
class ForeignEncoder:
    """An encoder of others: its card, and what a trial of its network showed.

    `stride`: pixels of a cell of its output. `fixed`: whether it takes inputs of `side` only.
    """

    name: str
    model_id: str
    card: Card
    dimensions: int
    stride: int
    patch: int
    fixed: bool

    @property
    def bands(self) -> tuple[str, ...]:
        return self.card.bands

    @property
    def statistics(self) -> dict[str, Statistics]:
        return self.card.statistics

    @property
    def architecture(self) -> ForeignFootprint:
        return ForeignFootprint(self.patch, len(self.card.bands))

    @property
    def halo(self) -> int:
        return self.card.halo

    @property
    def side(self) -> int:
        return self.card.tile

    @property
    def tile_dependent(self) -> bool:
        return self.card.tile_dependent

    @property
    def needs_all(self) -> bool:
        return self.card.missing_bands == "refuse"

    @property
    def scales(self) -> tuple[float, ...]:
        return self._stored("scale")

    @property
    def offsets(self) -> tuple[float, ...]:
        return self._stored("offset")

    @property
    def trained(self) -> bool:
        return True

    @property
    def resolution(self) -> float:
        return self.card.resolution

    @property
    def facts(self) -> dict[str, Any]:
        """What the provenance of a raster keeps: by whom and under which licence, and what the network was told."""
        told = {"licence": self.card.licence or "not stated", "source": self.card.source or "not stated"}
        return told | {"stride": self.stride, "tile_dependent": self.tile_dependent, "by": "card"}

    @property
    def runtime(self) -> dict[str, Any]:
        return {"output_stride": self.stride, "tile_dependent": self.tile_dependent}

    def _stored(self, name: str) -> tuple[float, ...]:
        if self.card.quantisation is None:
            return ()
        values: tuple[float, ...] = getattr(self.card.quantisation, name)
        return values * self.dimensions if len(values) == 1 else values


def described(path: Path, card: Card, model_id: str, *, dimensions: int, stride: int, fixed: bool) -> ForeignEncoder:
    """The encoder of a file. Raises `MMEarthError` when card and network do not belong together."""
    patch = card.patch or stride
    wrong = None
    if card.stride is not None and card.stride != stride:
        wrong = f"its card says stride {card.stride}, and its network gives a cell for every {stride} pixels"
    elif patch % stride:
        wrong = f"its patch {patch} is no multiple of its stride {stride}"
    elif card.tile % patch or card.halo % patch:
        wrong = f"its tile {card.tile} and halo {card.halo} must be multiples of its patch {patch}"
    elif card.quantisation is not None:
        counts = {len(card.quantisation.scale), len(card.quantisation.offset)}
        if not counts <= {1, dimensions}:
            wrong = f"its quantisation must have one value, or {dimensions}, as its vectors"
    if wrong is not None:
        raise MMEarthError(f"{path}: {wrong}; correct the card.")
    name = card.name or path.stem
    return ForeignEncoder(name, model_id, card, dimensions, stride, patch, fixed)
