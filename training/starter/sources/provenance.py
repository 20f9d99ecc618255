"""Where the tiles come from and under which licence, as data, and how many of them a dataset has.

    python -m training.starter.sources.provenance TILES_FOLDER

prints the two tables that the model's card and docs/starter-tiles.md hold. Reads a finished dataset, never imagery.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.tiles.holdout import lots
from mmearth_core.tiles.reader import TileFile
from training.starter.places import BLOCK_DEGREES, SEED, SHARE

#: What is true of all of them, whatever a repository says of itself.
PIXELS = (
    "All pixels contain modified Copernicus Sentinel data, which are free and open. The licence is that of the"
    " repository they were taken from; where it states none, only the pixels were used, to learn from, and none are"
    " passed on."
)


@dataclass(frozen=True)
class Provenance:
    """A source: what it shows; the `repository` (or the publication) and state it was taken from; the licence stated
    there, None for none; what the names of its tiles begin with."""

    title: str
    repository: str
    licence: str | None
    prefixes: tuple[str, ...]


PROVENANCE: tuple[Provenance, ...] = (
    Provenance("EuroSAT, Europe", "Helber et al. 2019", "MIT", ("eurosat-",)),
    Provenance(
        "Major TOM Core, Thailand",
        "Francis and Czerkawski 2024, by rsim-tu-berlin/rico-hdl",
        "CC BY-SA 4.0",
        ("majortom_",),
    ),
    Provenance("TerraMind examples, five places", "IBM/terramind", "Apache 2.0", ("terramind-",)),
    Provenance(
        "BigEarthNet, Europe",
        "Sumbul et al. 2019, 2021, by rsim-tu-berlin/rico-hdl",
        "CDLA-Permissive 1.0",
        ("bigearthnet-",),
    ),
    Provenance("SSL4EO-S12, one place", "Wang et al. 2023, by rsim-tu-berlin/rico-hdl", "MIT", ("ssl4eo-",)),
    Provenance("Europe, places unknown", "rbngz/submission_dataset @ 2955356a", None, ("europe_l2a_unplaced-",)),
    Provenance(
        "Czechia, forests at two dates",
        "CrickCrock28/bark-bettle-damage-mapping-sentinel2 @ 9d75d389",
        None,
        ("barkbeetle_czechia_dev-",),
    ),
    Provenance(
        "Dubai at two dates", "microsoft/torchgeo @ ef8e92edb (pixels of Onera OSCD)", "MIT", ("oscd_dubai_l1c-",)
    ),
    Provenance(
        "Catalonia at eight dates, Jaca, Boston", "earthpulse/eotdl @ 2c973245", "MIT", ("eotdl_boadella_series_l2a-",)
    ),
    Provenance("Danish and German coasts", "earthpulse/eotdl @ 2c973245 (useCaseD)", "MIT", ("baltic_ships_l2a-",)),
    Provenance(
        "Zealand and Western Australia, places known by the tile only",
        "lanha/DSen2 @ 38d7209d",
        "CC BY 4.0 (data)",
        ("dsen2_germany_china_l1c-",),
    ),
    Provenance(
        "North-east France, forests",
        "FerrulliNunzio/Dataset_Sentinel2_Classifier @ 4708b6f7",
        None,
        ("france_forest_l2a_2018-",),
    ),
    Provenance(
        "Pilbara, before and after a fire",
        "syamkakarla98/Satellite_Imagery_Analysis @ a1ebd48d",
        "GPL-3.0",
        ("pilbara_l2a_20181201-", "pilbara_l2a_20190105-"),
    ),
    Provenance(
        "Sundarbans, pixels of 18.5 m",
        "syamkakarla98/Satellite_Imagery_Analysis @ a1ebd48d",
        "GPL-3.0",
        ("sundarbans_l2a-",),
    ),
    Provenance(
        "Coast of Tanzania at many dates, pixels of 20 m",
        "remotesensinginfo/rsgislib @ 205b6996",
        "GPL-3.0",
        ("t37mem_series_20m_l2a-",),
    ),
    Provenance(
        "Belgium, one place at many dates",
        "WorldCereal/worldcereal-classification @ 5db1e24d",
        "MIT",
        ("worldcereal_belgium_series_l2a-",),
    ),
    Provenance("Argentina, pampa", "cijjas/satellite-image-processing @ c00e5ec2", None, ("argentina_8band_l2a-",)),
)


def belongs(names: NDArray[np.str_]) -> NDArray[np.int64]:
    """The number in `PROVENANCE` of each tile, (N,), by its name. Raises `ValueError` for a tile of no source."""
    found = np.full(len(names), -1)
    for number, source in enumerate(PROVENANCE):
        for prefix in source.prefixes:
            found[np.char.startswith(names, prefix)] = number
    if (found < 0).any():
        raise ValueError(f"{names[found < 0][0]} is of no source in training/starter/sources/provenance.py")
    return found


def groups(tiles: TileFile) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Title and tiles (N,) of each source that has any, then of all of them."""
    source = belongs(tiles.names)
    for number, each in enumerate(PROVENANCE):
        if (source == number).any():
            yield each.title, source == number
    yield "**all**", np.ones(len(source), np.bool_)


def per_source(tiles: TileFile) -> str:
    """A table in Markdown: tiles and places of each source, on which side of the hold-out they lie."""
    lonlat = tiles.lonlat
    lot = lots(lonlat, block_degrees=BLOCK_DEGREES, seed=SEED)
    unplaced = np.isnan(lot)
    # A place is told by four digits; where it is unknown, each tile is one.
    where = np.where(unplaced[:, None], np.arange(len(lot))[:, None] + 1000.0, lonlat.round(4))
    rows = ["| source | tiles | places | learned from | held out | level |", "|---|--:|--:|--:|--:|---|"]
    for title, own in groups(tiles):
        held = int((lot[own] < SHARE).sum())
        levels = ", ".join(sorted({str(level).upper() for level in tiles.levels[own]}))
        places = len(np.unique(where[own], axis=0))
        rows.append(f"| {title} | {own.sum()} | {places} | {own.sum() - held} | {held} | {levels} |")
    return "\n".join(rows)


def licences(tiles: TileFile) -> str:
    """What a model's card says of those sources the tiles to learn from are of: a table in Markdown, and `PIXELS`."""
    lot = lots(tiles.lonlat, block_degrees=BLOCK_DEGREES, seed=SEED)
    learned = belongs(tiles.names)[~(lot < SHARE)]
    rows = ["| source | tiles learned from | taken from | licence |", "|---|--:|---|---|"]
    for number, source in enumerate(PROVENANCE):
        if count := int((learned == number).sum()):
            rows.append(f"| {source.title} | {count} | {source.repository} | {source.licence or 'none stated'} |")
    return "\n".join([*rows, "", PIXELS])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tiles", type=Path)
    tiles = TileFile(parser.parse_args().tiles)
    print(per_source(tiles), licences(tiles), sep="\n\n")


if __name__ == "__main__":
    main()
