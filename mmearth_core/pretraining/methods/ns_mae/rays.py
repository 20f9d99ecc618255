"""The renderer: what is seen along rays through a volume of densities.

A ray meets samples of density σ, each of length δ. The share w = T·(1 − e^{−σδ}) of what is seen is the sample's, where
T = Π e^{−σδ} over those before it (Max 1995, doi 10.1109/2945.468400; Mildenhall et al. 2020, arXiv 2003.08934). The
last sample is opaque, so that shares add up to 1. Rays are columns from above, columns that lean towards a radar, or
those of a camera.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional


def ray_weights(densities: Tensor, steps: Tensor | float) -> Tensor:
    """Shares w (…, S) of the samples of rays, which add up to 1, from densities ≥ 0 in 1/m and their lengths in m.

    Samples are in the order in which a ray meets them; the density of the last does not matter, it is opaque.
    """
    depth = (densities * steps)[..., :-1]
    before = functional.pad(depth.cumsum(-1), (1, 0))
    stopped = functional.pad(-torch.expm1(-depth), (0, 1), value=1.0)
    return torch.exp(-before) * stopped


def expected(weights: Tensor, values: Tensor) -> Tensor:
    """What is seen of values: Σ w·v over the last axis, which `values` share or are spread over."""
    return (weights * values).sum(-1)


def variance(weights: Tensor, values: Tensor) -> Tensor:
    """By how much what is seen varies along a ray: Σ w·(v − Σ w·v)², in the square of the values' unit."""
    return expected(weights, (values - expected(weights, values)[..., None]).square())


def spread(weights: Tensor, values: Tensor) -> Tensor:
    """The root of the variance; where that is 0 its gradient is 0 too, not infinite."""
    found = variance(weights, values)
    flat = found <= 0
    return torch.where(flat, 1, found).sqrt().masked_fill(flat, 0)


def columns(volume: Tensor) -> Tensor:
    """Rays straight down: (…, Z, Y, X) with Z upwards → (…, Y, X, Z), the topmost sample first."""
    return volume.movedim(-3, -1).flip(-1)


def displacement(height: float, incidence: float) -> float:
    """How far a radar that looks down at `incidence` degrees from the vertical moves what is `height` above ground
    towards itself, in the unit of the height: h·cot θ, 30 m at 45° by 30 m."""
    return height / math.tan(math.radians(incidence))


def leant(volume: Tensor, moves: Tensor) -> Tensor:
    """A volume (…, Z, Y, X) whose slice at each height is moved by so many cells towards larger X, (Z,) or (…, Z): what
    stands in one column of the result reaches a radar at the same time.

    A move that is no whole number of cells is linear between two. What comes from outside is what stands at the border.
    """
    width = volume.shape[-1]
    source = torch.arange(width, device=volume.device) - moves[..., None].to(volume.dtype)
    source = source.clamp(0, width - 1)
    left = source.detach().floor().long().clamp(max=max(width - 2, 0))
    share = (source - left).to(volume.dtype)[..., None, :]
    right = (left + 1).clamp(max=width - 1)

    def taken(cells: Tensor) -> Tensor:
        return torch.gather(volume, -1, cells[..., None, :].expand(volume.shape))

    return taken(left) * (1 - share) + taken(right) * share


def sampled(volume: Tensor, points: Tensor) -> Tensor:
    """Values of a volume (N, C, Z, Y, X) at points (N or 1, …, 3), x, y and z in cells: (N, C, …).

    Cell k reaches from k to k + 1. Linear between the centres of cells; outside is what the border has.
    """
    size = torch.tensor(volume.shape[:-4:-1], dtype=volume.dtype, device=volume.device)
    scaled = (points.to(volume.dtype) / size * 2 - 1).expand(len(volume), *points.shape[1:])
    shape = scaled.shape[1:-1]
    flat = scaled.reshape(len(volume), 1, 1, -1, 3)
    found = functional.grid_sample(volume, flat, mode="bilinear", padding_mode="border", align_corners=False)
    return found.view(len(volume), volume.shape[1], *shape)
