"""The description that travels inside every model file of ours, and how it is read without torch.

`NAME.onnx` (what inference runs) and `NAME.safetensors` (what torch loads) carry the same `ModelHeader` as JSON under
the metadata key `mmearth`, and the same `model_id`: the sha256 of the canonical tensors.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core import records
from mmearth_core.encoder.architecture import Architecture, GrnScope, Stem
from mmearth_core.errors import MMEarthError
from mmearth_core.records import POSITIVE
from mmearth_core.sentinel2 import BANDS, normalise

#: Metadata key of the header in both file formats.
METADATA_KEY = "mmearth"
#: Version of the header; another one is refused.
FORMAT_VERSION = 1
#: A .safetensors header longer than this is not ours (the format's own bound is 100 MB).
_LONGEST_HEADER = 10_000_000


Positive = Annotated[float, POSITIVE]


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation per input band, in DN = reflectance × 10000 with the product's offset removed."""

    mean: tuple[float, ...]
    std: tuple[Positive, ...]

    def normalised(
        self, dn: NDArray[np.float32], valid: NDArray[np.bool_], *, present: Sequence[str], wanted: Sequence[str]
    ) -> NDArray[np.float32]:
        """`sentinel2.normalise` with these numbers, which are of the `wanted` bands."""
        mean, std = np.asarray(self.mean, np.float32), np.asarray(self.std, np.float32)
        return normalise(dn, valid, present=present, wanted=wanted, mean=mean, std=std)


def check_statistics(bands: Sequence[str], statistics: Mapping[str, Statistics]) -> None:
    """Raise `ValueError` unless these are bands of Sentinel-2, each once, with numbers for every level."""
    if unknown := [name for name in bands if name not in BANDS]:
        raise ValueError(f"{unknown[0]!r} is no band of Sentinel-2, which are {', '.join(BANDS)}")
    if not bands or not statistics or len(set(bands)) < len(bands):
        raise ValueError("bands and level must not be empty, nor a band be named twice")
    for table in statistics.values():
        for name, values in asdict(table).items():
            if len(values) != len(bands):
                raise ValueError(f"{name} has {len(values)} values for {len(bands)} bands")


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
    scales: tuple[Positive, ...] = field(kw_only=True)
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

    @property
    def dimensions(self) -> int:
        """Number of embedding bands."""
        return len(self.scales)

    @property
    def side(self) -> None:
        """It takes tiles of any side: see `description.EncoderDescription`, also for the next ones."""
        return None

    @property
    def fixed(self) -> bool:
        return False

    @property
    def tile_dependent(self) -> bool:
        return False

    @property
    def needs_all(self) -> bool:
        return False

    @property
    def resolution(self) -> float:
        return 10.0

    @property
    def facts(self) -> dict[str, Any]:
        return {}

    @property
    def runtime(self) -> dict[str, Any]:
        return {"grn": self.grn}

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, path: Path) -> Self:
        """Parse and check a header. Raises `MMEarthError` naming `path`."""
        place, remedy = f"{path} has a damaged model description", "fetch or convert it again"
        content = records.parsed(text, place, remedy=remedy)
        version = content.get("format_version") if isinstance(content, dict) else FORMAT_VERSION
        if version != FORMAT_VERSION:
            raise MMEarthError(f"{path} has model format {version}, this mmearth reads {FORMAT_VERSION}; update it.")
        return records.read(cls, content, place, known_only=False, remedy=remedy)

    def __post_init__(self) -> None:
        """Raise `ValueError` when the values do not belong together."""
        check_statistics(self.bands, self.statistics)
        if self.halo < 0 or self.halo % self.architecture.patch:
            raise ValueError(f"halo {self.halo} is not a multiple of the patch size")


def read_header(path: str | Path) -> ModelHeader:
    """The header of a `.onnx` or `.safetensors` model of ours.

    Raises `MMEarthError` when the file is missing, damaged, or not a model of ours.
    """
    path = Path(path)
    if not path.is_file():
        raise MMEarthError(f"{path} does not exist; see `mmearth weights list` for the models.")
    if path.suffix == ".safetensors":
        metadata = _safetensors_metadata(path)
    elif path.suffix == ".onnx":
        return read_onnx(path).header
    else:
        raise MMEarthError(f"{path} is not a model file; give an .onnx or a .safetensors.")
    return header_from_metadata(metadata, path)


def header_from_metadata(metadata: Mapping[str, str], path: Path) -> ModelHeader:
    """The header among a file's metadata. Raises `MMEarthError` when there is none."""
    if METADATA_KEY not in metadata:
        raise MMEarthError(f"{path} is not a model of mmearth; make one with `mmearth weights convert`.")
    return ModelHeader.from_json(metadata[METADATA_KEY], path)


class OnnxModel(NamedTuple):
    """A `.onnx` of ours: its header, the file's bytes, and its tensors by name."""

    header: ModelHeader
    content: bytes
    tensors: Mapping[str, NDArray[Any]]


def read_onnx(path: Path) -> OnnxModel:
    """A `.onnx` of ours, whose tensors and network are those of its header.

    Raises `MMEarthError` when the file is damaged, not a model of ours, or holds other numbers than it says.
    """
    from mmearth_core.encoder.onnx_file import CONTENT_KEY, content_digest, parse  # noqa: PLC0415 - only when needed

    try:
        content = path.read_bytes()
        file = parse(content)
    except (OSError, ValueError) as error:
        raise MMEarthError(f"{path} is damaged or not an ONNX model ({error}); fetch or convert it again.") from error
    header = header_from_metadata(file.metadata, path)
    if header.model_id != model_id(file.tensors, header):
        raise MMEarthError(f"{path} is damaged (its numbers are not those of its model_id); fetch or convert it again.")
    # Files of earlier versions have no digest of their network.
    bound = file.metadata.get(CONTENT_KEY)
    if bound is not None and bound != content_digest(file.network, file.metadata[METADATA_KEY]):
        raise MMEarthError(f"{path} is damaged (its network is not what it describes); fetch or convert it again.")
    return OnnxModel(header, content, file.tensors)


def _safetensors_metadata(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= _LONGEST_HEADER else b""
    place, remedy = f"{path} is damaged or not a safetensors file", "fetch or convert it again"
    head = records.value(dict[str, Any], records.parsed(text, place, remedy=remedy), place, remedy=remedy)
    metadata: dict[str, str] = records.value(dict[str, str], head.get("__metadata__", {}), place, remedy=remedy)
    return metadata


def model_id(tensors: Mapping[str, NDArray[Any]], header: ModelHeader) -> str:
    """sha256 of what decides an embedding: the float16 tensors, the input statistics and the quantisation steps."""
    numbers: dict[str, NDArray[Any]] = dict(tensors)
    numbers["quantiser.scales"] = np.asarray(header.scales, np.float32)
    for level, table in header.statistics.items():
        numbers[f"statistics.{level}.mean"] = np.asarray(table.mean, np.float32)
        numbers[f"statistics.{level}.std"] = np.asarray(table.std, np.float32)
    return canonical_digest(numbers)


def canonical_digest(tensors: Mapping[str, NDArray[Any]]) -> str:
    """sha256 over names, shapes and little-endian values of all tensors, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.dtype.str.lstrip('<>=|')} {array.shape}\n".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()
