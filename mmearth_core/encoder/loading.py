"""`load_encoder`: weights of ours or of the reference become a torch encoder; `save_model` writes ours.

Reads tensors only: files that would need code to be run are refused.
"""

import argparse
from _pickle import UnpicklingError  # the error torch.load raises for what it refuses; nothing is unpickled here
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from mmearth_core.encoder.model_file import METADATA_KEY, ModelHeader, Statistics, model_id, read_header, read_onnx
from mmearth_core.encoder.network import EmbeddingHead, Encoder
from mmearth_core.encoder.official import encoder_tensors, infer_architecture, load_tensors
from mmearth_core.encoder.registry import MODELS, local_file
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path
from mmearth_core.sentinel2 import LEVELS, statistics


def load_encoder(name_or_path: str | Path) -> Encoder:
    """An encoder in evaluation mode, with its `header` (bands, statistics, provenance) attached. Needs torch.

    Its `forward_maps` gives the four maps at strides p/8, p/4, p/2 and p of a normalised (N, C, H, W) input, p being
    the patch size.

    Args:
        name_or_path: Registry name, one of our .safetensors or .onnx, or an official .pth in the sparse (pretraining
            checkpoint) or dense layout. Published weights have no frozen response normalisation: they come with scope
            "sample".

    Raises:
        MMEarthError: The file is missing, damaged, holds anything but tensors, or lacks or adds entries (each is
            named).
    """
    path = local_file(name_or_path)
    if path.suffix in (".safetensors", ".onnx"):
        return load_model(path)[0]
    state = official_state(path)
    tensors, foreign = encoder_tensors(state)
    architecture = infer_architecture(tensors)
    if architecture is None:
        raise MMEarthError(
            f"{path} holds no MP-MAE encoder of a known size ({len(state)} entries, none fits); give one."
        )
    encoder = Encoder(architecture)
    _load_strictly(encoder, tensors, foreign, path)
    encoder.header = official_header(path.stem, encoder)
    return encoder.eval()


def load_model(path: Path) -> tuple[Encoder, EmbeddingHead | None]:
    """Encoder and, when calibrated, projection of a `.safetensors` of ours, in evaluation mode; or of a `.onnx`, which
    holds the same numbers."""
    header, stored = _stored(path)
    encoder = Encoder(header.architecture)
    encoder.set_grn(header.grn)
    encoder.header = header
    encoder.readout = stored.get("readout")
    _load_strictly(encoder, _part(stored, "encoder."), [], path)
    head = None
    if header.calibrated:
        head = EmbeddingHead(header.architecture, len(header.scales)).eval()
        _load_strictly(head, _part(stored, "head."), [], path)
    if header.model_id != model_id(canonical_tensors(encoder, head), header):
        raise MMEarthError(f"{path} is damaged (its numbers are not those of its model_id); fetch or convert it again.")
    return encoder.eval(), head


def _stored(path: Path) -> tuple[ModelHeader, dict[str, Tensor]]:
    """The header of a model file of ours and its tensors by name. Raises `MMEarthError`."""
    if path.suffix == ".onnx":
        header, _, arrays = read_onnx(path)
        return header, {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    header = read_header(path)
    try:
        return header, {name: tensor.float() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise MMEarthError(f"{path} is damaged ({error}); fetch or convert it again.") from error


def save_model(path: Path, encoder: Encoder, head: EmbeddingHead | None, header: ModelHeader) -> ModelHeader:
    """Write a `.safetensors` of float16 tensors; returns the header with its `model_id` filled in."""
    tensors = canonical_tensors(encoder, head)
    header = replace(header, model_id=model_id(tensors, header))
    stored = save({name: torch.from_numpy(array) for name, array in tensors.items()}, {METADATA_KEY: header.to_json()})
    with atomic_path(path) as temporary:
        temporary.write_bytes(stored)
    return header


def canonical_tensors(encoder: Encoder, head: EmbeddingHead | None) -> dict[str, NDArray[np.float16]]:
    """All tensors of a model as float16, by name: `encoder.…`, `head.…` and `readout`."""
    parts: dict[str, torch.nn.Module] = {"encoder.": encoder} | ({"head.": head} if head is not None else {})
    tensors = {prefix + name: tensor for prefix, part in parts.items() for name, tensor in part.state_dict().items()}
    if encoder.readout is not None:
        tensors["readout"] = encoder.readout
    return {name: tensor.detach().cpu().numpy().astype(np.float16) for name, tensor in tensors.items()}


#: Raised by torch for damaged files: it reads the opcodes of a pickle one by one, and trusts that they fit together.
_DAMAGED = (RuntimeError, EOFError, OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError)


def official_header(name: str, encoder: Encoder) -> ModelHeader:
    """The header of published weights: MMEarth's statistics for the bands their channels stand for."""
    architecture = encoder.architecture
    bands = next(
        (m.bands for m in MODELS if m.url and len(m.bands) == architecture.in_channels and m.stem == architecture.stem),
        None,
    )
    if bands is None:
        raise MMEarthError(
            f"{name} takes {architecture.in_channels} channels; give a published encoder, which takes 12 or 3."
        )
    numbers = {level: statistics(level=level, wanted=bands) for level in LEVELS}
    header = ModelHeader(
        name=name,
        model_id="",
        size=architecture.size,
        patch=architecture.patch,
        bands=bands,
        statistics={level: Statistics(tuple(m.tolist()), tuple(s.tolist())) for level, (m, s) in numbers.items()},
        stem=architecture.stem,
        grn=encoder.grn,
        scales=(),
    )
    return replace(header, model_id=model_id(canonical_tensors(encoder, None), header))


def official_state(path: Path) -> dict[str, Tensor]:
    """The tensors of an official checkpoint by their published names; `MMEarthError` when it is no such file."""
    try:
        # `args` of a checkpoint is an argparse.Namespace of plain values: the one class beside tensors that is let in.
        with torch.serialization.safe_globals([argparse.Namespace]):
            stored = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        # What torch says advises to load it all the same.
        raise MMEarthError(
            f"{path} holds more than tensors and is refused, for such a file can run any program; get the"
            " checkpoint again from its publisher."
        ) from error
    except _DAMAGED as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MMEarthError(f"{path} is damaged or not a torch checkpoint ({reason}); fetch it again.") from error
    state = stored.get("model", stored) if isinstance(stored, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise MMEarthError(f"{path} holds no state dict; give an official checkpoint, with the entry 'model'.")
    return state


def _part(stored: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in stored.items() if name.startswith(prefix)}


def _load_strictly(module: Encoder | EmbeddingHead, tensors: dict[str, Tensor], foreign: list[str], path: Path) -> None:
    missing, unexpected = load_tensors(module, tensors)
    check_fit(path, missing, [*foreign, *unexpected])


def check_fit(path: Path, missing: list[str], unexpected: list[str]) -> None:
    """Raise `MMEarthError` when a file lacks entries or adds some."""
    if missing or unexpected:
        raise MMEarthError(
            f"{path} does not fit: missing {', '.join(missing) or 'nothing'};"
            f" unexpected {', '.join(unexpected) or 'nothing'}. Give the checkpoint of the encoder that is named."
        )
