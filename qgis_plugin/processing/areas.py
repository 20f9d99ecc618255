"""How the pixels of a map are shared among its classes, as text."""


def shares(pixels: dict) -> str:
    """`water 12.5 %, forest 87.5 %` from the number of pixels by name."""
    total = max(1, sum(pixels.values()))
    return ", ".join(f"{name} {100 * count / total:.1f} %" for name, count in pixels.items())
