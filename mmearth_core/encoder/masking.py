"""The encoder on masked images: sparse semantics with ordinary tensors, computing on visible patches only.

Every layer sees visible cells alone and gives visible cells alone: y = conv(x·m)·m, which is what sparse convolutions
with kept coordinates compute. Whole patches are visible or masked, so all layers but one work inside a patch and run
on the visible patches gathered into one tensor; only the 7×7 depthwise convolution meets a dense map, with zeros where
masked. Uses the parameters of an `Encoder` as they are and holds none of its own.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from mmearth_core.encoder.architecture import MaskedGrnScope
from mmearth_core.encoder.network import GRN_EPS, Encoder


def sum_over_processes(x: Tensor) -> Tensor:
    """Sum of a tensor over all processes of the default group, itself where there is one process or no group.

    Every process must call it, in the same order. A gradient is summed over the processes in turn: when each of P
    processes descends the same global loss and their parameter gradients are averaged, the average is the gradient of
    that loss.
    """
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return x
    total: Tensor = _SumOverProcesses.apply(x)
    return total


class VisiblePatches:
    """Where the visible patches of a batch are: gathers them from dense maps and scatters them back.

    `masked` is (N, rows, columns) bool, true where a patch is hidden. A dense map is (N, rows·r, columns·r, C) with r
    cells along a patch's side; gathered it is (M, r, r, C), M visible patches in the order of samples, rows, columns.
    """

    def __init__(self, masked: Tensor) -> None:
        self.grid = tuple(masked.shape)
        self.sample, self.row, self.column = torch.nonzero(~masked, as_tuple=True)
        self._lines: dict[tuple[int, int], Tensor] = {}

    def __len__(self) -> int:
        return len(self.sample)

    def lines(self, cells: int, margin: int = 0) -> Tensor:
        """Which lines of `cells` cells make up the visible patches, in a dense map cut into such lines.

        `margin`: further patches at the end of each row of the map. Long int (M·cells,), no index twice. Lines are
        contiguous in memory, so gathering copies blocks.
        """
        if (cells, margin) not in self._lines:
            _, rows, columns = self.grid
            line = torch.arange(cells, device=self.sample.device)
            first = (self.sample * rows + self.row) * cells
            found = (first[:, None] + line) * (columns + margin) + self.column[:, None]
            self._lines[cells, margin] = found.flatten()
        return self._lines[cells, margin]

    def gather(self, dense: Tensor) -> Tensor:
        """(N, rows·r, columns·r, C) → (M, r, r, C)."""
        samples, rows, columns = self.grid
        cells, channels = dense.shape[1] // rows, dense.shape[3]
        lines = dense.reshape(samples * rows * cells * columns, cells * channels)
        taken: Tensor = _TakeLines.apply(lines, self.lines(cells))
        return taken.view(len(self), cells, cells, channels)

    def scatter(self, patches: Tensor) -> Tensor:
        """(M, r, r, C) → (N, rows·r, columns·r, C), 0 where masked."""
        samples, rows, columns = self.grid
        cells, channels = patches.shape[1], patches.shape[3]
        lines = patches.reshape(len(self) * cells, cells * channels)
        total = samples * rows * cells * columns
        dense: Tensor = _PutLines.apply(lines, self.lines(cells), total)
        return dense.view(samples, rows * cells, columns * cells, channels)


def forward_masked(encoder: Encoder, x: Tensor, masked: Tensor, grn: MaskedGrnScope) -> Tensor:
    """The encoder's last map, (N, C_3, H/p, W/p), 0 where masked: see `masked_maps`."""
    visible, maps = masked_maps(encoder, x, masked, grn)
    return visible.scatter(maps[-1]).permute(0, 3, 1, 2)


def masked_maps(
    encoder: Encoder, x: Tensor, masked: Tensor, grn: MaskedGrnScope
) -> tuple[VisiblePatches, list[Tensor]]:
    """The encoder's four maps of images of which only some patches are visible.

    Parameters: `x` (N, in_channels, H, W) normalised, what masked patches hold is never read; `masked` (N, H/p, W/p)
    bool; `grn`: response normalisation over the visible cells of the whole batch on all processes, as published
    encoders are pretrained, or of each sample. Returns the visible patches and, of each stage, their cells:
    (M, 8, 8, C_0), (M, 4, 4, C_1), (M, 2, 2, C_2), (M, 1, 1, C_3).
    Raises ValueError when the shapes do not fit or nothing is visible.
    """
    architecture = encoder.architecture
    patch = architecture.patch
    grid = (x.shape[0], x.shape[2] // patch, x.shape[3] // patch)
    if tuple(masked.shape) != grid or grid[1] * patch != x.shape[2] or grid[2] * patch != x.shape[3]:
        raise ValueError(f"a mask {tuple(masked.shape)} of {patch} px patches does not fit images {tuple(x.shape)}")
    visible = VisiblePatches(masked)
    if not len(visible):
        raise ValueError("every patch of the batch is masked; at least one must be visible")
    patches, maps = _stem(encoder, x, masked, visible), []
    for index, stage in enumerate(encoder.stages):
        if index:
            patches = _downsample(encoder.downsample_layers[index - 1], patches)
        for block in stage.children():
            patches = _block(block, patches, visible, grn)
        maps.append(patches)
    return visible, maps


def _stem(encoder: Encoder, x: Tensor, masked: Tensor, visible: VisiblePatches) -> Tensor:
    """(N, in_channels, H, W) → (M, 8, 8, C_0): the first convolutions, on the pixels of visible patches."""
    patch = encoder.architecture.patch
    shown = masked.logical_not().repeat_interleave(patch, 1).repeat_interleave(patch, 2)[:, None]
    # `where` and not a product: NaN in masked pixels must not get through.
    seen = torch.where(shown, x, 0)
    halo = 1 if len(encoder.initial_conv) else 0
    windows = functional.pad(seen, (halo,) * 4).unfold(2, patch + 2 * halo, patch).unfold(3, patch + 2 * halo, patch)
    patches = windows[visible.sample, :, visible.row, visible.column].contiguous(memory_format=torch.channels_last)
    if halo:
        conv, norm, _ = _layers(encoder.initial_conv)
        patches = functional.conv2d(patches, conv.weight, conv.bias)
        patches = functional.gelu(_layer_norm(norm, patches.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    conv, norm = _layers(encoder.stem)
    return _layer_norm(norm, conv(patches).permute(0, 2, 3, 1))


def _downsample(layer: nn.Module, patches: Tensor) -> Tensor:
    """(M, r, r, C) → (M, r/2, r/2, C'): layer norm, then the 2×2 convolution of stride 2 as a linear layer."""
    norm, conv = _layers(layer)
    count, cells, _, channels = patches.shape
    half = cells // 2
    quads = _layer_norm(norm, patches).view(count, half, 2, half, 2, channels).transpose(2, 3)
    weight = conv.weight.permute(0, 2, 3, 1).reshape(-1, 4 * channels)
    return functional.linear(quads.reshape(count, half, half, 4 * channels), weight, conv.bias)


def _block(block: Any, patches: Tensor, visible: VisiblePatches, grn: MaskedGrnScope) -> Tensor:
    """(M, r, r, C) → the same: one ConvNeXt V2 block."""
    norm, mlp = block.norm, block.mlp
    wide = mlp.act(mlp.fc1(norm(_depthwise(block.conv_dw, patches, visible))))
    scale = mlp.grn.weight * _relative_response(wide, visible, grn) + 1
    # fc2(scale·x + bias), with what is constant over the positions folded into the layer's own numbers.
    bias = functional.linear(mlp.grn.bias, mlp.fc2.weight, mlp.fc2.bias)
    if grn == "batch":
        return patches + functional.linear(wide, mlp.fc2.weight * scale, bias)
    return patches + functional.linear(wide * scale[visible.sample, None, None], mlp.fc2.weight, bias)


def _depthwise(conv: nn.Conv2d, patches: Tensor, visible: VisiblePatches) -> Tensor:
    """(M, r, r, C) → the same: the 7×7 depthwise convolution, which sees zeros where masked."""
    weight, bias = conv.weight, conv.bias
    kind = patches.device.type
    if torch.is_autocast_enabled(kind):
        # The backward pass of a function of one's own runs without autocast: all its tensors must be of one type.
        dtype = torch.get_autocast_dtype(kind)
        patches, weight, bias = patches.to(dtype), weight.to(dtype), bias if bias is None else bias.to(dtype)
    mixed: Tensor = _DepthwiseOnVisible.apply(patches, weight, visible)
    return mixed if bias is None else mixed + bias


def _relative_response(wide: Tensor, visible: VisiblePatches, grn: MaskedGrnScope) -> Tensor:
    """N of global response normalisation (arXiv 2301.00808, eq. 1–2): (C,) of the batch or (N, C) of each sample."""
    if grn == "batch":
        squares = sum_over_processes(wide.square().sum((0, 1, 2)))
    else:
        by_patch = wide.square().sum((1, 2))
        squares = by_patch.new_zeros(visible.grid[0], wide.shape[-1]).index_add(0, visible.sample, by_patch)
    response = _root(squares)
    return response / (response.mean(-1, keepdim=True) + GRN_EPS)


def _root(squares: Tensor) -> Tensor:
    """√x with a gradient of 0 at 0, as a norm has: a channel that is silent everywhere must not give NaN."""
    silent = squares == 0
    return torch.where(silent, 1, squares).sqrt().masked_fill(silent, 0)


def _layers(sequence: nn.Module) -> list[Any]:
    return list(sequence.children())


def _layer_norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """A channels-first layer norm of the encoder on channels-last positions."""
    return functional.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


class _TakeLines(torch.autograd.Function):
    """Lines by index. No index occurs twice, so the gradient is put back without adding, which is what is slow."""

    @staticmethod
    def forward(ctx: Any, lines: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        ctx.total = len(lines)
        return lines.index_select(0, index)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (index,) = ctx.saved_tensors
        return _PutLines.apply(gradient, index, ctx.total), None


class _PutLines(torch.autograd.Function):
    """Lines to their places among `total`, 0 elsewhere: the transpose of `_TakeLines`."""

    @staticmethod
    def forward(ctx: Any, lines: Tensor, index: Tensor, total: int) -> Tensor:
        ctx.save_for_backward(index)
        return lines.new_zeros(total, lines.shape[1]).index_copy_(0, index, lines)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (index,) = ctx.saved_tensors
        return _TakeLines.apply(gradient, index), None, None


class _DepthwiseOnVisible(torch.autograd.Function):
    """Scatter, depthwise convolution, gather, keeping for the backward pass no dense map but the patches."""

    @staticmethod
    def forward(ctx: Any, patches: Tensor, weight: Tensor, visible: VisiblePatches) -> Tensor:
        ctx.save_for_backward(patches, weight)
        ctx.visible = visible
        reach = weight.shape[-1] // 2
        dense = visible.scatter(patches).permute(0, 3, 1, 2)
        mixed = functional.conv2d(dense, weight, padding=reach, groups=len(weight))
        return visible.gather(mixed.permute(0, 2, 3, 1))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        patches, weight = ctx.saved_tensors
        canvas = _Canvas(ctx.visible, patches.shape, weight.shape[-1] // 2)
        upon = canvas.spread(gradient)
        # At stride 1 the gradient of the input is the convolution with the kernel turned round.
        back = functional.conv2d(canvas.map(upon), weight.flip(-2, -1), padding=canvas.reach, groups=len(weight))
        return canvas.collect(back), canvas.weight_gradient(canvas.spread(patches), upon), None


class _Canvas:
    """Dense maps with columns of zeros after each row, at least as many as the kernel reaches.

    Such a map moved by a few columns is a view of the same memory that begins a few cells later, since what crosses an
    edge is zero on both sides. That makes the gradient of a 7×7 depthwise kernel the gradients of strips of three
    columns, for which oneDNN has a depthwise routine on every processor; for seven columns without AVX-512 it computes
    all pairs of eight channels and drops most (measured: three to seven times slower, benchmarks/pretraining.py).
    """

    def __init__(self, visible: VisiblePatches, shape: torch.Size, reach: int) -> None:
        self.visible, self.reach = visible, reach
        samples, rows, columns = visible.grid
        _, self.cells, _, self.channels = shape
        self.margin = -(-reach // self.cells)
        self.shape = (samples, rows * self.cells, (columns + self.margin) * self.cells, self.channels)
        self.lines = visible.lines(self.cells, self.margin)
        self.size = self.shape[0] * self.shape[1] * self.shape[2]

    def spread(self, patches: Tensor) -> Tensor:
        """(M, r, r, C) → cells (margin + N·H·W + margin, C), 0 outside visible patches."""
        flat = patches.new_zeros(self.size + 2 * self.margin * self.cells, self.channels)
        lines = flat.view(-1, self.cells * self.channels)
        lines.index_copy_(0, self.lines + self.margin, patches.reshape(-1, self.cells * self.channels))
        return flat

    def map(self, flat: Tensor, shift: int = 0) -> Tensor:
        """(N, C, H, W), channels last, the map whose column j holds what stands in column j + shift."""
        first = self.margin * self.cells + shift
        return flat[first : first + self.size].view(self.shape).permute(0, 3, 1, 2)

    def collect(self, dense: Tensor) -> Tensor:
        """(N, C, H, W) → the visible patches (M, r, r, C)."""
        lines = dense.permute(0, 2, 3, 1).reshape(-1, self.cells * self.channels).index_select(0, self.lines)
        return lines.view(-1, self.cells, self.cells, self.channels)

    def weight_gradient(self, flat: Tensor, gradient: Tensor) -> Tensor:
        """Gradient of the kernel (C, 1, k, k) from the cells of the input and of the output's gradient."""
        side = 2 * self.reach + 1
        # Both begin one column early, in zeros: a strip looks left of its middle, and at the edge would see padding.
        behind = self.map(gradient, -1)
        strips = []
        for left in range(0, side, 3):
            width = min(3, side - left)
            # Of a strip of one or three columns, the middle one is the shift.
            before = self.map(flat, left + width // 2 - self.reach - 1)
            shape = behind.new_empty(1).expand(self.channels, 1, side, width)
            sizes = [1, 1], [self.reach, width // 2], [1, 1], False, [0, 0], self.channels
            _, strip, _ = torch.ops.aten.convolution_backward(
                behind, before, shape, None, *sizes, output_mask=[False, True, False]
            )
            strips.append(strip)
        return torch.cat(strips, -1)


class _SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(_ctx: Any, x: Tensor) -> Tensor:
        total = x.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    @once_differentiable
    def backward(_ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total
