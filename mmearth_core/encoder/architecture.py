"""What an encoder looks like, without torch: sizes, strides and how far a pixel sees."""

from dataclasses import dataclass
from typing import Literal

#: Blocks and channels of the four stages (ConvNeXt V2, arXiv 2301.00808, and MP-MAE, arXiv 2405.02771).
SIZES: dict[str, tuple[tuple[int, int, int, int], tuple[int, int, int, int]]] = {
    "atto": ((2, 2, 6, 2), (40, 80, 160, 320)),
    "femto": ((2, 2, 6, 2), (48, 96, 192, 384)),
    "pico": ((2, 2, 6, 2), (64, 128, 256, 512)),
    "nano": ((2, 2, 8, 2), (80, 160, 320, 640)),
    "tiny": ((3, 3, 9, 3), (96, 192, 384, 768)),
    "base": ((3, 3, 27, 3), (128, 256, 512, 1024)),
    "large": ((3, 3, 27, 3), (192, 384, 768, 1536)),
}

#: MP-MAE: 3×3 convolution, then a depthwise one of stride patch/8. Original: one convolution of stride patch/8.
Stem = Literal["mp_mae", "original"]

#: How global response normalisation takes its statistic: one constant per channel, per image, over the batch.
GrnScope = Literal["frozen", "sample", "batch"]
#: What it takes its statistic over while patches are masked.
MaskedGrnScope = Literal["batch", "sample"]


@dataclass(frozen=True)
class Architecture:
    """The shape of an encoder. `patch` is its total stride in pixels: 8, 16 or 32."""

    size: str
    patch: int
    in_channels: int
    stem: Stem = "mp_mae"

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise ValueError(f"unknown encoder size {self.size!r}; known: {', '.join(SIZES)}")
        if self.patch not in (8, 16, 32):
            raise ValueError(f"patch must be 8, 16 or 32, not {self.patch}")

    @property
    def depths(self) -> tuple[int, int, int, int]:
        """Blocks per stage."""
        return SIZES[self.size][0]

    @property
    def channels(self) -> tuple[int, int, int, int]:
        """Channels per stage."""
        return SIZES[self.size][1]

    @property
    def strides(self) -> tuple[int, int, int, int]:
        """Pixels per cell of each stage's map."""
        return self.patch // 8, self.patch // 4, self.patch // 2, self.patch

    @property
    def activation_bytes(self) -> int:
        """Of a pixel of the input, at the peak: fitted to what ONNX Runtime took (benchmarks/engine.py)."""
        return 12 * self.channels[0]

    @property
    def exact_halo(self) -> int:
        """Pixels around a tile beyond which nothing can reach it; a multiple of `patch`.

        The 3×3 stem reaches 1 px and each 7×7 block 3 cells of its stage. Each upsampling step from stride s to s/2
        interpolates between cell centres, at most s/2 away, so all steps together reach less than `patch` px; a cell
        that holds the reached point adds up to `patch` px more.
        """
        blocks = sum(3 * depth * stride for depth, stride in zip(self.depths, self.strides, strict=True))
        stem = 1 if self.stem == "mp_mae" else 0
        return -(-(stem + blocks + 2 * self.patch) // self.patch) * self.patch
