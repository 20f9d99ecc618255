"""Make the pictures and the printed text of docs/five-minutes.md by running the demo: python docs/make_pictures.py

With the folder of a finished demo as argument, only the pictures. Writes docs/images/*.png, each below 400 kB.
"""

import contextlib
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize
from rasterio.io import MemoryFile

from mmearth_core.demonstration.run import demo
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import CONFIDENCE_RAMP
from mmearth_core.raster.pictures import Picture, paletted, ramp, true_colour
from mmearth_core.sources.embedding import open_embedding
from mmearth_core.sources.picture import false_colour
from mmearth_core.vectors.reading import class_names, read_vector

IMAGES = Path(__file__).absolute().parent / "images"
#: The page, and its translations.
PAGES = [IMAGES.with_name("five-minutes.md"), *sorted(IMAGES.parent.glob("??/five-minutes.md"))]
LONGEST = 640
LARGEST = 400_000


def main() -> int:
    """Run the demo unless a folder is given, and draw."""
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    if len(sys.argv) > 1:
        draw(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            result = demo(output="demo-output")
            draw(Path("demo-output"))
        for name, text in (("demo", str(result)), ("fit", str(result.fit)), ("assess", str(result.accuracy))):
            quote(name, text)
    return 0


def draw(folder: Path) -> None:
    """All pictures of the page, from the files of a demo."""
    IMAGES.mkdir(exist_ok=True)
    class_map = ClassMap.open(folder / "map.tif")
    colours = {c.value: c.colour for c in class_map.legend.classes}
    scene = true_colour(folder / "scene.tif", longest=LONGEST)
    save("scene", encoded(with_samples(scene, folder / "samples.gpkg", class_map)))
    save("embedding", encoded(pixels(false_colour(open_embedding(folder / "embedding.tif"), longest=LONGEST))))
    save("map", paletted(class_map.path, colours, longest=LONGEST).png)
    save("confidence", ramp(folder / "confidence.tif", CONFIDENCE_RAMP, low=0, high=1, longest=LONGEST).png)


def pixels(picture: Picture) -> NDArray[np.uint8]:
    """(4, height, width) of a picture, its colours in 32 steps: the eye misses nothing and the file is smaller."""
    with MemoryFile(picture.png) as memory, memory.open() as dataset:
        data: NDArray[np.uint8] = dataset.read()
    data[:3] = np.minimum(data[:3].astype(int) + 4, 255) & 0xF8
    return data


def with_samples(picture: Picture, samples: Path, class_map: ClassMap) -> NDArray[np.uint8]:
    """The picture with the sample polygons in the colours of their classes, outlined in white."""
    data = pixels(picture)
    vector = read_vector(samples, field="class")
    colours = {c.name: c.colour for c in class_map.legend.classes}
    factor = picture.width / picture.raster_width
    for geometry, name in zip(vector.in_pixels(class_map.grid), class_names(vector, "class"), strict=True):
        shape = shapely.transform(geometry, lambda xy: xy * factor)
        for outline, colour in ((shape.buffer(2.6), (255, 255, 255)), (shape.buffer(1), colours[name or ""])):
            inside = rasterize([outline], out_shape=data.shape[1:]) > 0
            data[:3, inside] = np.array(colour, np.uint8)[:, None]
    return data


def encoded(data: NDArray[np.uint8]) -> bytes:
    """PNG of (4, height, width)."""
    profile = {"driver": "PNG", "count": 4, "height": data.shape[1], "width": data.shape[2], "dtype": "uint8"}
    with MemoryFile() as memory:
        with memory.open(**profile, zlevel=9) as dataset:
            dataset.write(data)
        png: bytes = memory.read()
        return png


def save(name: str, png: bytes) -> None:
    """Write docs/images/NAME.png and refuse one that is too large for a page."""
    path = IMAGES / f"{name}.png"
    if len(png) > LARGEST:
        raise SystemExit(f"{path} would have {len(png)} bytes, more than {LARGEST}; make LONGEST smaller.")
    path.write_bytes(png)
    sys.stdout.write(f"{path.name}: {len(png) / 1000:.0f} kB\n")


def quote(name: str, text: str) -> None:
    """Put printed text between the page's marks for it, in every language."""
    begin, end = f"<!-- printed by {name} -->\n", f"<!-- end of {name} -->"
    for page in PAGES:
        before, rest = page.read_text(encoding="utf-8").split(begin)
        after = rest.split(end)[1]
        page.write_text(f"{before}{begin}```text\n{text}\n```\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
