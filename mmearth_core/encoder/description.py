"""What whatever embeds must know of an encoder, ours or not: the contract between model files and the engine."""

from collections.abc import Mapping
from typing import Any, Protocol

from mmearth_core.encoder.model_file import Statistics


class Footprint(Protocol):
    """What a network takes of memory and of surroundings.

    `patch`: sides of its input are multiples of it, and tiles are anchored by it. `exact_halo`: pixels beyond which
    nothing reaches a tile; None when nobody knows. `activation_bytes`: of a pixel of its input, at the peak, beside
    input and output.
    """

    @property
    def patch(self) -> int: ...

    @property
    def in_channels(self) -> int: ...

    @property
    def exact_halo(self) -> int | None: ...

    @property
    def activation_bytes(self) -> int: ...


class EncoderDescription(Protocol):
    """An encoder that maps normalised pixels to a vector for each pixel.

    `model_id`: the same for all that give the same vectors of the same pixels. `statistics`: per processing level, in
    DN. `halo`: pixels of context that are read around a tile. `side`: of the input it was made for, in pixels; None
    when any will do. `fixed`: whether it takes that side only. `tile_dependent`: whether a vector depends on where in a
    tile its pixel lies. `needs_all`: whether missing bands are refused rather than filled. `dimensions`: of a vector.
    `scales` and `offsets`: of the stored numbers, value = dn·scale + offset; empty when they are found on the scene.
    `resolution`: metres of a pixel. `facts`: what the provenance of a raster keeps of it; `runtime`: what it says of
    how the network was run.
    """

    @property
    def name(self) -> str: ...

    @property
    def model_id(self) -> str: ...

    @property
    def bands(self) -> tuple[str, ...]: ...

    @property
    def statistics(self) -> Mapping[str, Statistics]: ...

    @property
    def architecture(self) -> Footprint: ...

    @property
    def patch(self) -> int: ...

    @property
    def halo(self) -> int: ...

    @property
    def side(self) -> int | None: ...

    @property
    def fixed(self) -> bool: ...

    @property
    def tile_dependent(self) -> bool: ...

    @property
    def needs_all(self) -> bool: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def scales(self) -> tuple[float, ...]: ...

    @property
    def offsets(self) -> tuple[float, ...]: ...

    @property
    def trained(self) -> bool: ...

    @property
    def resolution(self) -> float: ...

    @property
    def facts(self) -> dict[str, Any]: ...

    @property
    def runtime(self) -> dict[str, Any]: ...
