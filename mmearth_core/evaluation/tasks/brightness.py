"""How bright land is: what every reader of tasks asks, to know in which unit numbers are."""

#: Mean reflectance × 10000 that a band of the surface can have over a task.
DARKEST, BRIGHTEST = 30.0, 9000.0
#: Bands of the atmosphere, which see too little of the surface to be checked by that.
ATMOSPHERE = frozenset({"B09", "B10"})


def like_land(band: str, mean: float) -> bool:
    """Whether a band can have that mean in reflectance × 10000; one of the atmosphere can have any."""
    return band in ATMOSPHERE or DARKEST <= mean <= BRIGHTEST
