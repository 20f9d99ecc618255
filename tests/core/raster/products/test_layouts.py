"""Layouts in which people get Sentinel-2: each is opened with the right bands, or refused with the true reason."""

import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from small_products import BANDS, SIDE, values

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.raster.scene import AS_IT_IS, Scene, SceneOptions, open_scene
from mmearth_core.raster.scene_files import Inputs, collect
from mmearth_core.sentinel2 import ENCODER_BANDS

Writer = Callable[..., Path]
KNOWN = SceneOptions(level="l2a", offset=0, scale=1e-4)
NEW = "S2A_MSIL2A_20210512T101601_N0301_R065_T32UPV_20210512T162101"
OLD = "S2A_OPER_PRD_MSIL1C_PDMC_20161130T025434_R058_V20161127T231132_20161127T231132"
XML = (
    "<P><PROCESSING_LEVEL>Level-{}</PROCESSING_LEVEL><PROCESSING_BASELINE>03.01</PROCESSING_BASELINE>"
    "<QUANTIFICATION_VALUE>10000</QUANTIFICATION_VALUE></P>"
)


def safe(root: Path, write: Writer, *, granules: tuple[str, ...] = ("L2A_T32UPV_A030768",), old: bool = False) -> Path:
    for granule in granules:
        for band in BANDS:
            name = f"S2A_OPER_MSI_L1C_TL_T32UPV_{band}.jp2" if old else f"R10m/T32UPV_20210512T101601_{band}_10m.jp2"
            write(root / "GRANULE" / granule / "IMG_DATA" / name, band)
    mtd = f"S2A_OPER_MTD_SAFL1C_{OLD[20:]}.xml" if old else "MTD_MSIL2A.xml"
    (root / mtd).write_text(XML.format("1C" if old else "2A"))
    return root


def opened(source: Any, options: SceneOptions = AS_IT_IS) -> Scene:
    """The scene, whose bands have the values written for them."""
    scene = open_scene(source, wanted=ENCODER_BANDS, options=options)
    assert scene.bands == BANDS
    with scene.reader() as reader:
        dn, _ = reader.read(Window(0, 0, SIDE, SIDE))
    np.testing.assert_array_equal(dn, [values(band) for band in BANDS])
    return scene


def pack(folder: Path, archive: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.rglob("*"):
            packed.write(file, prefix + str(file.relative_to(folder.parent)))
    return archive


def test_a_product_in_a_folder_of_a_zip_in_a_tar_and_by_its_granule(tmp_path: Path, band_file: Writer) -> None:
    root = safe(tmp_path / "in" / f"{NEW}.SAFE", band_file)
    granule = root / "GRANULE" / "L2A_T32UPV_A030768"
    for other in (root / "manifest.safe", granule / "MTD_TL.xml"):
        other.write_text("<a/>")
    for source in (
        pack(root, tmp_path / "nested.zip", "download/"),
        pack(root, tmp_path / "deeper.zip", "a/b/"),
        root.parent,
        granule,
        granule / "IMG_DATA",
        granule / "IMG_DATA" / "R10m",
        granule.parent,
        root / "manifest.safe",
        granule / "MTD_TL.xml",
    ):
        scene = opened(source)
        assert (scene.level, scene.offset) == ("l2a", 0), source


def test_a_product_of_the_old_naming(tmp_path: Path, band_file: Writer) -> None:
    root = safe(tmp_path / f"{OLD}.SAFE", band_file, granules=("S2A_OPER_MSI_L1C_TL_T32UPV_N02.04",), old=True)
    scene = opened(root)
    assert (scene.level, scene.offset, scene.scale) == ("l1c", 0, 1e-4)
    assert opened(pack(root, tmp_path / "old.zip")).level == "l1c"
    two = safe(tmp_path / "two.SAFE", band_file, granules=("A_T32UPV", "B_T32UQV"), old=True)
    with pytest.raises(MMEarthError, match="2 granules.*name its folder"):
        collect(two)
    assert opened(two / "GRANULE" / "B_T32UQV").level == "l1c"


def test_archives_that_cannot_be_read_are_told_why(tmp_path: Path, band_file: Writer) -> None:
    root = safe(tmp_path / f"{NEW}.SAFE", band_file)
    encrypted = pack(root, tmp_path / "encrypted.zip")
    content = bytearray(encrypted.read_bytes())
    # The flag of encryption stands at 6 and at 8, the name at 30 and at 46, its length at 26 and at 28.
    for signature, flag, length, name in ((b"PK\x03\x04", 6, 26, 30), (b"PK\x01\x02", 8, 28, 46)):
        at = content.find(signature)
        while at >= 0:
            if b".jp2" in content[at + name : at + name + content[at + length]]:
                content[at + flag] |= 1
            at = content.find(signature, at + 4)
    encrypted.write_bytes(content)
    with pytest.raises(MMEarthError, match=r"encrypted\.zip is encrypted .*password.*unpack it first"):
        collect(encrypted)
    with zipfile.ZipFile(tmp_path / "lzma.zip", "w", zipfile.ZIP_LZMA) as odd:
        odd.write(root / "MTD_MSIL2A.xml", f"{NEW}.SAFE/MTD_MSIL2A.xml")
    with pytest.raises(MMEarthError, match=r"lzma\.zip is .* packed in a way.*method 14"):
        collect(tmp_path / "lzma.zip")
    with tarfile.open(tmp_path / "whole.tar.gz", "w:gz") as packed:
        packed.add(root, root.name)
    with pytest.raises(MMEarthError, match="is a tar archive.*unpack it first"):
        collect(tmp_path / "whole.tar.gz")
    with zipfile.ZipFile(tmp_path / "order.zip", "w") as order:
        order.writestr("a/S2A.zip", b"PK")
    with pytest.raises(MMEarthError, match=r"order\.zip holds other archives \(a/S2A\.zip\); unpack it"):
        collect(tmp_path / "order.zip")
    both = pack(root, tmp_path / "both.zip")
    with zipfile.ZipFile(both, "a") as archive:
        archive.writestr("S2A_MSIL1C_X.SAFE/MTD_MSIL1C.xml", XML.format("1C"))
    with pytest.raises(MMEarthError, match="holds 2 products.*S2A_MSIL1C_X"):
        collect(both)


def test_huge_metadata_is_refused_by_its_size(tmp_path: Path, band_file: Writer) -> None:
    """60 MB of empty elements took half a minute and 1.4 GB."""
    root = safe(tmp_path / f"{NEW}.SAFE", band_file)
    with (root / "MTD_MSIL2A.xml").open("w") as file:
        file.write("<P>" + "<a/>" * 2_000_000 + "</P>")
    with pytest.raises(MMEarthError, match="too large for a product's metadata"):
        collect(root)


def test_folders_and_zips_of_single_bands(tmp_path: Path, band_file: Writer) -> None:
    aws = tmp_path / "aws"
    for band in BANDS:
        for resolution in (10, 20):
            band_file(aws / f"R{resolution}m" / f"{band}.jp2", band, resolution=resolution)
    (aws / "tileInfo.json").write_text(json.dumps({"productName": NEW}))
    scene = opened(aws)
    assert (scene.level, scene.offset) == ("l2a", 0)
    assert any(f"tileInfo.json ({NEW})" in text for text in scene.evidence)
    flat = tmp_path / "browser"
    for band in BANDS:
        band_file(flat / f"2023-05-12-00_00_Sentinel-2_L2A_{band}_(Raw).tiff", band)
    for source in (aws, flat, pack(flat, tmp_path / "browser.zip"), pack(aws, tmp_path / "aws.zip")):
        opened(source, KNOWN)
    force = tmp_path / "force"
    for band, name in zip(BANDS, ("BLU", "GRN", "RED", "BNR"), strict=True):
        band_file(force / f"2018-2019_001-365_LEVEL4_TSA_SEN2A_{name}.tif", band)
    opened(force, KNOWN)


def test_a_folder_of_earth_search_names_what_it_leaves_out(tmp_path: Path, band_file: Writer) -> None:
    names = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "wvp": "wvp", "visual": "visual", "aot": "aot"}
    for band, name in names.items():
        band_file(tmp_path / f"{name}.tif", band)
    scene = opened(tmp_path, KNOWN)
    assert any("wvp.tif" in text and "visual.tif" in text for text in scene.evidence)


def test_files_of_several_dates_are_no_scene(tmp_path: Path, band_file: Writer) -> None:
    days = ("20210512", "20210512", "20210601", "20210601")
    for band, day in zip(BANDS, days, strict=True):
        band_file(tmp_path / f"T32UPV_{day}T101601_{band}_10m.jp2", band)
    for source in (tmp_path, sorted(tmp_path.iterdir())):
        with pytest.raises(MMEarthError, match=r"2 dates \(.* of 20210512, .* of 20210601\); give those of one"):
            collect(source)
    names = tuple(f"{day}_{band}" for band, day in zip(BANDS, days, strict=True))
    stack = band_file(tmp_path / "stack.tif", "", data=np.stack([values(band) for band in BANDS]), names=names)
    with pytest.raises(MMEarthError, match=r"bands of .*stack.tif are of 2 dates"):
        collect(stack)
    assert set(collect(stack, bands=BANDS).bands) == set(BANDS)


def test_landsat_in_a_folder_or_a_file_is_refused(tmp_path: Path, band_file: Writer) -> None:
    for band in ("B02", "B03", "B04", "B05", "B06"):
        band_file(tmp_path / f"HLS.L30.T32UPV.2021133T101601.v2.0.{band}.tif", band)
    with pytest.raises(MMEarthError, match="is of Landsat"):
        collect(tmp_path)
    stack = np.stack([values(band) for band in BANDS])
    path = band_file(tmp_path / "x.tif", "", data=stack, names=("B02", "B03", "B04", "B05"), resolution=10)
    with pytest.raises(MMEarthError, match="another mission's"):
        collect(path)
    assert set(collect(path, bands=["B02", "B03", "B04", "B05"]).bands) == {"B02", "B03", "B04", "B05"}


def test_parts_of_an_export_are_joined_first(tmp_path: Path, band_file: Writer) -> None:
    stack = np.stack([values(band) for band in BANDS])
    parts = [
        band_file(tmp_path / f"export-0000000000-{col:010}.tif", "", data=stack, names=BANDS) for col in (0, 23296)
    ]
    for source in (parts, tmp_path):
        with pytest.raises(MMEarthError, match="parts of one large export; join them with gdalbuildvrt"):
            collect(source)
    assert "one of 2 parts of an export" in " ".join(collect(parts[0]).notes)


def test_what_is_not_used_is_named(tmp_path: Path, band_file: Writer) -> None:
    names = (*BANDS, "B10", "NDVI")
    stack = np.stack([values(band) for band in names])
    path = band_file(tmp_path / "s2_stack.tif", "", data=stack, names=names)
    found: Inputs = collect(path, wanted=ENCODER_BANDS)
    assert "Not used: band 6 'NDVI', B10." in found.notes


def theia(root: Path, write: Writer, kinds: tuple[str, ...] = ("FRE", "SRE")) -> Path:
    for kind in kinds:
        for band in BANDS:
            data = values(band).astype(np.int16) + (0 if kind == "FRE" else 7)
            data[0, 0] = -10000
            write(root / f"{root.name}_{kind}_B{int(band[1:])}.tif", band, data=data)
    (root / f"{root.name}_MTD_ALL.xml").write_text(
        "<M><SPECIAL_VALUE name='nodata'>-10000</SPECIAL_VALUE>"
        "<REFLECTANCE_QUANTIFICATION_VALUE>10000</REFLECTANCE_QUANTIFICATION_VALUE></M>"
    )
    return root


def test_theia_takes_one_kind_of_reflectance_and_its_nodata(tmp_path: Path, band_file: Writer) -> None:
    root = theia(tmp_path / "SENTINEL2A_20210512-101601-000_L2A_T32UPV_C_V2-2", band_file)
    for source in (root, root / f"{root.name}_MTD_ALL.xml", pack(root, tmp_path / "theia.zip")):
        scene = open_scene(source, wanted=ENCODER_BANDS)
        assert (scene.level, scene.offset, scene.scale) == ("l2a", 0, 1e-4)
        assert str(scene.datetime) == "2021-05-12 10:16:01+00:00"
        assert any("Reflectance FRE" in text and "left out: SRE" in text for text in scene.evidence)
        with scene.reader() as reader:
            dn, valid = reader.read(scene.grid.window)
        assert collect(source).bands["B02"][0].nodata == (-10000,)
        assert not valid[0, 0]
        assert valid.sum() == valid.size - 1
        np.testing.assert_array_equal(dn[0][valid], values("B02")[valid])
    mixed = [
        root / f"{root.name}_{kind}_B{band}.tif" for kind, band in (("SRE", 2), ("FRE", 3), ("FRE", 4), ("FRE", 8))
    ]
    with pytest.raises(MMEarthError, match=r"2 corrections of reflectance \(.* of FRE, .* of SRE\); give those of one"):
        collect(mixed)
    venus = theia(tmp_path / "VENUS-XS_20210512-101601-000_L2A_KHUMBU_C_V2-2", band_file)
    with pytest.raises(MMEarthError, match="is of VENµS"):
        collect(venus)


def dimap(
    dim: Path, write: Writer, bands: tuple[str, ...] = BANDS, wavelengths: tuple[int, ...] = (490, 560, 665, 842)
) -> Path:
    infos = ""
    for band, wavelength in zip(bands, wavelengths, strict=True):
        name = f"B{band[1:].lstrip('0')}"
        write(dim.with_suffix(".data") / f"{name}.img", band, driver="ENVI")
        infos += (
            f"<Spectral_Band_Info><BAND_NAME>{name}</BAND_NAME><BAND_WAVELENGTH>{wavelength}.0</BAND_WAVELENGTH>"
            "<SCALING_FACTOR>1.0E-4</SCALING_FACTOR><SCALING_OFFSET>0.0</SCALING_OFFSET>"
            "<LOG10_SCALED>false</LOG10_SCALED><NO_DATA_VALUE_USED>true</NO_DATA_VALUE_USED>"
            "<NO_DATA_VALUE>0.0</NO_DATA_VALUE></Spectral_Band_Info>"
        )
    dim.write_text(f"<D><Production><PRODUCT_TYPE>S2_MSI_Level-2A</PRODUCT_TYPE></Production>{infos}</D>")
    return dim


def test_snap_products(tmp_path: Path, band_file: Writer) -> None:
    dim = dimap(tmp_path / "subset_of_s2.dim", band_file)
    for source in (dim, dim.with_suffix(".data")):
        scene = opened(source, SceneOptions(offset=0))
        assert (scene.level, scene.scale) == ("l2a", 1e-4)
    olci = dimap(tmp_path / "other.dim", band_file, wavelengths=(490, 560, 665, 865))
    with pytest.raises(MMEarthError, match="named as B08 but has a wavelength of 865 nm"):
        collect(olci)
    (dim.with_suffix(".data") / "B2.img").unlink()
    with pytest.raises(MMEarthError, match=r"describes B2, but .*B2\.img is missing"):
        collect(dim)


def stated(path: Path, write: Writer, names: tuple[str, ...], scales: list[float], offsets: list[float]) -> Path:
    data = np.stack([values(name) + 1000 for name in names])
    write(path, "", data=data, names=names, nodata=0)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = scales, offsets
        dataset.update_tags(PROCESSING_LEVEL="L2A")
    return path


def test_scale_and_offset_hold_for_the_bands_they_are_set_on(tmp_path: Path, band_file: Writer) -> None:
    """Exports of Collection-1 items set them on the reflectances and not on the layers beside them."""
    for layers in (("SCL",), ("AOT", "WVP"), ("B10",)):
        path = tmp_path / f"with_{layers[0]}.tif"
        stated(path, band_file, (*BANDS, *layers), [1e-4] * 4 + [1] * len(layers), [-0.1] * 4 + [0] * len(layers))
        scene = open_scene(path, wanted=ENCODER_BANDS)
        assert (scene.scale, scene.offset) == (1e-4, -1000)


def test_bands_of_different_offsets_or_scales_are_asked_about(tmp_path: Path, band_file: Writer) -> None:
    path = stated(tmp_path / "offsets.tif", band_file, BANDS, [1e-4] * 4, [-0.1, -0.1, 0, 0])
    with pytest.raises(MMEarthError, match="contradictory offsets.*B02, B03.*B04, B08.*offset="):
        open_scene(path, wanted=ENCODER_BANDS)
    assert open_scene(path, wanted=ENCODER_BANDS, options=SceneOptions(offset=-1000)).offset == -1000
    path = stated(tmp_path / "scales.tif", band_file, BANDS, [1e-4, 1e-4, 1, 1], [0] * 4)
    with pytest.raises(MMEarthError, match="contradictory scales.*B02, B03.*B04, B08.*scale="):
        open_scene(path, wanted=ENCODER_BANDS)


def test_the_product_gives_an_offset_per_band(tmp_path: Path, band_file: Writer) -> None:
    root = safe(tmp_path / f"{NEW}.SAFE", band_file)
    lines = "".join(f'<BOA_ADD_OFFSET band_id="{i}">{-1000 if i != 10 else 0}</BOA_ADD_OFFSET>' for i in range(13))
    (root / "MTD_MSIL2A.xml").write_text(XML.format("2A").replace("</P>", f"{lines}</P>"))
    assert [each.value for each in collect(root).metadata.offsets] == [-1000]
    (root / "MTD_MSIL2A.xml").write_text(XML.format("2A").replace("</P>", f"{lines.replace('-1000', '-900', 1)}</P>"))
    with pytest.raises(MMEarthError, match="contradictory offsets"):
        open_scene(root, wanted=ENCODER_BANDS)
