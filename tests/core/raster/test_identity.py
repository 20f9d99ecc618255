"""The digest covers whatever decides a pixel, however it is wrapped, and nothing else."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import rasterio.shutil
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster import identity
from mmearth_core.raster.identity import check_unchanged, decisive_files, identify, named_files
from mmearth_core.raster.references import trust
from mmearth_core.raster.scene import SceneOptions, open_scene

BANDS = ("B02", "B03", "B04", "B08")
KNOWN = SceneOptions(bands=BANDS, level="l2a", offset=0.0, scale=0.0001)
SIDE = 64


def pixels(seed: int = 0) -> NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(500, 3000, (len(BANDS), SIDE, SIDE)).astype(np.uint16)


def write(path: Path, data: NDArray[np.uint16], **options: object) -> Path:
    profile = {"driver": "GTiff", "height": SIDE, "width": SIDE, "crs": "EPSG:32632", "dtype": str(data.dtype)}
    profile |= {"count": len(data), "transform": from_origin(600_000, 5_500_000, 10, 10)}
    with rasterio.open(path, "w", **(profile | options)) as dataset:
        dataset.write(data)
    return path


def mosaic(path: Path, source: str, relative: int = 1, inside: str = "", kind: str = "SimpleSource") -> Path:
    """A VRT of all bands of one source."""
    bands = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{i}"><{kind}><SourceFilename relativeToVRT="{relative}">{source}'
        f"</SourceFilename><SourceBand>{i}</SourceBand>{inside}</{kind}></VRTRasterBand>"
        for i in range(1, len(BANDS) + 1)
    )
    head = f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}"><SRS>EPSG:32632</SRS>'
    path.write_text(f"{head}<GeoTransform>600000,10,0,5500000,0,-10</GeoTransform>{bands}</VRTDataset>")
    return path


def of_mosaics(folder: Path) -> str:
    mosaic(folder / "date.vrt", "a.tif")
    mosaic(folder / "month.vrt", "date.vrt")
    return str(mosaic(folder / "year.vrt", "month.vrt"))


def in_an_archive(folder: Path) -> str:
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.write(folder / "a.tif", "a.tif")
        archive.writestr("m.vrt", mosaic(folder / "inner.vrt", "a.tif").read_text())
    return f"/vsizip/{folder}/z.zip/m.vrt"


def of_an_archive(folder: Path) -> str:
    in_an_archive(folder)
    return str(mosaic(folder / "m.vrt", f"/vsizip/{{{folder}/z.zip}}/a.tif", relative=0))


def of_a_subdataset(folder: Path) -> str:
    return str(mosaic(folder / "m.vrt", f"GTIFF_DIR:1:{folder}/a.tif", relative=0))


def with_options(folder: Path) -> str:
    return f"vrt://{folder}/a.tif?bands=1,2,3,4"


def warped(folder: Path) -> str:
    mosaic(folder / "date.vrt", "a.tif")
    with rasterio.open(folder / "date.vrt") as source, WarpedVRT(source, crs="EPSG:32632") as dataset:
        rasterio.shutil.copy(dataset, folder / "w.vrt", driver="VRT")
    return str(folder / "w.vrt")


def of_raw_bytes(folder: Path) -> str:
    (folder / "raw.bin").write_bytes((folder / "a.tif").read_bytes()[-2 * len(BANDS) * SIDE * SIDE :])
    bands = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{i + 1}" subClass="VRTRawRasterBand">'
        f'<SourceFilename relativeToVRT="1">raw.bin</SourceFilename><ImageOffset>{i * 2 * SIDE * SIDE}</ImageOffset>'
        f"<PixelOffset>2</PixelOffset><LineOffset>{2 * SIDE}</LineOffset></VRTRasterBand>"
        for i in range(len(BANDS))
    )
    head = f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}"><SRS>EPSG:32632</SRS>'
    (folder / "raw.vrt").write_text(f"{head}<GeoTransform>600000,10,0,5500000,0,-10</GeoTransform>{bands}</VRTDataset>")
    return str(folder / "raw.vrt")


def of_an_index(folder: Path) -> str:
    """GDAL's tile index, of a mosaic."""
    mosaic(folder / "date.vrt", "a.tif")
    box = shapely.to_wkb(np.array([shapely.box(600_000, 5_500_000 - 10 * SIDE, 600_000 + 10 * SIDE, 5_500_000)]))
    names = np.array([str(folder / "date.vrt")], object)
    pyogrio.raw.write(folder / "i.gpkg", box, [names], ["location"], geometry_type="Polygon", crs="EPSG:32632")
    trust(folder)  # an index is read only then
    return f"GTI:{folder}/i.gpkg"


WRAPPED = (of_mosaics, of_a_subdataset, with_options, warped, of_raw_bytes, of_an_index, in_an_archive, of_an_archive)


def digest(source: str | Path, options: SceneOptions = KNOWN) -> str:
    return identify(open_scene(source, wanted=BANDS, options=options)).digest


@pytest.mark.parametrize("wrap", WRAPPED)
def test_a_changed_pixel_is_noticed_through_whatever_wraps_it(wrap: Callable[[Path], str], tmp_path: Path) -> None:
    write(tmp_path / "a.tif", pixels())
    source = wrap(tmp_path)
    before = digest(source)
    assert digest(source) == before
    write(tmp_path / "a.tif", pixels(1))
    assert digest(source if wrap in WRAPPED[:4] + WRAPPED[5:6] else wrap(tmp_path)) != before


def test_the_digest_belongs_to_the_content_not_the_place(tmp_path: Path) -> None:
    data = pixels()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = write(tmp_path / "a" / "s.tif", data)
    other = write(tmp_path / "b" / "other name.tif", data)
    assert digest(first) == digest(other)
    data[0, 0, 0] += 1
    assert digest(write(other, data)) != digest(first)
    assert digest(first, replace(KNOWN, level="l1c")) != digest(first)


def test_a_mosaic_is_the_same_from_another_working_folder(tmp_path, monkeypatch) -> None:
    write(tmp_path / "a.tif", pixels())
    of_mosaics(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere" / "a.tif", pixels(5))
    before = digest(tmp_path / "year.vrt")
    for folder, name in ((tmp_path, "year.vrt"), (tmp_path / "elsewhere", "../year.vrt")):
        monkeypatch.chdir(folder)
        assert digest(name) == before


def test_a_mask_beside_a_source_of_a_mosaic_counts(tmp_path: Path) -> None:
    source = write(tmp_path / "a.tif", pixels())
    mosaic(tmp_path / "m.vrt", "a.tif", kind="ComplexSource", inside="<UseMaskBand>true</UseMaskBand>")
    before = digest(tmp_path / "m.vrt")
    write(tmp_path / "a.tif.msk", np.full((1, SIDE, SIDE), 255, np.uint8))
    assert str(source) + ".msk" in decisive_files([tmp_path / "m.vrt"])
    assert digest(tmp_path / "m.vrt") != before


def test_looking_at_a_raster_in_another_program_changes_nothing(tmp_path: Path) -> None:
    """QGIS leaves statistics and overviews beside what it shows."""
    source = write(tmp_path / "a.tif", pixels())
    before = digest(source)
    found = '<PAMRasterBand band="1"><Description>B02</Description>'
    found += "<Histograms><HistItem><HistMin>1</HistMin></HistItem></Histograms>"
    found += '<Metadata><MDI key="STATISTICS_MEAN">7</MDI></Metadata>{}</PAMRasterBand>'
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset>{found.format('')}</PAMDataset>")
    (tmp_path / "a.tif.ovr").write_bytes(b"of another time")
    assert digest(source) == before
    nodata = "<NoDataValue>1234</NoDataValue>"
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset>{found.format(nodata)}</PAMDataset>")
    assert digest(source) != before


def test_the_middle_of_a_large_file_counts(tmp_path: Path, monkeypatch) -> None:
    source = write(tmp_path / "a.tif", pixels())
    monkeypatch.setattr(identity, "_LARGE", 4096)
    before = digest(source)
    changed = bytearray(source.read_bytes())
    changed[len(changed) // 2 + 500] ^= 1
    source.write_bytes(changed)
    assert digest(source) != before


def test_of_more_than_can_be_read_the_time_of_change_counts(tmp_path: Path, monkeypatch) -> None:
    source = write(tmp_path / "a.tif", pixels())
    monkeypatch.setattr(identity, "_LARGE", 4096)
    monkeypatch.setattr(identity, "_WHOLE", 4096)
    before = digest(source)
    assert digest(source) == before
    shutil.copyfile(source, tmp_path / "b.tif")
    (tmp_path / "b.tif").replace(source)
    assert digest(source) != before


def test_what_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", pixels())
    scene = open_scene(of_mosaics(tmp_path), wanted=BANDS, options=KNOWN)
    known, token = identify(scene), CancelToken()
    check_unchanged(scene, known, token)
    (tmp_path / "a.tif").touch()
    check_unchanged(scene, known, token)  # the same content at another time
    write(tmp_path / "a.tif", pixels(1))
    with pytest.raises(MMEarthError, match=r"a\.tif changed while it was being read; nothing was written"):
        check_unchanged(scene, known, token)


def test_a_long_look_can_be_cancelled(tmp_path: Path) -> None:
    scene, token = open_scene(write(tmp_path / "a.tif", pixels()), wanted=BANDS, options=KNOWN), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        identify(scene, token)


def test_files_are_found_in_the_names_gdal_has_for_them(tmp_path: Path) -> None:
    file = tmp_path / "a b.nc"
    file.write_bytes(b"CDF")
    named = (
        *(
            str(file),
            f'NETCDF:"{file}":red',
            f"HDF5:{file}://red",
            f"/vsizip/{{{file}}}/x/y.tif",
            f"/vsizip/{file}/y.tif",
        ),
        *(f"/vsitar//vsigzip/{file}", f"/vsisubfile/0_100,{file}", f"vrt://{file}?bands=1", f"GTI:{file}"),
    )
    assert [named_files(text) for text in named] == [[str(file)]] * len(named)
    assert named_files('NETCDF:"a b.nc":red', tmp_path) == [str(file)]
    assert not named_files("/vsicurl/http://127.0.0.1/a.nc") and not named_files("EPSG:32632") and not named_files("")


def test_a_folder_that_is_a_raster_counts_with_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "z.zarr" / "red").mkdir(parents=True)
    (tmp_path / "z.zarr" / ".zgroup").write_text(json.dumps({"zarr_format": 2}))
    (tmp_path / "z.zarr" / "red" / "0.0").write_bytes(b"pixels")
    assert str(tmp_path / "z.zarr" / "red" / "0.0") in named_files(f'ZARR:"{tmp_path}/z.zarr":/red')
