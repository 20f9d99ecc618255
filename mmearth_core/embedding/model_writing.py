"""An encoder becomes the model files that `embed` and torch load, calibrated on chips of scenes. Needs torch."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from mmearth_core.embedding.arrays import network_input
from mmearth_core.encoder.calibration import Chip, calibrate
from mmearth_core.encoder.loading import save_model
from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.encoder.network import Encoder
from mmearth_core.encoder.onnx_graph import export_onnx
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Window
from mmearth_core.raster.identity import identify
from mmearth_core.raster.scene import Scene, open_scene

#: Chips taken from one scene at most, and pixels in all: bounds the memory of a calibration to about 4 GB for atto
#: encoders.
_CHIPS_PER_SCENE, _PIXELS = 6, 8_000_000
#: Side of a chip beyond what the measurement of the halo needs.
_CHIP_EXTRA = 128


def write_model(
    encoder: Encoder,
    header: ModelHeader,
    scenes: Sequence[str | Path],
    folder: Path,
    *,
    overwrite: bool,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[ModelHeader, tuple[Path, ...]]:
    """Calibrate an encoder on scenes (none: leave it as it is) and write its files into a folder.

    Returns the final header and the files: the torch form and, when calibrated, the form that `embed` runs.
    """
    files = [check_output(folder / f"{header.name}.safetensors", overwrite=overwrite)]
    if not scenes:
        return save_model(files[0], encoder, None, header), tuple(files)
    files.append(check_output(folder / f"{header.name}.onnx", overwrite=overwrite))
    chips, header = read_chips(scenes, header, progress, cancel)
    head, header = calibrate(encoder, header, chips, progress=progress, cancel=cancel)
    save_model(files[0], encoder, head, header)
    export_onnx(files[1], encoder, head, header)
    return header, tuple(files)


def check_scenes(scenes: Sequence[str | Path], header: ModelHeader) -> None:
    """Raise `MMEarthError` when a model cannot be calibrated on a scene: its bands, its level or its size."""
    for scene in scenes:
        _windows(open_scene(scene, wanted=header.bands), header)


def read_chips(
    scenes: Sequence[str | Path], header: ModelHeader, progress: Progress, cancel: CancelToken
) -> tuple[list[Chip], ModelHeader]:
    """Chips spread over the scenes, and the header with the scenes' digests."""
    opened = [open_scene(scene, wanted=header.bands) for scene in scenes]
    windows = [_windows(scene, header) for scene in opened]
    each = _CHIPS_PER_SCENE
    while each > 1 and sum(window.height * window.width for some in windows for window in some[:each]) > _PIXELS:
        each -= 1
    chips: list[Chip] = []
    progress.start("Reading", len(opened), "scenes")
    for scene, some in zip(opened, windows, strict=True):
        cancel.check()
        chips.extend(_chips(scene, header, some, each))
        progress.advance(1)
    progress.finish()
    digests = [{"name": scene.name, "level": scene.level, "digest": identify(scene, cancel).digest} for scene in opened]
    return chips, replace(header, calibration={**header.calibration, "scenes": digests})


def _windows(scene: Scene, header: ModelHeader) -> list[Window]:
    """Places of equal chips side by side, as large as the measurement of the halo wants them where the scene is."""
    if scene.level not in header.statistics:
        raise MMEarthError(
            f"{header.name} knows {', '.join(header.statistics)} scenes, and {scene.name} is {scene.level};"
            " give scenes of that level."
        )
    patch = header.patch
    largest = -(-(2 * header.architecture.exact_halo + _CHIP_EXTRA) // patch) * patch
    height, width = (min(largest, side // patch * patch) for side in scene.grid.shape)
    if not height or not width:
        raise MMEarthError(f"{scene.name} is smaller than one patch of {patch} pixels; give larger scenes.")
    return [
        Window(row, col, height, width)
        for row in range(0, scene.grid.height - height + 1, height)
        for col in range(0, scene.grid.width - width + 1, width)
    ]


def _chips(scene: Scene, header: ModelHeader, windows: Sequence[Window], count: int) -> list[Chip]:
    """At most `count` chips spread over a scene, those that are at least half valid."""
    chips: list[Chip] = []
    with scene.reader() as reader:
        for window in windows[:: max(1, len(windows) // count)]:
            dn, valid = reader.read(window)
            if valid.mean() >= 0.5 and len(chips) < count:
                pixels = network_input(dn, valid, scene.bands, scene.level, header)
                chips.append(Chip(torch.from_numpy(pixels), torch.from_numpy(valid)))
    return chips
