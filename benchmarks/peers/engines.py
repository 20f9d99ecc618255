"""One way to embed a scene, in a process of its own: `python -m benchmarks.peers.engines NAME SCENE OUTPUT SIDE HALO`.

Every engine runs the same network with the same weights on contexts of SIDE pixels of which HALO are cut off on each
side, and writes the same 64 bands of uint8. What differs is how tiles are read, computed and put together. Prints one
line of JSON: seconds of the clock and of the processors for everything but the interpreter's start, weights and the
peer's imports among it, and the peak of memory of the process.

The peers' own functions are called as their documentation shows; where one has no such function (`patches`), what it
is documented to do is done with the libraries that it uses.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from numpy.typing import NDArray
from rasterio.windows import Window
from torch.utils.flop_counter import FlopCounterMode

from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.quantisation import quantise
from mmearth_core.encoder.loading import load_model
from mmearth_core.encoder.network import EmbeddingModel
from mmearth_core.encoder.registry import local_file
from mmearth_core.sentinel2 import ENCODER_BANDS

#: Tiles of up to so many pixels are computed together, where an engine makes batches.
_BATCH_PIXELS = 200_000


class Network:
    """The starter in torch, and what is done to pixels before it and to values after it."""

    def __init__(self) -> None:
        encoder, head = load_model(local_file("default", suffixes=(".onnx",)))
        assert head is not None
        self.header = encoder.header
        self.model = EmbeddingModel(encoder, head).eval()

    def input(self, dn: NDArray[np.floating]) -> torch.Tensor:
        """Digital numbers (12, H, W) → (12, H, W), normalised."""
        pixels = dn.astype(np.float32)
        return torch.from_numpy(network_input(pixels, (pixels != 0).any(0), ENCODER_BANDS, "l2a", self.header))

    def codes(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Values (64, H, W) → codes."""
        return quantise(values, np.ones(values.shape[1:], bool), self.header.scales, self.header.offsets)

    def operations(self) -> float:
        """Floating-point operations of a pixel, wherever the network is."""
        device = next(self.model.parameters()).device
        with FlopCounterMode(display=False) as counter:
            self(torch.zeros(1, len(self.header.bands), 256, 256, device=device))
        return counter.get_total_flops() / 256**2

    @torch.inference_mode()
    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """(N, 12, H, W) → (N, 64, H, W), of any sides."""
        grow = [(-side) % self.header.patch for side in pixels.shape[2:]]
        padded = torch.nn.functional.pad(pixels, (0, grow[1], 0, grow[0]))
        result: torch.Tensor = self.model(padded)[:, :, : pixels.shape[2], : pixels.shape[3]]
        return result


def profile_of(scene: Path) -> dict[str, Any]:
    with rasterio.open(scene) as source:
        return {
            **{"driver": "GTiff", "count": 64, "dtype": "uint8", "nodata": 0, "interleave": "band"},
            **{"width": source.width, "height": source.height, "crs": source.crs, "transform": source.transform},
            **{"tiled": True, "blockxsize": 512, "blockysize": 512, "bigtiff": "if_safer"},
            **{"compress": "deflate", "zlevel": 1, "predictor": 2},
        }


def cores(begin: int, side: int, halo: int, end: int) -> slice:
    """What of a context that begins at `begin` is kept: all but the halo, which the raster's ends have none of.

    A context may reach beyond an end, as torchgeo's do: what lies outside is not kept.
    """
    first = halo if begin > 0 else -begin
    return slice(first, end - begin if begin + side >= end else side - halo)


def ours(scene: Path, output: Path, side: int, halo: int) -> None:
    from mmearth_core import embed  # noqa: PLC0415 - loads ONNX Runtime, which peers do not need

    embed(scene=scene, output=output, tile=side - 2 * halo, halo=halo)


def eager(scene: Path, output: Path, side: int, halo: int) -> None:
    """A loop over windows with plain torch."""
    network, step = Network(), side - 2 * halo
    with rasterio.open(scene) as source, rasterio.open(output, "w", **profile_of(scene)) as target:
        for row in range(0, max(1, source.height - 2 * halo), step):
            for col in range(0, max(1, source.width - 2 * halo), step):
                height, width = min(side, source.height - row), min(side, source.width - col)
                dn = source.read(window=Window(col, row, width, height))
                values = network(network.input(dn)[None])[0].numpy()
                _put(target, network, values, (row, col), side, halo)


def torchgeo(scene: Path, output: Path, side: int, halo: int) -> None:
    """GridGeoSampler and a DataLoader, as torchgeo's documentation predicts whole scenes."""
    with rasterio.open(output, "w", **profile_of(scene)) as target:
        network = Network()
        for dn, place in _sampled(scene, side, halo):
            for values, each in zip(network(torch.stack([network.input(d) for d in dn])).numpy(), place, strict=True):
                _put(target, network, values, each, side, halo)


def patches(scene: Path, output: Path, side: int, halo: int) -> None:
    """torchgeo's sampler, a GeoTIFF of float32 for every patch, then `rasterio.merge`: as IAMAP works."""
    from rasterio.merge import merge  # noqa: PLC0415 - this engine alone

    network, profile = Network(), profile_of(scene)
    folder = output.with_suffix(".patches")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    written = []
    for dn, place in _sampled(scene, side, halo):
        for pixels, (row, col) in zip(dn, place, strict=True):
            values = network(network.input(pixels)[None])[0].numpy()
            rows, cols = cores(row, side, halo, profile["height"]), cores(col, side, halo, profile["width"])
            core = values[:, rows, cols]
            transform = profile["transform"] @ rasterio.Affine.translation(col + cols.start, row + rows.start)
            path = folder / f"{row}_{col}.tif"
            with rasterio.open(
                path, "w", driver="GTiff", count=64, dtype="float32", crs=profile["crs"], transform=transform,
                height=core.shape[1], width=core.shape[2],
            ) as tile:  # fmt: skip
                tile.write(core)
            written.append(path)
    merged, _ = merge(written, method="first")
    with rasterio.open(output, "w", **profile) as target:
        target.write(network.codes(merged[:, : profile["height"], : profile["width"]]))


def terratorch(scene: Path, output: Path, side: int, halo: int) -> None:
    """`tiled_inference`, which holds the whole scene and its embedding and blends overlapping tiles."""
    from terratorch.tasks.tiled_inference import tiled_inference  # noqa: PLC0415 - this engine alone

    network = Network()
    with rasterio.open(scene) as source:
        pixels = network.input(source.read())[None]
    values = tiled_inference(
        network, pixels, crop=side, stride=side - 2 * halo, delta=halo, batch_size=max(1, _BATCH_PIXELS // side**2)
    )
    with rasterio.open(output, "w", **profile_of(scene)) as target:
        target.write(network.codes(values[0].numpy()))


def omnicloudmask(scene: Path, output: Path, side: int, halo: int) -> None:
    """`predict_from_array` with a network of ours, which normalises every patch by itself and blends them."""
    from omnicloudmask import predict_from_array  # noqa: PLC0415 - this engine alone

    network = Network()
    with rasterio.open(scene) as source:
        pixels = network.input(source.read()).numpy()
    values = predict_from_array(
        pixels,
        patch_size=side,
        patch_overlap=2 * halo,
        batch_size=max(1, _BATCH_PIXELS // side**2),
        export_confidence=True,
        softmax_output=False,
        inference_device="cpu",
        custom_models=[network.model],
        pred_classes=64,
        apply_no_data_mask=False,
    )
    with rasterio.open(output, "w", **profile_of(scene)) as target:
        target.write(network.codes(np.asarray(values, np.float32)))


def _sampled(scene: Path, side: int, halo: int) -> Iterator[tuple[NDArray[np.float32], list[tuple[int, int]]]]:
    """Batches of torchgeo's chips, (n, 12, side, side), and their first rows and columns."""
    from torch.utils.data import DataLoader  # noqa: PLC0415 - with torchgeo
    from torchgeo.datasets import RasterDataset, stack_samples  # noqa: PLC0415
    from torchgeo.samplers import GridGeoSampler  # noqa: PLC0415

    class Scene(RasterDataset):  # type: ignore[misc]
        filename_glob = scene.name

    dataset = Scene(str(scene.parent))
    sampler = GridGeoSampler(dataset, size=side, stride=side - 2 * halo)
    with rasterio.open(scene) as source:
        inverse = ~source.transform
    size = max(1, _BATCH_PIXELS // side**2)
    for batch in DataLoader(dataset, sampler=sampler, batch_size=size, collate_fn=stack_samples):
        places = []
        for bounds in batch["bounds"]:
            col, row = inverse @ (_edge(bounds[0], "start"), _edge(bounds[1], "stop"))
            places.append((round(row), round(col)))
        yield batch["image"].numpy(), places


def _edge(of: Any, end: str) -> float:
    return float(getattr(of, end))


def _put(
    target: Any, network: Network, values: NDArray[np.float32], place: tuple[int, int], side: int, halo: int
) -> None:
    """Write the core of a context into a raster."""
    (row, col), (height, width) = place, target.shape
    rows, cols = cores(row, side, halo, height), cores(col, side, halo, width)
    codes = network.codes(values[:, rows, cols])
    target.write(codes, window=Window(col + cols.start, row + rows.start, codes.shape[2], codes.shape[1]))


ENGINES: dict[str, Callable[[Path, Path, int, int], None]] = {
    "mmearth": ours,
    "eager": eager,
    "torchgeo": torchgeo,
    "patches": patches,
    "terratorch": terratorch,
    "omnicloudmask": omnicloudmask,
}


def _peak() -> float:
    """GiB of memory that this process held at most; `ru_maxrss` begins with that of the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**20


def main() -> None:
    name, scene, output, side, halo = sys.argv[1:]
    began, before = time.perf_counter(), time.process_time()
    ENGINES[name](Path(scene), Path(output), int(side), int(halo))
    print(
        json.dumps({
            "engine": name,
            "seconds": time.perf_counter() - began,
            "processor_seconds": time.process_time() - before,
            "peak_gib": _peak(),
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
