"""Images of a set, of which some are not there: what is there is encoded, and laid where it belongs."""

from collections.abc import Callable

from torch import Tensor


def where_there(encode: Callable[[Tensor, Tensor], Tensor], images: Tensor, masked: Tensor, there: Tensor) -> Tensor:
    """`encode` of the images (N, k, …) and masks (N, k, g, g) that are `there` (N, k): (N, k, …), 0 where none is.

    `encode` takes M images with their masks and gives M rows of them.
    """
    found = encode(images[there], masked[there])
    laid = found.new_zeros(*there.shape, *found.shape[1:])
    laid[there] = found
    return laid
