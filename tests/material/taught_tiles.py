"""Invented tiles with a teacher that anybody can check: the means of two Sentinel-2 bands over its cells."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from mmearth_core.modalities import SENTINEL2_STORED, Modality, teacher
from mmearth_core.tiles.synthetic import make_tile
from mmearth_core.tiles.writer import TileWriter

#: The bands that are the teacher's channels.
TAUGHT = ("B04", "B08")


def block_means(pixels: np.ndarray, stride: int) -> np.ndarray:
    """(C, H, W) → (C, H/stride, W/stride)."""
    channels, height, width = pixels.shape
    blocks = pixels.reshape(channels, height // stride, stride, width // stride, stride)
    return blocks.mean((2, 4), dtype=np.float64).astype(np.float32)


def block_teacher(name: str = "teacher_blocks", stride: int = 8, channels: int = 2) -> Modality:
    return teacher(name, "float32", stride=stride, scale=[1.0] * channels, licence="CC0", source="block means")


def write_taught_tiles(
    folder: Path,
    count: int,
    *,
    size: int = 24,
    seed: int = 0,
    stride: int = 8,
    name: str = "teacher_blocks",
    without: Collection[int] = (),
) -> Path:
    """Write tiles without gaps as the dataset `folder`; those numbered in `without` do not have the teacher."""
    with TileWriter(folder, size, ["sentinel2", "aster", "month"], teachers=[block_teacher(name, stride)]) as writer:
        for number in range(count):
            raw, info = make_tile(np.random.default_rng([seed, number]), size=size, gaps=False)
            kept = {each: raw[each] for each in ("sentinel2", "aster", "month")}
            if number not in without:
                bands = [SENTINEL2_STORED.index(band) for band in TAUGHT]
                kept[name] = block_means(raw["sentinel2"][bands], stride)
            writer.append(str(number), kept, info)
        return writer.finish()
