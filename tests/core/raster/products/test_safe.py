"""ESA's products as downloaded: folder or zip, bands at 10, 20 and 60 m, clouds by the scene classification."""

import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.raster.products.safe import read_metadata
from mmearth_core.raster.scene import SceneOptions, open_scene
from mmearth_core.sentinel2 import BANDS, ENCODER_BANDS

SIZE = 384
RESOLUTION = {name: 20 if name == "B01" else band.gsd for name, band in BANDS.items() if name != "B10"} | {"SCL": 20}

XML = """<?xml version="1.0" encoding="UTF-8"?>
<n1:Level-2A_User_Product xmlns:n1="https://psd-15.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd"><n1:General_Info>
<Product_Info><PRODUCT_START_TIME>2023-06-10T10:16:09.024Z</PRODUCT_START_TIME>
<PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL><PROCESSING_BASELINE>05.09</PROCESSING_BASELINE></Product_Info>
<Product_Image_Characteristics><BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE>
<BOA_ADD_OFFSET_VALUES_LIST><BOA_ADD_OFFSET band_id="0">-1000</BOA_ADD_OFFSET>
<BOA_ADD_OFFSET band_id="1">-1000</BOA_ADD_OFFSET></BOA_ADD_OFFSET_VALUES_LIST></Product_Image_Characteristics>
</n1:General_Info></n1:Level-2A_User_Product>"""


def image(path: Path, data: np.ndarray, resolution: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    transform = Affine(resolution, 0, 600000, 0, -resolution, 5000000)
    with rasterio.open(
        path,
        "w",
        driver="JP2OpenJPEG",
        height=data.shape[0],
        width=data.shape[1],
        count=1,
        dtype=data.dtype,
        crs=CRS.from_epsg(32632),
        transform=transform,
        QUALITY="100",
        REVERSIBLE="YES",
    ) as dataset:
        dataset.write(data, 1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small L2A product with the +1000 offset, a no-data edge and a cloud."""
    name = "S2B_MSIL2A_20230610T101609_N0509_R065_T32TQM_20230610T133000"
    folder = tmp_path_factory.mktemp("été") / f"{name}.SAFE"
    images = folder / "GRANULE" / "L2A_T32TQM_A032700_20230610T101610" / "IMG_DATA"
    rng = np.random.default_rng(1)
    for band, resolution in RESOLUTION.items():
        size = SIZE * 10 // resolution
        data = rng.integers(1050, 5000, (size, size)).astype(np.uint16)
        data[:, : size // 8] = 0
        if band == "SCL":
            data = np.full((size, size), 4, np.uint8)
            data[size // 2 :, size // 2 :] = 9
            data[: size // 4, size // 2 :] = 6
        image(images / f"R{resolution}m" / f"T32TQM_20230610T101609_{band}_{resolution}m.jp2", data, resolution)
        if resolution == 10:
            coarse = data[::2, ::2]
            image(images / "R20m" / f"T32TQM_20230610T101609_{band}_20m.jp2", coarse, 20)
    image(images / "R10m" / "T32TQM_20230610T101609_TCI_10m.jp2", np.zeros((SIZE, SIZE), np.uint8), 10)
    (folder / "MTD_MSIL2A.xml").write_text(XML)
    return folder


def test_product_is_read_with_its_own_metadata(product: Path) -> None:
    scene = open_scene(product, wanted=ENCODER_BANDS)
    assert scene.bands == ENCODER_BANDS
    assert (scene.level, scene.offset, scene.scale) == ("l2a", -1000, 1e-4)
    assert scene.grid.shape == (SIZE, SIZE)
    assert str(scene.datetime) == "2023-06-10 10:16:09.024000+00:00"
    assert scene.name == product.stem
    with scene.reader() as reader:
        dn, valid = reader.read(scene.grid.window)
        part, _ = reader.read(Window(101, 37, 64, 100))
    np.testing.assert_array_equal(part, dn[:, 101:165, 37:137])
    np.testing.assert_array_equal(valid, np.broadcast_to(np.arange(SIZE) >= SIZE // 8, (SIZE, SIZE)))
    ten_metres = next(product.rglob("*_B02_10m.jp2"))
    with rasterio.open(ten_metres) as dataset:
        raw = dataset.read(1)
    np.testing.assert_array_equal(dn[1][valid], raw[valid] - 1000.0)
    # No-data at the edge must not darken the coarse bands beside it.
    assert dn[:, valid].min() >= 50


def test_clouds_are_excluded_on_request(product: Path) -> None:
    with open_scene(product, wanted=ENCODER_BANDS, options=SceneOptions(exclude_clouds=True)).reader() as reader:
        _, valid = reader.read(Window(0, 0, SIZE, SIZE))
    assert not valid[SIZE // 2 :, SIZE // 2 :].any()
    assert valid[: SIZE // 2, SIZE // 8 :].all()


def test_zip_metadata_file_and_parent_folder_give_the_same_scene(product: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mon produit.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in product.rglob("*"):
            archive.write(file, file.relative_to(product.parent))
    window = Window(90, 40, 70, 60)
    with open_scene(product, wanted=ENCODER_BANDS).reader() as reader:
        expected, _ = reader.read(window)
    for source in (packed, product / "MTD_MSIL2A.xml", product.parent):
        scene = open_scene(source, wanted=ENCODER_BANDS, options=SceneOptions(exclude_clouds=True))
        assert (scene.level, scene.offset) == ("l2a", -1000)
        with scene.reader() as reader:
            np.testing.assert_array_equal(reader.read(window)[0], expected)


def test_single_files_of_a_product_find_its_metadata(product: Path) -> None:
    files = sorted(product.rglob("R10m/*_B0*_10m.jp2"))
    scene = open_scene(files, wanted=("B02", "B03", "B04"))
    assert (scene.level, scene.offset, scene.bands) == ("l2a", -1000, ("B02", "B03", "B04"))


def test_readers_of_several_threads_agree(product: Path) -> None:
    """The JPEG 2000 driver is not safe when threads share a dataset; each reader opens its own."""
    scene = open_scene(product, wanted=ENCODER_BANDS)
    windows = [Window(r, c, 96, 96) for r in range(0, SIZE, 96) for c in range(0, SIZE, 96)]
    with scene.reader() as reader:
        expected = [reader.read(window)[0] for window in windows]
    wrong: list[int] = []

    def work(shift: int) -> None:
        with scene.reader() as reader:
            for i in range(len(windows)):
                k = (i + 4 * shift) % len(windows)
                if not np.array_equal(reader.read(windows[k])[0], expected[k]):
                    wrong.append(k)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_metadata_before_and_after_the_offset() -> None:
    old = XML.replace('<BOA_ADD_OFFSET band_id="0">-1000</BOA_ADD_OFFSET>', "")
    old = old.replace('<BOA_ADD_OFFSET band_id="1">-1000</BOA_ADD_OFFSET>', "").replace("05.09", "02.14")
    assert read_metadata(old.encode(), source="x").offsets[0].value == 0
    new = read_metadata(XML.encode(), source="x")
    assert (new.offsets[0].value, new.baselines[0].value, new.levels[0].value) == (-1000, 5.09, "l2a")
    assert new.authoritative
    l1c = XML.replace("BOA_ADD", "RADIO_ADD").replace("BOA_Q", "Q").replace("Level-2A<", "Level-1C<")
    found = read_metadata(l1c.encode(), source="x")
    assert (found.levels[0].value, found.offsets[0].value, found.scales[0].value) == ("l1c", -1000, 1e-4)


def test_damaged_and_hostile_products_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="download the product again"):
        read_metadata(b"<a>", source="MTD")
    bomb = b'<!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    with pytest.raises(MMEarthError, match="download the product again"):
        read_metadata(bomb, source="MTD")
    folder = tmp_path / "S2A_X.SAFE"
    folder.mkdir()
    with pytest.raises(MMEarthError, match="incomplete"):
        open_scene(folder, wanted=ENCODER_BANDS)
    (folder / "MTD_MSIL2A.xml").write_text(XML)
    with pytest.raises(MMEarthError, match="no band images"):
        open_scene(folder, wanted=ENCODER_BANDS)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(MMEarthError, match="broken.zip cannot be read as a zip"):
        open_scene(tmp_path / "broken.zip", wanted=ENCODER_BANDS)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(MMEarthError, match="holds no Sentinel-2 product"):
        open_scene(tmp_path / "other.zip", wanted=ENCODER_BANDS)


def test_l1c_has_no_scene_classification(product: Path, tmp_path: Path) -> None:
    folder = tmp_path / "S2B_MSIL1C_20230610T101609_N0509_R065_T32TQM_20230610T133000.SAFE"
    images = folder / "GRANULE" / "L1C_T32TQM" / "IMG_DATA"
    for file in product.rglob("*_20m.jp2"):
        band = file.stem.split("_")[2]
        if band not in {"SCL", "B01"} and BANDS[band].gsd == 20:
            images.mkdir(parents=True, exist_ok=True)
            (images / f"T32TQM_20230610T101609_{band}.jp2").write_bytes(file.read_bytes())
    (folder / "MTD_MSIL1C.xml").write_text(XML.replace("BOA_ADD", "RADIO_ADD").replace("Level-2A<", "Level-1C<"))
    scene = open_scene(folder, wanted=ENCODER_BANDS)
    assert (scene.level, scene.offset) == ("l1c", -1000)
    assert any("20 m on the ground" in text for text in scene.warnings)
    with pytest.raises(MMEarthError, match="no scene classification.*mask="):
        open_scene(folder, wanted=ENCODER_BANDS, options=SceneOptions(exclude_clouds=True))
