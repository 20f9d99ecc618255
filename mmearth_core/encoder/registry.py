"""The models that have a name: what each is, where it comes from, and where its files lie on this machine.

Data and paths only: nothing here opens a file, and nothing here reaches for the network.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.encoder.architecture import Architecture, Stem
from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import MODEL_ENDINGS, check_kind
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.wording import nearest

#: The three bands of the models pretrained on colour images, in their order.
BGR_BANDS = ("B02", "B03", "B04")
#: The name under which the model used by default can be asked for.
DEFAULT = "default"

_PIXEL_OUTPUTS = ("sentinel2", "sentinel1", "aster", "dynamic_world", "canopy_height_eth", "esa_worldcover")
_IMAGE_OUTPUTS = ("era5", "lat", "lon", "biome", "eco_region", "month")
_ALL_OUTPUTS = _PIXEL_OUTPUTS + _IMAGE_OUTPUTS
#: What the tiles of the starter have, Galileo-Nano's features among them.
_STARTER_OUTPUTS = ("sentinel2", "sentinel1", "aster", "dynamic_world", "lat", "lon", "month", "teacher_galileo_nano")
_GOALS = {
    _ALL_OUTPUTS: "all 12 modalities",
    _PIXEL_OUTPUTS: "6 pixel modalities",
    _IMAGE_OUTPUTS: "6 image-level modalities",
    ("sentinel2",): "Sentinel-2",
    ("imagenet",): "the same images",
    _STARTER_OUTPUTS: "7 modalities and a teacher",
}
_SHARE = "https://sid.erda.dk/share_redirect/g23YOnaaTp/"
_MIT = "Weights and code: MIT. Training data (MMEarth): CC BY 4.0."
_IMAGENET = "Weights and code: MIT. Trained on ImageNet, whose images are for non-commercial research."
_MMEARTH_PAPER = (
    "Nedungadi, Kariryaa, Oehmcke, Belongie, Igel, Lang: MMEarth: Exploring Multi-Modal Pretext Tasks For Geospatial"
    " Representation Learning. ECCV 2024. arXiv:2405.02771"
)
_CONVNEXT_PAPER = (
    "Woo, Debnath, Hu, Chen, Liu, Kweon, Xie: ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders."
    " CVPR 2023. arXiv:2301.00808"
)
_MODELS_FOLDER = Path(__file__).parent / "models"


@dataclass(frozen=True)
class RegisteredModel:
    """A model with a name; by default as most of those that the authors of MMEarth published.

    `crop`: edge in pixels of the images it was pretrained on. `outputs`: what it was pretrained to predict.
    `training_data` and `loss`: on what and with which weighting of the losses.
    `url`: where the official checkpoint is; None when the model's file is part of the package.
    `sha256`: of the official file where its publisher states one; otherwise it is pinned on this machine at the
    first download.
    """

    name: str
    size: str = "atto"
    patch: int = 8
    crop: int = 56
    bands: tuple[str, ...] = ENCODER_BANDS
    outputs: tuple[str, ...] = _ALL_OUTPUTS
    training_data: str = "MMEarth64 (1.2 M)"
    loss: str = "uncertainty"
    licence: str = _MIT
    citation: str = _MMEARTH_PAPER
    stem: Stem = "mp_mae"
    url: str | None = None
    sha256: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def architecture(self) -> Architecture:
        return Architecture(self.size, self.patch, len(self.bands), self.stem)

    @property
    def packaged(self) -> bool:
        """Whether the model's file is part of the installed package."""
        return self.url is None

    @property
    def summary(self) -> str:
        """One line for a person who chooses."""
        inputs = "blue, green, red" if self.bands == BGR_BANDS else "RGB" if len(self.bands) == 3 else "12 bands"
        loss = ", unweighted losses" if self.loss == "unweighted" else ""
        return f"{self.training_data}: {inputs} → {_GOALS[self.outputs]}{loss}"

    def file(self, suffix: str) -> Path:
        """Where this model's file of a kind (".onnx", ".safetensors", ".pth") is or would be on this machine."""
        return (_MODELS_FOLDER if self.packaged else weights_folder()) / f"{self.name}{suffix}"


def _official(name: str, folder: str, **own: Any) -> RegisteredModel:
    """A checkpoint published by the authors of MMEarth: epoch 199 of a run, named by its folder there."""
    return RegisteredModel(name, url=f"{_SHARE}{folder}/checkpoint-199.pth", aliases=(folder,), **own)


#: Every model with a name: the packaged one, then the eleven official checkpoints.
MODELS: tuple[RegisteredModel, ...] = (
    RegisteredModel(
        name="starter-atto-p8",
        outputs=_STARTER_OUTPUTS,
        training_data="1,650 tiles of open example data",
        loss="fixed weights",
        licence="MIT. Trained on images of several open data sets, named in its card.",
        aliases=(DEFAULT,),
    ),
    _official("mmearth-atto-p8-all", "pt-all_mod_atto_1M_64_uncertainty_56-8"),
    _official("mmearth-atto-p8-all-unweighted", "pt-all_mod_atto_1M_64_unweighted_56-8", loss="unweighted"),
    _official(
        "mmearth-atto-p16-all",
        "pt-all_mod_atto_1M_128_uncertainty_112-16",
        crop=112,
        patch=16,
        training_data="MMEarth (1.2 M)",
    ),
    _official(
        "mmearth-atto-p16-all-100k",
        "pt-all_mod_atto_100k_128_uncertainty_112-16",
        crop=112,
        patch=16,
        training_data="MMEarth100k (100 k)",
    ),
    _official("mmearth-tiny-p8-all", "pt-all_mod_tiny_1M_64_uncertainty_56-8", size="tiny"),
    # Its 218 names hold six heads, none of Sentinel-2.
    _official("mmearth-atto-p8-image", "pt-img_mod_atto_1M_64_uncertainty_56-8", outputs=_IMAGE_OUTPUTS),
    _official("mmearth-atto-p8-pixel", "pt-pix_mod_atto_1M_64_uncertainty_56-8", outputs=_PIXEL_OUTPUTS),
    _official("mmearth-atto-p8-s2", "pt-S2_atto_1M_64_uncertainty_56-8", outputs=("sentinel2",)),
    # What the two colour models predict is read from their names, as for `S2`; the authors do not state it.
    _official("mmearth-atto-p8-bgr", "pt-rgb_atto_1M_64_uncertainty_56-8", bands=BGR_BANDS, outputs=("sentinel2",)),
    _official(
        "mmearth-atto-p16-bgr",
        "pt-rgb_atto_1M_128_uncertainty_112-16",
        crop=112,
        patch=16,
        bands=BGR_BANDS,
        outputs=("sentinel2",),
        training_data="MMEarth (1.2 M)",
    ),
    _official(
        "imagenet-atto-p32",
        "pt-imagenet_atto_200epochs_224_32",
        crop=224,
        patch=32,
        bands=("B04", "B03", "B02"),
        outputs=("imagenet",),
        training_data="ImageNet-1k",
        loss="",
        stem="original",
        licence=_IMAGENET,
        citation=_CONVNEXT_PAPER,
    ),
)

_BY_NAME = {name.lower(): model for model in MODELS for name in (model.name, *model.aliases)}


def home() -> Path:
    """The folder of everything kept between runs: `MMEARTH_HOME`, else the platform's cache folder."""
    chosen = os.environ.get("MMEARTH_HOME")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "mmearth"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mmearth"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mmearth"


def weights_folder() -> Path:
    """The folder of downloaded and converted models."""
    return home() / "weights"


def find(name: str) -> RegisteredModel:
    """The model of a name or alias, in any case.

    Raises `MMEarthError` naming what it might have been.
    """
    model = _BY_NAME.get(name.lower())
    if model is None:
        near = nearest(name, _BY_NAME)
        hint = f"did you mean {_BY_NAME[near].name}? " if near else ""
        raise MMEarthError(
            f"{name} is neither a file nor the name of a model; {hint}see `mmearth weights list` for the models."
        )
    return model


def local_file(name_or_path: str | Path, *, suffixes: Sequence[str] = (".safetensors", ".pth", ".onnx")) -> Path:
    """The file that a name or a path means: for a name, the first of `suffixes` that is on this machine.

    A path to an existing file wins over a name, whatever its suffix. Inference asks for `suffixes=(".onnx",)`.
    Raises `MMEarthError` with the command that provides what is missing.
    """
    path = Path(name_or_path)
    if path.is_file():
        check_kind(path, "model")
        return path
    if path.suffix in MODEL_ENDINGS or len(path.parts) > 1:
        raise MMEarthError(f"The model file {path} does not exist; see `mmearth weights list` for the models.")
    model = find(str(name_or_path))
    for suffix in suffixes:
        if model.file(suffix).is_file():
            return model.file(suffix)
    if model.packaged:
        wanted = " or ".join(suffixes)
        raise MMEarthError(
            f"{model.name} has no {wanted} file in this installation; install the package again, or name another model."
        )
    if model.file(".pth").is_file():
        raise MMEarthError(
            f"{model.name} is fetched but not converted; run: mmearth weights convert {model.name} --calibrate SCENE"
        )
    raise MMEarthError(f"{model.name} is not on this machine; run: mmearth weights fetch {model.name}")
