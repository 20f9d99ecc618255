"""How the HDF5 file of a dataset says what a teacher's layer is: shape and type of the array, and its attributes.

A layer `teacher_NAME` is (N, channels, size/stride, size/stride) in int8, float16 or float32, with the attributes
`stride` (pixels), `scale` (channels,) float32, `no_data`, `licence` and `source`.
"""

from pathlib import Path

import h5py
import numpy as np

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality, teacher

_ATTRIBUTES = ("stride", "scale", "no_data", "licence", "source")


def describe(dataset: h5py.Dataset, modality: Modality) -> None:
    """Write a teacher's attributes."""
    for name in _ATTRIBUTES:
        dataset.attrs[name] = getattr(modality, name)
    dataset.attrs["scale"] = np.array(modality.scale, np.float32)


def described(path: Path, name: str, dataset: h5py.Dataset, tiles: int, size: int) -> Modality:
    """The teacher of a layer of `tiles` tiles of `size` by `size` pixels in the file `path`.

    Raises `MMEarthError` when an attribute is missing or contradicts the array.
    """
    found = {key: dataset.attrs[key] for key in _ATTRIBUTES if key in dataset.attrs}
    if missing := [key for key in _ATTRIBUTES if key not in found]:
        raise MMEarthError(f"{path}: {name} lacks the attribute {', '.join(missing)}; make it again with build-tiles.")
    try:
        modality = teacher(
            name,
            str(dataset.dtype),
            stride=int(found["stride"]),
            scale=np.ravel(found["scale"]).tolist(),
            licence=str(found["licence"]),
            source=str(found["source"]),
        )
        if not np.array_equal(float(found["no_data"]), modality.no_data, equal_nan=True):
            raise ValueError(
                f"its no_data is {found['no_data']}, which in {dataset.dtype} must be {modality.no_data:g}"
            )
    except (TypeError, ValueError) as error:
        raise MMEarthError(f"{path}: {name} is no teacher: {error}; make it again with build-tiles.") from error
    if size % modality.stride or dataset.shape != (tiles, *modality.shape(size)):
        raise MMEarthError(
            f"{path}: {name} is of shape {dataset.shape}, which is not that of {tiles} tiles of {size} pixels with"
            f" {modality.stored} channels and a stride of {modality.stride}; make it again with build-tiles."
        )
    return modality
