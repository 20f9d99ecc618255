"""The polygons an analyst might draw on the demo scene, and the file they are saved in."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from html import escape
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError
from rasterio.crs import CRS
from scipy.ndimage import distance_transform_edt
from shapely.geometry.base import BaseGeometry

from mmearth_core.demonstration.spectra import CLASSES, kind_classes
from mmearth_core.errors import unwritable
from mmearth_core.files import workshop

#: Polygons drawn per class.
POLYGONS = 7
_LAYER = "samples"


def draw_samples(
    truth: NDArray[np.uint8], kinds: NDArray[np.uint8], rng: Generator
) -> tuple[list[BaseGeometry], list[str]]:
    """Polygons in pixel coordinates (x right, y down) and their classes: all kinds of each, spread over the scene.

    `truth` and `kinds` have shape (height, width): class of each pixel (0 outside the swath), kind of its surface.
    """
    polygons, names = [], []
    for value, (name, _) in enumerate(CLASSES, 1):
        border = np.pad(truth == value, 1)
        distance = distance_transform_edt(border)[1:-1, 1:-1]
        of_class = [kind for kind in np.flatnonzero(kind_classes() == value) if (distance[kinds == kind] > 3).any()]
        drawn: list[NDArray[np.float64]] = []
        for number in range(POLYGONS):
            kind = of_class[number % len(of_class)]
            room = min(4.5, float(np.quantile(distance[(kinds == kind) & (distance > 2)], 0.8)))
            # The last one is careless: it reaches over the border of what was meant.
            careless = number == POLYGONS - 1
            spots = np.argwhere((kinds == kind) & ((np.abs(distance - 3) < 0.6) if careless else (distance >= room)))
            spots = spots[rng.permutation(len(spots))[:40]]
            away = [min((np.hypot(*(spot - other)) for other in drawn), default=0.0) for spot in spots]
            spot = spots[int(np.argmax(away))]
            drawn.append(spot)
            room = float(distance[tuple(spot)])
            radius = room + 1.5 if careless else min(room - 0.8, rng.uniform(2.6, 5.0))
            polygons.append(_sketch(rng, spot[::-1] + 0.5, radius))
            names.append(name)
    return polygons, names


def _sketch(rng: Generator, centre: NDArray[np.float64], radius: float) -> BaseGeometry:
    """A polygon of five to eight corners clicked around `centre`."""
    corners = int(rng.integers(5, 9))
    angles = (np.arange(corners) + rng.uniform(-0.25, 0.25, corners)) * 2 * np.pi / corners
    distances = radius * rng.uniform(0.8, 1.0, corners)
    return shapely.polygons(centre + np.stack([np.cos(angles), np.sin(angles)], 1) * distances[:, None])


def write_samples(path: Path, polygons: Sequence[BaseGeometry], names: Sequence[str], crs: CRS) -> None:
    """A GeoPackage with the layer `samples`, its field `class` and, as QGIS stores it, a style with a colour per class.

    Raises `EnvironmentFailure` when the disk refuses.
    """
    # In a folder of its own, because the driver wants the file's extension and SQLite makes files beside it.
    with workshop(path) as folder:
        temporary = folder / path.name
        try:
            pyogrio.raw.write(
                temporary,
                shapely.to_wkb(np.asarray(polygons, object)),
                [np.asarray(names, object)],
                ["class"],
                geometry_type="Polygon",
                crs=crs.to_wkt(),
                driver="GPKG",
                layer=_LAYER,
            )
            with closing(sqlite3.connect(temporary)) as connection, connection:
                connection.execute(_STYLE_TABLE)
                connection.execute(
                    "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('layer_styles', 'attributes')"
                )
                connection.execute(
                    "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault)"
                    " VALUES (?, 'geom', 'classes', ?, 1)",
                    (_LAYER, _style()),
                )
            temporary.replace(path)
        except (OSError, DataSourceError, sqlite3.Error) as error:
            raise unwritable(path, error) from error


_STYLE_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT DEFAULT '',
f_table_schema TEXT DEFAULT '', f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT,
styleSLD TEXT DEFAULT '', useAsDefault BOOLEAN, description TEXT DEFAULT '', owner TEXT DEFAULT '', ui TEXT,
update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))"""


def _style() -> str:
    categories, symbols = [], []
    for number, (name, (red, green, blue)) in enumerate(CLASSES):
        label = f'"{escape(name)}"'
        categories.append(f'<category value={label} label={label} symbol="{number}" render="true"/>')
        symbols.append(
            f'<symbol type="fill" name="{number}" alpha="0.7"><layer class="SimpleFill" enabled="1"><Option type="Map">'
            f'<Option type="QString" name="color" value="{red},{green},{blue},255"/>'
            '<Option type="QString" name="outline_color" value="255,255,255,255"/>'
            '<Option type="QString" name="outline_width" value="0.4"/></Option></layer></symbol>'
        )
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.22" styleCategories="Symbology">'
        '<renderer-v2 type="categorizedSymbol" attr="class" enableorderby="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols></renderer-v2></qgis>"
    )
