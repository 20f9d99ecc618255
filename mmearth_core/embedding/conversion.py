"""The verb `weights convert`: official weights become a model that `embed` runs, calibrated on scenes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.encoder.registry import find, weights_folder
from mmearth_core.locks import one_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.wording import counted


@dataclass(frozen=True)
class ConvertResult:
    """What `convert` wrote: the torch form and, when calibrated, the form that `embed` runs."""

    header: ModelHeader
    files: tuple[Path, ...]

    def __str__(self) -> str:
        files = " and ".join(f"{path} ({path.stat().st_size / 1e6:.1f} MB)" for path in self.files)
        text = f"{self.header.name} ({self.header.model_id[:12]}): {files}."
        if self.header.calibrated:
            figures = self.header.calibration
            scenes = counted(len(figures["scenes"]), "scene")
            return (
                f"{text}\nCalibrated on {scenes}: {len(self.header.scales)} bands explain"
                f" {100 * figures['explained_variance']:.1f} % of the variance; halo {self.header.halo} px."
            )
        return (
            f"{text}\nNot calibrated, so only load_encoder takes it; calibrate it with:"
            f" mmearth weights convert {self.files[0]} --calibrate SCENE"
        )


def weights_convert(
    *,
    model: str | Path,
    calibrate: Sequence[str | Path] = (),
    output: str | Path | None = None,
    name: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ConvertResult:
    """Turn official weights into ours: `NAME.safetensors` and, calibrated on scenes, `NAME.onnx`.

    Args:
        model: Registry name of a fetched model, or a checkpoint file.
        calibrate: Scenes (as `embed` takes them) that show what the model will meet: varied land cover, both levels,
            hundreds of pixels wide, since near a border the network sees less.
        output: Folder for the files; by default where models with a name are kept.
        name: Name of the model; by default the registry name or the file's.
        overwrite: Replace existing files.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The weights or a scene cannot be used; nothing is written.
    """
    from mmearth_core.embedding.model_writing import write_model  # noqa: PLC0415 - loads torch
    from mmearth_core.encoder.loading import load_encoder  # noqa: PLC0415 - loads torch

    progress, cancel = progress or Silent(), cancel or CancelToken()
    encoder = load_encoder(model)
    path = Path(model)
    name = name or (path.stem if path.is_file() else find(str(model)).name)
    folder = Path(output) if output is not None else weights_folder()
    if output is None:
        folder.mkdir(parents=True, exist_ok=True)
    header = replace(encoder.header, name=name, source=encoder.header.source or encoder.header.name)
    with one_writer(folder / f"{name}.safetensors"):
        header, files = write_model(
            encoder, header, calibrate, folder, overwrite=overwrite, progress=progress, cancel=cancel
        )
    return ConvertResult(header, files)
