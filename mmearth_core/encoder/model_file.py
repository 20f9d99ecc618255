"""The description that travels inside every model file of ours, and how it is read without torch.

`NAME.onnx` (what inference runs) and `NAME.safetensors` (what torch loads) carry the same `ModelHeader` as JSON under
the metadata key `mmearth`, and the same `model_id`: the sha256 of the canonical tensors.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from mmearth_core.encoder.architecture import Architecture, GrnScope, Stem
from mmearth_core.errors import MMEarthError

#: Metadata key of the header in both file formats.
METADATA_KEY = "mmearth"
#: Version of the header; another one is refused.
FORMAT_VERSION = 1
#: A .safetensors header longer than this is not ours (the format's own bound is 100 MB).
_LONGEST_HEADER = 10_000_000


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation per input band, in DN = reflectance × 10000 with the product's offset removed."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True)
class ModelHeader:
    """What a model is and how its numbers are to be read.

    `bands`: input band names in the network's order. `statistics`: per processing level ("l1c", "l2a").
    `halo`: pixels of context that keep the result within one quantisation step of the exact one.
    `scales`: quantisation step of each embedding band (dn = value / scale + 127.5, dn in 1 … 255); empty when the
    model is not calibrated. `calibration`: what it was calibrated on and the figures found.
    """

    name: str
    model_id: str
    size: str
    patch: int
    bands: tuple[str, ...]
    statistics: dict[str, Statistics]
    stem: Stem = "mp_mae"
    grn: GrnScope = "sample"
    trained: bool = True
    halo: int = 0
    scales: tuple[float, ...] = ()
    calibration: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    licence: str = ""
    format_version: int = FORMAT_VERSION

    @property
    def architecture(self) -> Architecture:
        return Architecture(self.size, self.patch, len(self.bands), self.stem)

    @property
    def calibrated(self) -> bool:
        """Whether the model has a frozen response normalisation, a projection and a quantiser: what `embed` needs."""
        return self.grn == "frozen" and bool(self.scales)

    @property
    def offsets(self) -> tuple[float, ...]:
        """Offset of each embedding band: value = dn·scale + offset. No whole dn decodes to exactly 0."""
        return tuple(-127.5 * scale for scale in self.scales)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as stored in JSON."""
        return asdict(self)

    def to_json(self) -> str:
        return json.dumps(self.as_dict(), sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, path: Path) -> Self:
        """Parse and check a header. Raises `MMEarthError` naming `path`."""
        try:
            values = json.loads(text)
            version = values.get("format_version")
            if version != FORMAT_VERSION:
                raise MMEarthError(
                    f"{path} has model format {version}, this mmearth reads {FORMAT_VERSION}; update it."
                )
            known = {item.name for item in fields(cls)}
            values = {key: value for key, value in values.items() if key in known}
            values["bands"] = tuple(values["bands"])
            values["scales"] = tuple(float(scale) for scale in values["scales"])
            values["statistics"] = {
                level: Statistics(tuple(map(float, s["mean"])), tuple(map(float, s["std"])))
                for level, s in values["statistics"].items()
            }
            header = cls(**values)
            header._check()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise MMEarthError(
                f"{path} has a damaged model description ({error}); fetch or convert it again."
            ) from error
        return header

    def _check(self) -> None:
        """Raise `ValueError` when the values do not belong together."""
        tables = self.statistics.values()
        if {len(column) for table in tables for column in (table.mean, table.std)} != {self.architecture.in_channels}:
            raise ValueError("statistics do not fit the bands")
        if not all(math.isfinite(value) for table in tables for value in (*table.mean, *table.std)):
            raise ValueError("statistics are not finite")
        if not all(math.isfinite(value) and value > 0 for value in (*self.scales, *(v for t in tables for v in t.std))):
            raise ValueError("scales and standard deviations must be positive")
        if self.grn not in get_args(GrnScope) or self.stem not in get_args(Stem):
            raise ValueError(f"unknown grn {self.grn!r} or stem {self.stem!r}")
        if self.halo < 0 or self.halo % self.patch:
            raise ValueError(f"halo {self.halo} is not a multiple of the patch size")


def read_header(path: str | Path) -> ModelHeader:
    """The header of a `.onnx` or `.safetensors` model of ours.

    Raises `MMEarthError` when the file is missing, damaged, or not a model of ours.
    """
    path = Path(path)
    if not path.is_file():
        raise MMEarthError(f"{path} does not exist; `mmearth weights list` names the models.")
    if path.suffix == ".safetensors":
        metadata = _safetensors_metadata(path)
    elif path.suffix == ".onnx":
        from mmearth_core.encoder.session import open_session  # noqa: PLC0415 - loads ONNX Runtime, only when needed

        metadata = open_session(path).get_modelmeta().custom_metadata_map
    else:
        raise MMEarthError(f"{path} is not a model file; expected .onnx or .safetensors.")
    return header_from_metadata(metadata, path)


def header_from_metadata(metadata: Mapping[str, str], path: Path) -> ModelHeader:
    """The header among a file's metadata. Raises `MMEarthError` when there is none."""
    if METADATA_KEY not in metadata:
        raise MMEarthError(f"{path} is not a model of mmearth; make one with `mmearth weights convert`.")
    return ModelHeader.from_json(metadata[METADATA_KEY], path)


def _safetensors_metadata(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= _LONGEST_HEADER else b""
    try:
        metadata = json.loads(text).get("__metadata__", {})
    except (ValueError, AttributeError, RecursionError) as error:
        raise MMEarthError(f"{path} is damaged or not a safetensors file; fetch or convert it again.") from error
    if not isinstance(metadata, dict):
        raise MMEarthError(f"{path} is damaged; fetch or convert it again.")
    return metadata


def canonical_digest(tensors: Mapping[str, NDArray[Any]]) -> str:
    """sha256 over names, shapes and little-endian values of all tensors, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.dtype.str.lstrip('<>=|')} {array.shape}\n".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()
