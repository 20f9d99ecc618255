"""The packed development imagery in small: spectra of few surfaces with noise, laid out as the real files are."""

from pathlib import Path

import numpy as np

ORDER = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
MISSING = ("B01", "B09")


def packed(pixels: np.ndarray) -> np.ndarray:
    """(N, bands, H, W) → (N, 2, bands, H, W), number by number."""
    values = np.diff(np.diff(pixels.astype(int), axis=2, prepend=0), axis=3, prepend=0)
    values = (values + 2**15) % 2**16 - 2**15
    number = np.where(values < 0, -2 * values - 1, 2 * values)
    return np.stack([number % 256, number // 256], axis=1).astype(np.uint8)


def painted(surface: np.ndarray, seed: int) -> np.ndarray:
    """(12, H, W) of surfaces 0 … 9 (H, W): each has its spectrum, and every pixel some noise."""
    spectra = np.random.default_rng(99).uniform(500, 4000, (10, 12))
    noise = np.random.default_rng(seed).normal(0, 60, (*surface.shape, 12))
    return np.moveaxis(spectra[surface] + noise, 2, 0).clip(1).astype(np.uint16)


def write_barkbeetle(folder: Path) -> None:
    """Eight sites of 20 × 24 pixels, four on each side of 15.4° E; the first has an edge without data on one date.

    Damage is a surface of its own in 2020, forest before.
    """
    sites, arrays = [f"s{number}" for number in range(8)], {}
    for number, site in enumerate(sites):
        rng = np.random.default_rng(number)
        forest = np.kron(rng.permutation(30).reshape(5, 6) % 3, np.ones((4, 4), int))
        damage = ((forest > 0) & np.kron(rng.integers(0, 2, (5, 6)), np.ones((4, 4), int)).astype(bool)).astype(int)
        dates = np.stack([painted(forest, number), painted(np.where(damage, 5, forest), number + 50)])
        if number == 0:
            dates[1, :, :, :3] = 0
        arrays |= {f"xz_{site}": packed(dates), f"damage_{site}": damage.astype(np.uint8)}
        arrays[f"forest_{site}"] = forest.astype(np.uint8)
    np.savez(
        folder / "barkbeetle_czechia_dev.npz",
        order=np.array(ORDER),
        bands=np.array(ORDER),
        site=np.array(sites),
        lat=np.full(8, 49.6),
        lon=np.array([14.0, 14.3, 14.6, 14.9, 15.5, 15.8, 16.1, 16.4]),
        **arrays,
    )


def write_belgium(folder: Path) -> None:
    """Five dates of one tile: fields of crops, grassland and built-up apart from each other."""
    cover = np.full((64, 64), 99)
    for number, (code, height) in enumerate([(11, 5), (13, 4), (60, 3), (11, 4), (13, 5), (60, 4), (11, 3), (13, 3)]):
        cover[number * 8 : number * 8 + height] = code
    cover[:5, 32], cover[8:12, 32] = 99, 99  # so that there are four fields of crops and of grassland
    surface = np.select([cover == code for code in (11, 13, 60)], [1, 2, 3], 0)
    dn = np.stack([painted(surface, 200 + date) + date % 2 * 100 for date in range(5)]).astype(np.uint16)
    missing = np.isin(ORDER, MISSING)
    dn[:, missing] = 0
    np.savez(
        folder / "worldcereal_belgium_series_l2a.npz",
        order=np.array(ORDER),
        bands=np.array(ORDER)[~missing],
        landcover=np.stack([cover] * 5).astype(np.uint8),
        dem=np.stack([10 * surface[None]] * 5).astype(np.int16),
        s1_db=np.stack([np.stack([-surface - date, -surface - 7 - date]) for date in range(5)]).astype(np.float16),
        xz=packed(dn),
    )


def write_catalonia(folder: Path) -> None:
    """Three dates of twelve tiles of 64 × 64 pixels, four columns, in another order on each; one tile elsewhere."""
    lon, lat = np.meshgrid([2.796, 2.804, 2.811, 2.819], [42.34, 42.35, 42.36])
    tiles, facts = [], []
    for date in range(3):
        for place in np.random.default_rng(date).permutation(12).tolist():
            surface = np.full((64, 64), place % 10)
            surface[: place * 5] = (place + 3) % 10
            tiles.append(painted(surface, 300 + 20 * date + place))
            facts.append((lat.flat[place], lon.flat[place], f"2020-0{date + 1}-01", 0))
    tiles.append(painted(np.zeros((64, 64), int), 999))
    facts.append((42.57, -0.55, "", 1))
    np.savez(
        folder / "eotdl_boadella_series_l2a.npz",
        order=np.array(ORDER),
        bands=np.array(ORDER),
        lat=np.array([each[0] for each in facts], np.float32),
        lon=np.array([each[1] for each in facts], np.float32),
        date=np.array([each[2] for each in facts]),
        place=np.array([each[3] for each in facts]),
        xz=packed(np.stack(tiles)),
    )


def write_all(folder: Path) -> None:
    """All three files."""
    write_barkbeetle(folder)
    write_belgium(folder)
    write_catalonia(folder)
