"""The backend of encoders of others: ONNX Runtime, with what the network gives brought to the scene's pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mmearth_core.encoder.foreign.card import read_card
from mmearth_core.encoder.foreign.encoder import ForeignEncoder, described
from mmearth_core.encoder.foreign.operators import OPERATORS_OF_OTHERS
from mmearth_core.encoder.onnx_file import checked
from mmearth_core.encoder.session import Network, open_session
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.resampling import upsample

#: More than this many bands nobody's maps need, and a scene would not fit on a disk.
_MOST_DIMENSIONS = 4096


@dataclass(frozen=True)
class _Port:
    """Input or output of a network: its name and shape, with a number where a side is fixed."""

    name: str
    shape: tuple[int | str | None, ...]
    kind: str


class ForeignBackend:
    """A network of others with its card: a `Backend` of the engine."""

    name = "onnx"
    batch_size = 1

    def __init__(self, path: Path, threads: int | None = None) -> None:
        try:
            content = path.read_bytes()
            metadata = checked(content, OPERATORS_OF_OTHERS)[0]
        except (OSError, ValueError) as error:
            raise MMEarthError(f"{path} is not run ({error}); export it again without that.") from error
        session = open_session(path, content, threads=threads)
        entry = _entry(path, session)
        sides = {side for side in entry.shape[2:] if isinstance(side, int)}
        if len(sides) > 1 or (sides and not all(isinstance(side, int) for side in entry.shape[2:])):
            raise MMEarthError(f"{path} takes tiles of {entry.shape[2:]} pixels; export it for square tiles or any.")
        fixed = next(iter(sides), None)
        card = read_card(path, metadata, fixed)
        if entry.shape[1] != len(card.bands) and isinstance(entry.shape[1], int):
            raise MMEarthError(
                f"{path} takes {entry.shape[1]} channels, and its card names {len(card.bands)} bands"
                f" ({', '.join(card.bands)}); correct the card."
            )
        output = _exit(path, session, card.output)
        self._path, self._fixed = path, fixed
        self._network = Network(session, entry.name, output)
        dimensions, stride = self._tried(len(card.bands), card.tile, card.patch)
        model_id = card.identity(content, output, card.patch or stride)
        self.header: ForeignEncoder = described(
            path, card, model_id, dimensions=dimensions, stride=stride, fixed=fixed is not None
        )

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """As a `Backend`: cells of the network's output are enlarged to pixels (see `enlarged`).

        A network that takes one side only is given zeros, the mean, beyond what there is.
        """
        height, width = pixels.shape[2:]
        if self._fixed is not None:
            if max(height, width) > self._fixed:
                raise MMEarthError(
                    f"{self._path} takes tiles of {self._fixed} pixels, no larger ones; choose `tile` and `halo` that"
                    " fit into them."
                )
            pixels = np.pad(pixels, ((0, 0), (0, 0), (0, self._fixed - height), (0, self._fixed - width)))
        values = self._network.run(pixels).astype(np.float32, copy=False)
        cells = tuple(side // self.header.stride for side in pixels.shape[2:])
        if values.shape != (len(pixels), self.header.dimensions, *cells):
            raise MMEarthError(
                f"{self._path} gives {values.shape} for {pixels.shape}, and gave a cell for every"
                f" {self.header.stride} pixels before; export it so that it always does."
            )
        if not np.isfinite(values.sum(dtype=np.float64)):
            raise MMEarthError(
                f"{self._path} computes what is no number; check its card (scale, mean, std) and its network."
            )
        # Cells beyond the tile are of zeros: as at the edge of any tile, the last ones of its own continue.
        rows, cols = -(-height // self.header.stride), -(-width // self.header.stride)
        return np.stack([enlarged(each, self.header.stride) for each in values[:, :, :rows, :cols]])

    def interrupt(self) -> None:
        self._network.interrupt()

    def _tried(self, channels: int, side: int, patch: int | None) -> tuple[int, int]:
        """Dimensions and stride of the output, by a trial. Raises `MMEarthError` when it is no map of vectors."""
        found = self._network.run(np.zeros((1, channels, side, side), np.float32)).shape
        if len(found) != 4 or found[2:] == (1, 1):
            kinds = {2: "one vector for a whole tile", 3: "a list of tokens", 4: "one vector for a whole tile"}
            raise MMEarthError(
                f"{self._path} gives {kinds.get(len(found), 'no map')} ({' × '.join(map(str, found))} for a tile of"
                f" {side} pixels), of which no map can be made; export it so that it gives (N, D, h, w), before it is"
                " pooled, or name the right one of its outputs in its card."
            )
        _, dimensions, rows, cols = found
        stride = side // rows if rows else 0
        if rows != cols or not rows or rows * stride != side:
            raise MMEarthError(
                f"{self._path} gives {rows} × {cols} cells for a tile of {side} × {side} pixels, which is not one for"
                " every so many pixels; give a tile that its stride divides, or export it so."
            )
        if self._fixed is None:
            larger = side + (patch or stride)
            again = self._network.run(np.zeros((1, channels, larger, larger), np.float32)).shape
            if again != (1, dimensions, larger // stride, larger // stride):
                raise MMEarthError(
                    f"{self._path} gives {' × '.join(map(str, found))} for a tile of {side} pixels and"
                    f" {' × '.join(map(str, again))} for one of {larger}: what it gives is of no place; export it"
                    " without its pooling, or for tiles of one size."
                )
        if dimensions > _MOST_DIMENSIONS:
            raise MMEarthError(
                f"{self._path} gives {dimensions} numbers a pixel, more than the {_MOST_DIMENSIONS} that are kept;"
                " export"
                " an earlier layer of it."
            )
        return dimensions, stride


def enlarged(cells: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
    """Cells (D, h, w) → pixels (D, h·stride, w·stride), as our own encoder enlarges its maps: twofold, bilinearly, the
    outermost cell continuing beyond the edge; what is left of a stride that is no power of two in one step."""
    while stride > 1:
        factor = 2 if stride % 2 == 0 else stride
        height, width = (side * factor for side in cells.shape[1:])
        around = np.pad(cells, ((0, 0), (1, 1), (1, 1)), mode="edge")
        valid = np.ones((1, *around.shape[1:]), bool)
        cells = upsample(around, valid, factor=factor, rows=(0, height), cols=(0, width))
        stride //= factor
    return cells


def _entry(path: Path, session: onnxruntime.InferenceSession) -> _Port:
    ports = [_Port(each.name, tuple(each.shape), each.type) for each in session.get_inputs()]
    if len(ports) != 1:
        raise MMEarthError(
            f"{path} takes {len(ports)} inputs ({', '.join(each.name for each in ports)}); only networks of one image"
            " are run: export it with the others fixed."
        )
    entry = ports[0]
    several = len(entry.shape) == 4 and isinstance(entry.shape[0], int) and entry.shape[0] != 1
    if entry.kind != "tensor(float)" or len(entry.shape) != 4 or several:
        raise MMEarthError(
            f"{path} takes {entry.kind} of {list(entry.shape)}; only float32 images (N, C, H, W), any number or one"
            " at a time, are run: export it so."
        )
    return entry


def _exit(path: Path, session: onnxruntime.InferenceSession, wanted: str | None) -> str:
    names = [each.name for each in session.get_outputs()]
    if wanted is None and len(names) > 1:
        raise MMEarthError(f"{path} has several outputs ({', '.join(names)}); name one in its card, as output.")
    if wanted is not None and wanted not in names:
        raise MMEarthError(f"{path} has no output {wanted!r}, but {', '.join(names)}; correct its card.")
    name = wanted or names[0]
    kind = next(each.type for each in session.get_outputs() if each.name == name)
    if kind not in ("tensor(float)", "tensor(float16)", "tensor(double)"):
        raise MMEarthError(
            f"{path}: its output {name!r} is a {kind}, no floating-point numbers; export it before that."
        )
    return str(name)
