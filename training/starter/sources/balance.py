"""Which of many images are learned from, so that no place and no look outweighs the others. Pure: numpy only.

An image's look is the mean and spread of its bands on a logarithmic scale: 0.1 apart means 10 % in each, on average.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

#: Images of one place at most, images of one source at most, and how far looks must be apart not to be near-copies.
DATES, MOST, APART = 8, 1000, 0.1
#: Added to mean and spread in DN before the logarithm, so that water and flat images do not differ without end.
_DARK, _FLAT = 100.0, 30.0


def look(pixels: NDArray[np.generic]) -> NDArray[np.float64]:
    """The look, (2 · bands,), of an image (bands, H, W) in DN; pixels without any value, all 0, count for nothing."""
    values = pixels[:, pixels.any(axis=0)].astype(np.float64)
    if not values.size:
        return np.zeros(2 * len(pixels))
    return np.log(np.concatenate([values.mean(axis=1) + _DARK, values.std(axis=1) + _FLAT]))


def farthest(looks: NDArray[np.float64], *, most: int, apart: float = 0.0) -> list[int]:
    """Numbers of looks (N, features), each the farthest from those before (Gonzalez 1985), the first the most usual.

    At most `most`, and none that is less than `apart` (root mean square over the features) from one before.
    """
    if not len(looks):
        return []
    chosen = [int(((looks - looks.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    distance = np.full(len(looks), np.inf)
    while len(chosen) < min(most, len(looks)):
        distance = np.minimum(distance, np.sqrt(((looks - looks[chosen[-1]]) ** 2).mean(axis=1)))
        following = int(distance.argmax())
        if distance[following] <= apart:
            break
        chosen.append(following)
    return chosen


def balanced(looks: NDArray[np.float64], places: Sequence[Hashable]) -> list[int]:
    """Numbers, rising, of the images of one source that are kept: looks (N, features) at N places.

    Of each place up to `DATES` images, the most different. Then places by their mean look, the most different first,
    until one would be a near-copy or the source would have more than `MOST` images.
    """
    members: dict[Hashable, list[int]] = {}
    for number, place in enumerate(places):
        members.setdefault(place, []).append(number)
    groups = [[each[index] for index in farthest(looks[each], most=DATES)] for each in members.values()]
    middles = np.array([looks[group].mean(axis=0) for group in groups]).reshape(len(groups), looks.shape[1])
    kept: list[int] = []
    for index in farthest(middles, most=len(groups), apart=APART):
        if len(kept) + len(groups[index]) > MOST:
            break
        kept += groups[index]
    return sorted(kept)
