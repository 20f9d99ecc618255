"""What an input may refer to: files beside and below it. The rest of the disk and the network only when trusted, code
never; and what the user names himself is opened wherever it lies."""

import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core import trust
from mmearth_core.cli.command import main
from mmearth_core.errors import MMEarthError
from mmearth_core.raster import references
from mmearth_core.raster.opening import opened
from mmearth_core.raster.products.stac import item_product
from mmearth_core.raster.references import check_reference
from mmearth_core.vectors.reading import read_vector

ALLOW = "lies neither beside nor below it; if you know where it comes from, allow that with mmearth_core.trust"


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_trusted", set())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`own/` for inputs, with `own/below/a.tif`; `other/a.tif` elsewhere."""
    for place in ("own/below", "other"):
        (tmp_path / place).mkdir(parents=True)
        raster(tmp_path / place / "a.tif")
    return tmp_path


def raster(path: Path) -> Path:
    shape = {"count": 1, "height": 8, "width": 8, "dtype": "uint8", "crs": "EPSG:32630"}
    with rasterio.open(path, "w", driver="GTiff", transform=Affine(10, 0, 4e5, 0, -10, 5.8e6), **shape) as dataset:
        dataset.write(np.full((1, 8, 8), 7, np.uint8))
    return path


def band(source: str, *, relative: int = 1, more: str = "") -> str:
    return (
        f'<VRTRasterBand dataType="Byte" band="1" {more}><SimpleSource><SourceFilename relativeToVRT="{relative}">'
        f"{source}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
    )


def vrt(path: Path, inside: str, attributes: str = "") -> Path:
    place = "<SRS>EPSG:32630</SRS><GeoTransform>400000,10,0,5800000,0,-10</GeoTransform>"
    path.write_text(f'<VRTDataset rasterXSize="8" rasterYSize="8" {attributes}>{place}{inside}</VRTDataset>')
    return path


def read(name: str | Path) -> np.ndarray:
    with opened(name, wanted="a raster") as dataset:
        return dataset.read(1)


def refused(name: str | Path, said: str) -> None:
    with pytest.raises(MMEarthError, match=said):
        read(name)


def test_a_mosaic_of_what_lies_beside_and_below_is_read(folder: Path) -> None:
    vrt(folder / "own" / "below" / "in.vrt", band("a.tif"))
    for source in ("below/a.tif", "below/in.vrt", "below/../below/a.tif"):
        assert (read(vrt(folder / "own" / "m.vrt", band(source))) == 7).all()
    assert (read(vrt(folder / "own" / "m.vrt", band(str(folder / "own/below/a.tif"), relative=0))) == 7).all()


def test_a_mosaic_of_what_lies_elsewhere_is_read_when_it_is_trusted(folder: Path) -> None:
    path = vrt(folder / "own" / "m.vrt", band("../other/a.tif"))
    refused(path, ALLOW)
    trust(path)
    assert (read(path) == 7).all()
    refused(vrt(folder / "own" / "n.vrt", band("../other/a.tif")), ALLOW)  # another one is not trusted with it


def test_what_a_trusted_input_refers_to_is_trusted_with_it(folder: Path) -> None:
    vrt(folder / "other" / "in.vrt", band("../own/below/a.tif"))
    path = vrt(folder / "own" / "m.vrt", band("../other/in.vrt"))
    refused(path, "in.vrt")
    trust(folder / "own")
    assert (read(path) == 7).all()
    assert (read(folder / "other" / "in.vrt") == 7).all()


WAYS = {
    "absolute": band("OTHER/a.tif", relative=0),
    "by the working folder": band("other/a.tif", relative=0),
    "odd case": band("OTHER/a.tif").replace("SourceFilename", "sourcefilename"),
    "as an attribute": '<VRTRasterBand dataType="Byte" band="1"><SimpleSource SourceFilename="OTHER/a.tif">'
    "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>",
    "raw": '<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand"><SourceFilename relativeToVRT="0">'
    "/etc/passwd</SourceFilename><ImageOffset>0</ImageOffset></VRTRasterBand>",
    "derived": band("../other/a.tif", more='subClass="VRTDerivedRasterBand"'),
    "warped": "<GDALWarpOptions><SourceDataset relativeToVRT='1'>../other/a.tif</SourceDataset></GDALWarpOptions>",
    "overview": band("below/a.tif") + "<OverviewFile>../other/a.tif</OverviewFile>",
    "mask": f"<MaskBand>{band('../other/a.tif')}</MaskBand>{band('below/a.tif')}",
    "processed": "<ProcessingSteps><Step><Argument name='offset_dataset_filename_1'>OTHER/a.tif</Argument></Step>"
    "</ProcessingSteps>",
    "vrt://": band("vrt://OTHER/a.tif?bands=1", relative=0),
    "in a zip": band("/vsizip/OTHER/a.zip/a.tif", relative=0),
    "in braces": band("/vsizip/{OTHER/a.zip}/a.tif", relative=0),
    "a subdataset": band('NETCDF:"OTHER/a.nc":B02', relative=0),
    "a directory of a TIFF": band("GTIFF_DIR:1:OTHER/a.tif", relative=0),
    "inline": band("&lt;VRTDataset rasterXSize='8' rasterYSize='8'>&lt;VRTRasterBand dataType='Byte' band='1'>"
    "&lt;SimpleSource>&lt;SourceFilename>OTHER/a.tif&lt;/SourceFilename>&lt;/SimpleSource>&lt;/VRTRasterBand>"
    "&lt;/VRTDataset>"),
}  # fmt: skip
NETWORK = (
    "/vsicurl/http://127.0.0.1:9/a.tif",
    "http://127.0.0.1:9/a.tif",
    "/vsis3/bucket/a.tif",
    "WMS:http://127.0.0.1:9/",
)
NETWORK += ("/vsizip//vsicurl/http://127.0.0.1:9/a.zip/a.tif", "/vsizip/{/vsicurl/http://127.0.0.1:9/a.zip}/a.tif")
NETWORK += ("/vsitar/a.tar/a.tif", "/vsistdin/", "/vsisubfile/0_99,/etc/passwd", "NETCDF:http://127.0.0.1:9/a.nc:B02")


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_of_the_folder_is_overlooked(folder: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    kind = {"warped": 'subClass="VRTWarpedDataset"', "processed": 'subClass="VRTProcessedDataset"'}.get(way, "")
    path = vrt(folder / "own" / "m.vrt", WAYS[way].replace("OTHER", str(folder / "other")), kind)
    refused(path, "refers to .*if you know where it comes from, allow that")


@pytest.mark.parametrize("source", NETWORK)
def test_nothing_outside_the_disk_is_asked_for(folder: Path, source: str) -> None:
    refused(vrt(folder / "own" / "m.vrt", band(source, relative=0)), "refers to .*(network|archive)")


def test_a_raster_under_a_false_name_is_looked_into(folder: Path) -> None:
    path = vrt(folder / "own" / "m.vrt", band("../other/a.tif"))
    for name in ("m.tif", "m.img", "m"):
        refused(path.rename(path.with_name(name)), ALLOW)
        path = path.with_name(name)


def test_a_link_leads_no_further_than_a_name(folder: Path) -> None:
    (folder / "own" / "link.tif").symlink_to(folder / "other" / "a.tif")
    refused(vrt(folder / "own" / "m.vrt", band("link.tif")), ALLOW)


def test_a_mosaic_in_a_zip_stays_in_it(folder: Path) -> None:
    path = folder / "own" / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "own" / "below" / "a.tif", "in/a.tif")
        for name, source in (("good", "a.tif"), ("up", "../../below/a.tif"), ("out", f"{folder}/own/below/a.tif")):
            archive.writestr(f"in/{name}.vrt", vrt(folder / "x.vrt", band(source)).read_text())
    assert (read(f"/vsizip/{path}/in/good.vrt") == 7).all()
    for name in ("up", "out"):
        refused(f"/vsizip/{path}/in/{name}.vrt", ALLOW)


def test_code_in_a_vrt_is_never_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDAL_VRT_ENABLE_PYTHON", "YES")
    code = (
        "<PixelFunctionType>f</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>"
        f"<PixelFunctionCode>def f(*a, **k): open('{folder}/ran', 'w')</PixelFunctionCode>"
    )
    plain = band("below/a.tif", more='subClass="VRTDerivedRasterBand"')
    path = vrt(folder / "own" / "m.vrt", plain.replace("<SimpleSource>", f"{code}<SimpleSource>"))
    trust(path)
    refused(path, "holds code in Python, which is never run")
    assert not (folder / "ran").exists()


def test_a_mosaic_of_itself_is_told(folder: Path) -> None:
    refused(vrt(folder / "own" / "m.vrt", band("m.vrt")), "refers to itself")


def test_words_of_a_vrt_that_are_no_files_do_no_harm(folder: Path) -> None:
    tags = "<Metadata><MDI key='SOURCE'>https://example.org/a/b</MDI></Metadata><Description>a/../b</Description>"
    assert (read(vrt(folder / "own" / "m.vrt", tags + band("below/a.tif"))) == 7).all()


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what is asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def test_descriptions_of_services_are_refused_by_name_and_nothing_is_fetched(
    folder: Path, server: tuple[str, list[str]]
) -> None:
    address, asked = server
    wms = f"<GDAL_WMS><Service name='TMS'><ServerUrl>{address}/${{z}}</ServerUrl></Service></GDAL_WMS>"
    for text, name in ((wms, "WMS"), ("<GDALTileIndexDataset/>", "GTI"), ("<MRF_META/>", "MRF")):
        (folder / "own" / "x.tif").write_text(text)
        refused(folder / "own" / "x.tif", f"in the format {name}, which is not read here; if .* convert it to GeoTIFF")
    (folder / "own" / "a.tif.aux.xml").write_text(
        f'<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/{address}/o</MDI></Metadata>'
        "</PAMDataset>"
    )
    refused(raster(folder / "own" / "a.tif"), "refers to /vsicurl/.*network")
    refused(vrt(folder / "own" / "m.vrt", band(f"/vsicurl/{address}/a.tif", relative=0)), "network")
    assert not asked
    refused(f"/vsicurl/{address}/named.tif", "cannot be read")
    assert "/named.tif" in asked  # what the user names is asked for


def item(path: Path, href: str) -> Path:
    asset = {"href": href, "eo:bands": [{"name": "B02"}]}
    path.write_text(json.dumps({"type": "Feature", "stac_version": "1.0.0", "assets": {"b02": asset}}))
    return path


@pytest.mark.parametrize(
    "href",
    [
        *("OTHER/a.tif", "../other/a.tif", "file://OTHER/a.tif", "/vsicurl/http://127.0.0.1:9/a.tif", "s3://b/a.tif"),
        *("http://127.0.0.1:9/a.tif", "/vsicurl_streaming/http://127.0.0.1:9/a.tif", "/vsis3/b/a.tif"),
    ],
)
def test_an_item_leads_nowhere_else_unless_it_is_trusted(folder: Path, href: str) -> None:
    path = item(folder / "own" / "i.json", href.replace("OTHER", str(folder / "other")))
    with pytest.raises(MMEarthError, match=r"refers to .* \(its asset 'b02'\), which lies .* allow that"):
        item_product(str(path))
    trust(path)
    assert item_product(str(path)).bands["B02"].path.endswith("a.tif")


def test_an_item_beside_its_files_is_read(folder: Path) -> None:
    found = item_product(str(item(folder / "own" / "i.json", "./below/a.tif"))).bands
    assert found["B02"].path == str(folder / "own" / "below" / "a.tif")


@pytest.mark.parametrize("name", ["a\x00b.tif", "\ud800.tif", "x" * 300 + ".tif", "y/" * 3000, ""], ids=repr)
def test_names_that_are_none_are_told(folder: Path, name: str) -> None:
    try:
        check_reference(name, folder / "own" / "i.json")
    except MMEarthError as error:
        assert "no name of a file" in str(error) or "beside" in str(error)


def test_the_command_line_says_how_to_allow_it_and_does(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(vrt(folder / "own" / "m.vrt", band("../other/a.tif")))
    assert main(["info", path]) == 1
    assert "allow that with --trust." in capsys.readouterr().err
    assert main(["info", path, "--trust"]) == 0


@pytest.mark.parametrize("name", ["s.vrt", "s.gpkg", "s.geojson"])
def test_samples_that_are_described_elsewhere_are_refused(folder: Path, name: str) -> None:
    layer = '<OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.gpkg</SrcDataSource></OGRVRTLayer>'
    described = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for text in (described, "<wfs:FeatureCollection/>", f"# {described}"):
        (folder / "own" / name).write_text(text)
        with pytest.raises(MMEarthError, match="may describe data elsewhere .* convert it with ogr2ogr"):
            read_vector(folder / "own" / name)


def test_samples_in_a_zip_are_looked_into(folder: Path) -> None:
    with zipfile.ZipFile(folder / "own" / "s.zip", "w") as archive:
        archive.writestr("s.gpkg", "<OGRVRTDataSource/>")
    with pytest.raises(MMEarthError, match="may describe data elsewhere"):
        read_vector(folder / "own" / "s.zip")


def test_what_a_raster_within_a_product_refers_to_lies_beside_the_product(tmp_path: Path) -> None:
    name = f"SENTINEL2_L2A:{tmp_path}/MTD_MSIL2A.xml:10m:EPSG_32632"
    beside = f"{tmp_path}/MTD_MSIL2A.xml_10m_EPSG_32632.tif.ovr"
    assert check_reference(beside, name) == beside
    with pytest.raises(references.OutsideReferenceError, match="neither beside nor below"):
        check_reference("/etc/passwd", name)
