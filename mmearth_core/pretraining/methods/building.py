"""How a method comes to its weights: fresh ones drawn with a seed, or those of an earlier run or a model."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import torch

from mmearth_core.encoder.loading import load_encoder
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, Modality
from mmearth_core.pretraining.checkpoints import WEIGHTS, Checkpoints, load_weights
from mmearth_core.pretraining.config import PretrainConfig
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.registry import METHODS
from mmearth_core.pretraining.run_folder import RunFolder


def build_method(config: PretrainConfig, known: Mapping[str, Modality] = MODALITIES) -> BuiltMethod:
    """The method of a configuration, its weights drawn with the seed; `start_from` puts others into it.

    `known`: what its outputs may be, by name; teachers are known from the tiles.
    Raises `MMEarthError` when settings contradict each other.
    """
    module = import_module(METHODS[config.method].module)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        built: BuiltMethod = module.built(config.settings, config.output_names, known)
    return built


def start_from(start: str, built: BuiltMethod) -> str:
    """Put weights into a method: all of a run of the same method, or of an official checkpoint, else an encoder alone.

    `start`: the folder of a run (its newest state), one of its states RUN/checkpoints/step-…, or a model. Returns what
    was taken, in words. Raises `MMEarthError` when it is not there or does not fit.
    """
    method = built.method
    if Path(start).is_dir():
        state, kind = _state(Path(start))
        if kind in (None, built.name):
            load_weights(state, method)
            return f"all weights of {state}"
        load_weights(state, method.encoder, under="encoder.")
        method.after_start()
        return f"the encoder of {state}, which was trained by {kind}"
    path = local_file(start)
    if path.suffix == ".pth" and built.from_published is not None:
        built.from_published(path)
        return f"all weights of {path.name}"
    encoder = load_encoder(path)
    if encoder.architecture != method.encoder.architecture:
        raise MMEarthError(
            f"init: {start} is {encoder.architecture}, this configuration asks for {method.encoder.architecture};"
            " change one of them."
        )
    # A frozen response normalisation is a measurement of finished weights; training has none.
    weights = {name: value for name, value in encoder.state_dict().items() if not name.endswith("grn.scale")}
    method.encoder.load_state_dict(weights, strict=False)
    method.after_start()
    return f"the encoder of {path.name}"


def _state(folder: Path) -> tuple[Path, str | None]:
    """The state that a folder is or has, and the method of its run where that is known."""
    states = Checkpoints(RunFolder(folder).checkpoints, keep=1)
    if steps := states.steps():
        folder = states.path(steps[-1])
    if not (folder / WEIGHTS).is_file():
        raise MMEarthError(
            f"init: {folder} holds no state of a run; give the folder of a run, one of its RUN/checkpoints/step-…, or a"
            " model."
        )
    return folder, RunFolder(folder.parents[1]).method()
