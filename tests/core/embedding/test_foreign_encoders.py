"""Anybody's encoder with a card is embedded with like ours; what a card does not say is asked for, in one sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

pytest.importorskip("onnx")

import onnx
from foreign_networks import BANDS, CARD, DIMENSIONS, STRIDE, Graph, convolutions, normed, pooled, with_card
from onnx import TensorProto, helper

from mmearth_core.embedding.arrays import embed_array
from mmearth_core.embedding.backends import open_backend
from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.forecast import inspect
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.ranges import ranges
from mmearth_core.encoder.foreign.backend import enlarged
from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import info, weights_info
from mmearth_core.progress import Silent
from mmearth_core.sources.embedding import open_embedding
from mmearth_core.sources.stack import Stack, with_columns_of_all


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A network of others with its card."""
    return with_card(convolutions(tmp_path / "theirs.onnx"))


def values_of(path: Path) -> np.ndarray:
    raster = EmbeddingRaster.open(path)
    with rasterio.open(path) as dataset:
        stored = dataset.read()
    return np.where(raster.valid(stored), raster.decode(stored), np.nan)


def unclipped(*paths: Path) -> np.ndarray:
    """Where numbers are inside of the range of every raster."""
    inside = np.True_
    for path in paths:
        with rasterio.open(path) as dataset:
            stored = dataset.read()
        inside = inside & (stored > 1) & (stored < 255)
    return inside


def refused(model: Path, *said: str) -> None:
    with pytest.raises(MMEarthError) as caught:
        open_backend(model)
    assert all(each in str(caught.value) for each in (model.stem, *said)), str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


def by_hand(model: Path, scene: Path) -> np.ndarray:
    """What the network gives for the whole scene at once, enlarged with another implementation."""
    import onnxruntime
    from scipy.ndimage import zoom

    with rasterio.open(scene) as dataset:
        dn = np.stack([dataset.read(dataset.descriptions.index(name) + 1) for name in BANDS]).astype(np.float64)
    mean, std = (np.array(CARD[name])[:, None, None] for name in ("mean", "std"))
    pixels = np.where(dn[:1] > 0, (dn - mean) / std, 0).astype(np.float32)
    found = onnxruntime.InferenceSession(model).run(None, {"pixels": pixels[None]})[0][0]
    for _ in range(2):
        found = np.stack([zoom(each, 2, order=1, mode="nearest", grid_mode=True) for each in found])
    return found


def test_a_network_of_others_runs_like_ours(theirs, scene, tmp_path):
    result = embed(scene=scene, output=tmp_path / "emb.tif", model=theirs)
    raster = EmbeddingRaster.open(tmp_path / "emb.tif")
    found, exact = values_of(tmp_path / "emb.tif"), by_hand(theirs, scene)
    assert found.shape == (DIMENSIONS, 300, 280) and result.model_name == "theirs"
    assert (result.tile, result.halo, raster.halo) == (48, 8, 8)
    inside = unclipped(tmp_path / "emb.tif")
    error = np.abs(found - exact) / np.array(raster.scales)[:, None, None]
    assert error[inside].max() < 0.51 and inside.mean() > 0.8
    assert 0 < result.clipped_share < 0.002
    told = json.loads((tmp_path / "emb.stac.json").read_text())["properties"]
    assert told["mmearth:encoder"]["licence"] == "CC-BY-4.0"
    assert told["mmearth:quantisation"] == raster.provenance["quantisation"]
    assert told["mmearth:quantisation"]["found_on"] == "scene" and told["mmearth:quantisation"]["pixels"] > 10_000
    assert open_embedding(tmp_path / "emb.tif").identity == open_backend(theirs).header.model_id


def test_it_is_the_same_in_any_tiling_and_goes_on_where_it_was_stopped(theirs, scene, tmp_path):
    embed(scene=scene, output=tmp_path / "a.tif", model=theirs)
    embed(scene=scene, output=tmp_path / "b.tif", model=theirs, tile=128)
    a, b = values_of(tmp_path / "a.tif"), values_of(tmp_path / "b.tif")
    steps = np.array(EmbeddingRaster.open(tmp_path / "a.tif").scales)[:, None, None]
    inside = unclipped(tmp_path / "a.tif", tmp_path / "b.tif")
    assert (np.abs(a - b) / steps)[inside].max() < 1.1
    again = embed(scene=scene, output=tmp_path / "a.tif", model=theirs)
    assert again.pixels == 0, "what is there is told as the result"


def test_a_network_of_one_side_gives_the_same(theirs, scene, tmp_path):
    fixed = with_card(convolutions(tmp_path / "fixed.onnx", side=64), tile=None)
    embed(scene=scene, output=tmp_path / "a.tif", model=theirs)
    embed(scene=scene, output=tmp_path / "b.tif", model=fixed)
    a, b = values_of(tmp_path / "a.tif"), values_of(tmp_path / "b.tif")
    steps = np.array(EmbeddingRaster.open(tmp_path / "a.tif").scales)[:, None, None]
    inside = unclipped(tmp_path / "a.tif", tmp_path / "b.tif")
    assert (np.abs(a - b) / steps)[inside].max() < 1.1
    for wrong in ({"tile": 64}, {"halo": 16, "tile": 48}, {"halo": 32}):
        with pytest.raises(MMEarthError, match="made for inputs of 64 pixels"):
            embed(scene=scene, output=tmp_path / "c.tif", model=fixed, **wrong)
    embed(scene=scene, output=tmp_path / "c.tif", model=fixed, halo=16, window=(0, 0, 64, 64))


def test_a_card_may_say_how_it_is_stored(scene, tmp_path):
    stored = with_card(convolutions(tmp_path / "m.onnx"), quantisation={"scale": 0.05, "offset": [-6.4] * DIMENSIONS})
    embed(scene=scene, output=tmp_path / "emb.tif", model=stored, window=(100, 0, 100, 100))
    raster = EmbeddingRaster.open(tmp_path / "emb.tif")
    assert raster.scales == (0.05,) * DIMENSIONS and raster.offsets == (-6.4,) * DIMENSIONS
    assert "quantisation" not in raster.provenance


def test_what_depends_on_the_tile_is_told_and_never_counted_on(scene, tmp_path):
    class Told(Silent):
        def __init__(self):
            self.texts = []

        def message(self, text):
            self.texts.append(text)

    told = Told()
    tied = with_card(normed(tmp_path / "normed.onnx"), tile_dependent=True)
    embed(scene=scene, output=tmp_path / "emb.tif", model=tied, window=(100, 0, 100, 100), progress=told)
    assert any("depends on the tile" in text and "mmearth weights check" in text for text in told.texts)
    assert EmbeddingRaster.open(tmp_path / "emb.tif").halo is None
    with pytest.raises(MMEarthError, match="made for inputs of 64 pixels"):
        embed(scene=scene, output=tmp_path / "other.tif", model=tied, tile=96)


def test_what_a_card_does_not_say_is_asked_for(tmp_path):
    model = convolutions(tmp_path / "bare.onnx")
    refused(
        model, "is not a model of mmearth", "bands, level, scale, mean, std, resolution, tile, halo, tile_dependent"
    )
    for key in ("bands", "level", "scale", "mean", "std", "resolution", "tile", "halo", "tile_dependent"):
        with_card(model, **{key: None})
        refused(model, f"does not say: {key} (", "bare.card.json")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"bands": ["B02", "B03", "B04"], "mean": 0, "std": 1}, "takes 4 channels, and its card names 3 bands"),
        ({"bands": ["B02", "B03", "B04", "NIR"]}, "'NIR' is no band of Sentinel-2"),
        ({"bands": ["B02", "B03", "B04", "B04"]}, "twice"),
        ({"mean": [1, 2]}, "mean has 2 values for 4 bands"),
        ({"std": [1, 1, 0, 1]}, "must be positive"),
        ({"scale": 0}, "must be positive"),
        ({"stride": 8}, "says stride 8, and its network gives a cell for every 4 pixels"),
        ({"patch": 6, "tile": 60}, "no multiple of its stride"),
        ({"halo": 6}, "must be multiples of its patch 4"),
        ({"halo": 32}, "leaves nothing of a tile of 64"),
        ({"output": "logits"}, "has no output 'logits', but features"),
        ({"licence": 3}, "expected a text"),
        ({"colour": "red"}, "there is no 'colour'"),
        ({"name": "../x"}, "name must be"),
        ({"level": "l3a"}, "l1c or l2a"),
        ({"quantisation": {"scale": [1, 1], "offset": 0}}, "its quantisation must have one value, or 6"),
        ({"mean": [float("nan")] * 4}, "found"),
    ],
    ids=str,
)
def test_a_card_that_does_not_fit_is_refused(tmp_path, changed, said):
    refused(with_card(convolutions(tmp_path / "theirs.onnx"), **changed), said)


def test_a_vector_for_a_tile_is_no_map(tmp_path):
    refused(with_card(pooled(tmp_path / "pooled.onnx")), "one vector for a whole tile", "before it is pooled")
    graph = Graph()
    flat = graph.op("Flatten", graph.op("GlobalAveragePool", graph.conv("pixels", 4, 6, 3)))
    refused(with_card(graph.save(tmp_path / "flat.onnx", flat, rank="2")), "one vector for a whole tile (1 × 6")
    graph = Graph()
    x = graph.op("Reshape", graph.conv("pixels", 4, 6, 4, strides=[4, 4]), graph.constant(np.array([0, 6, -1])))
    refused(with_card(graph.save(tmp_path / "tokens.onnx", x, rank="3")), "a list of tokens")


def test_an_output_of_one_size_is_of_no_place(tmp_path):
    graph = Graph()
    x = graph.op("Resize", graph.conv("pixels", 4, 6, 3), "", "", graph.constant(np.array([1, 6, 16, 16])))
    refused(with_card(graph.save(tmp_path / "resized.onnx", x)), "of no place")


def test_one_of_several_outputs_is_named(tmp_path, scene):
    graph = Graph()
    x = graph.conv("pixels", 4, 6, 4, strides=[4, 4])
    model = with_card(graph.save(tmp_path / "two.onnx", x, graph.op("Neg", x)))
    refused(model, "has several outputs (features, features_too)")
    a = embed_array_of(with_card(model, output="features"), scene)
    b = embed_array_of(with_card(model, output="features_too"), scene)
    assert np.allclose(a, -b, equal_nan=True)


def embed_array_of(model: Path, scene: Path) -> np.ndarray:
    with rasterio.open(scene) as dataset:
        return embed_array(dn=dataset.read()[:, :63, 100:170], bands=dataset.descriptions, level="l2a", model=model)


def test_the_identity_is_of_what_decides_a_vector(theirs):
    before = open_backend(theirs).header.model_id
    for same in ({"name": "other"}, {"licence": "MIT"}, {"halo": 12}, {"quantisation": {"scale": 1, "offset": 0}}):
        assert open_backend(with_card(theirs, **same)).header.model_id == before
    for other in ({"scale": 1}, {"mean": [1200, 1300, 1400, 2801]}, {"bands": ["B03", "B02", "B04", "B08"]},
                  {"tile_dependent": True}):  # fmt: skip
        assert open_backend(with_card(theirs, **other)).header.model_id != before
    convolutions(theirs, note="another file")
    assert open_backend(with_card(theirs)).header.model_id != before


def test_embeddings_of_two_encoders_are_never_mixed(theirs, scene, tmp_path):
    embed(scene=scene, output=tmp_path / "a.tif", model=theirs, window=(100, 0, 64, 64))
    embed(scene=scene, output=tmp_path / "b.tif", model=with_card(theirs, scale=0.001), window=(100, 0, 64, 64))
    with pytest.raises(MMEarthError, match="different models"):
        with_columns_of_all([Stack.alone(open_embedding(tmp_path / name)) for name in ("a.tif", "b.tif")])


def test_scenes_it_was_not_made_for_are_refused(theirs, make_scene, tmp_path):
    lacking = make_scene(80, 80, bands=("B02", "B03", "B8A", "B11", "B12"))
    options = {"scene": lacking, "output": tmp_path / "emb.tif"}
    with pytest.raises(MMEarthError, match="needed"):
        embed(model=theirs, **options)
    wide = (*BANDS, "B05", "B06", "B07", "B8A", "B11")
    graph = Graph()
    many = graph.save(tmp_path / "many.onnx", graph.conv("pixels", 9, 6, 4, strides=[4, 4]), channels=9)
    with_card(many, bands=list(wide), mean=1500, std=1000)
    with pytest.raises(MMEarthError, match=r"lacks B04, B08, B05.*was not made for scenes without"):
        embed(model=many, **options)
    embed(model=with_card(many, bands=list(wide), mean=1500, std=1000, missing_bands="fill"), **options)
    assert EmbeddingRaster.open(tmp_path / "emb.tif").provenance["fills"]
    with pytest.raises(MMEarthError, match="knows l1c scenes, and this one is l2a"):
        embed(model=with_card(theirs, level="l1c"), scene=make_scene(80, 80), output=tmp_path / "c.tif")


def test_pixels_of_another_size_are_told(theirs, scene):
    with_card(theirs, resolution=20)
    assert any("trained at 20 m" in text for text in inspect(scene=scene, model=theirs).as_dict()["warnings"])


DEEPNESS = {
    "model_type": '"Segmentor"', "resolution": "1000", "tile_size": "64", "tiles_overlap": "25",
    "standardization_mean": json.dumps([1200 / 255, 1300 / 255, 1400 / 255, 2800 / 255]),
    "standardization_std": json.dumps([900 / 255, 900 / 255, 1000 / 255, 1200 / 255]),
}  # fmt: skip


def test_metadata_of_deepness_are_read_and_only_the_rest_is_asked_for(theirs, scene, tmp_path):
    model = convolutions(tmp_path / "deep.onnx", **DEEPNESS)
    refused(model, "does not say: bands, level, scale, tile_dependent (known are")
    rest = {"bands": list(BANDS), "level": "l2a", "scale": 0.0001, "tile_dependent": False}
    (tmp_path / "deep.card.json").write_text(json.dumps(rest))
    header = open_backend(model).header
    assert (header.side, header.halo, header.resolution, header.name) == (64, 8, 10, "deep")
    assert np.allclose(embed_array_of(model, scene), embed_array_of(theirs, scene), atol=1e-4, equal_nan=True)
    (tmp_path / "deep.card.json").write_text(json.dumps(rest | {"halo": 4, "resolution": 10}))
    assert open_backend(model).header.halo == 4, "the overlap is a setting"
    (tmp_path / "deep.card.json").write_text(json.dumps(rest | {"resolution": 20}))
    refused(model, "says resolution 10", "says 20; correct the one that is wrong")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("model_type", '"Detector"', "is a detector by its metadata"),
        ("model_type", '"Recognition"', "is a recognition by its metadata"),
        ("tile_size", '"big"', "no number that makes sense"),
        ("standardization_mean", "[1, null]", "no list of numbers"),
        ("resolution", "10 m", "are no JSON"),
        ("tiles_size", "128", "two sizes of a tile"),
    ],
)
def test_metadata_of_deepness_that_do_not_fit_are_refused(tmp_path, key, value, said):
    refused(with_card(convolutions(tmp_path / "deep.onnx", **(DEEPNESS | {key: value}))), said)


def test_a_card_may_be_inside_of_the_file(theirs, tmp_path):
    model = convolutions(tmp_path / "inside.onnx", **{"mmearth-card": json.dumps(CARD)})
    header = open_backend(model).header
    assert replace(header, model_id="") == replace(open_backend(theirs).header, model_id="")
    with_card(model, scale=1)
    refused(model, "says scale 0.0001", "says 1; correct")
    model.with_suffix(".card.json").write_text("{")
    refused(model, "not valid JSON")


def _loop(model):
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "inner", [], [])
    model.graph.node.append(helper.make_node("Constant", [], ["inner"], value=helper.make_tensor("t", 1, [1], [1.0])))
    model.graph.node[-1].attribute.append(helper.make_attribute("g", graph))


def _outside(model):
    node = helper.make_node("Constant", [], ["k"], value=TensorProto(data_type=1, dims=[1], name="k"))
    tensor = node.attribute[0].t
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    model.graph.node.append(node)


def _node(kind, domain=""):
    return lambda model: model.graph.node.append(helper.make_node(kind, ["pixels"], ["x"], domain=domain))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_node("If"), "its network has If"),
        (_node("Loop"), "its network has Loop"),
        (_node("RandomNormalLike"), "RandomNormalLike"),
        (_node("Gelu", "com.microsoft"), "com.microsoft.Gelu"),
        (_loop, "networks inside"),
        (_outside, "numbers outside of the file"),
        (lambda model: model.functions.add(name="f", domain="d"), "functions of its own"),
        (lambda model: model.graph.sparse_initializer.add(), "sparse numbers"),
    ],
    ids=["choice", "loop", "chance", "foreign domain", "inner network", "file outside", "functions", "sparse"],
)
def test_networks_that_may_do_harm_are_not_run(theirs, change, said):
    model = onnx.load(theirs)
    change(model)
    theirs.write_bytes(model.SerializeToString())
    refused(theirs, "is not run", said)


def test_inputs_that_are_no_image_are_refused(tmp_path):
    model = onnx.load(convolutions(tmp_path / "m.onnx"))
    with_card(tmp_path / "m.onnx")
    model.graph.input.append(helper.make_tensor_value_info("time", TensorProto.FLOAT, [1]))
    onnx.save(model, tmp_path / "m.onnx")
    refused(tmp_path / "m.onnx", "takes 2 inputs (pixels, time)")


def test_cells_are_enlarged_as_our_encoder_does_it():
    torch = pytest.importorskip("torch")
    from torch.nn.functional import interpolate

    cells = np.random.default_rng(0).normal(size=(3, 5, 7)).astype(np.float32)
    ours = torch.from_numpy(cells)[None]
    for _ in range(2):  # as `network.enlarge` does
        ours = interpolate(ours, scale_factor=2, mode="bilinear", align_corners=False)
    assert np.allclose(enlarged(cells, 4), ours[0].numpy(), atol=1e-6)
    assert enlarged(cells, 14).shape == (3, 70, 98) and enlarged(cells, 1) is cells
    ramp = np.arange(6, dtype=np.float32)[None, None].repeat(2, 1)
    assert np.allclose(enlarged(ramp, 3)[0, 0, 1:-1], (np.arange(18) / 3 - 1 / 3)[1:-1], atol=1e-6)


def test_ranges_hold_the_sample_and_constant_bands_are_counted():
    rng = np.random.default_rng(1)
    sample = np.stack([rng.uniform(0, 5, 20_000), rng.normal(-40, 1, 20_000), np.full(20_000, 3.0)]).astype(np.float32)
    scales, offsets, constant = ranges(sample, "x")
    assert constant == 1
    stored = (sample - np.array(offsets)[:, None]) / np.array(scales)[:, None]
    assert (np.mean((stored < 1) | (stored > 255), axis=1) < 2e-4).all() and np.ptp(stored[0]) > 200
    for offset, scale in zip(offsets, scales, strict=True):
        assert abs(offset / scale % 1) > 0.01, "no number decodes to exactly 0"
    for odd in (np.zeros((2, 100), np.float32), np.full((2, 100), 1e9, np.float32) * rng.uniform(0, 1, 100)):
        with pytest.raises(MMEarthError, match="of which no map can be made"):
            ranges(odd.astype(np.float32), "x")


def test_it_is_described_and_forecast(theirs, scene):
    described = info(file=theirs).as_dict()
    assert described["kind"] == "encoder model of others" and described["licence"] == "CC-BY-4.0"
    assert described["dimensions"] == DIMENSIONS and described["stride"] == STRIDE
    assert weights_info(model=str(theirs)).as_dict() == described
    told = inspect(scene=scene, model=theirs).as_dict()
    assert told["model"]["name"] == "theirs" and told["tiles"] == 42 and told["seconds"] > 0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["convnext_atto", "vit_tiny_patch16_224"])
def test_what_torch_exports_is_run(scene, tmp_path, kind):
    """Convolutions and attention as people have them: none of their operators is refused."""
    torch = pytest.importorskip("torch")
    timm = pytest.importorskip("timm")

    class Cells(torch.nn.Module):
        """The last map of a network, tokens put where they belong."""

        def __init__(self):
            super().__init__()
            small = {"embed_dim": 24, "depth": 1, "num_heads": 2, "img_size": 64} if kind.startswith("vit") else {}
            self.inner = timm.create_model(kind, in_chans=4, num_classes=0, **small)

        def forward(self, x):
            found = self.inner.forward_features(x)
            return found if found.ndim == 4 else found[:, 1:].transpose(1, 2).reshape(len(x), 24, 4, 4)

    model = tmp_path / "exported.onnx"
    torch.onnx.export(Cells().eval(), (torch.zeros(1, 4, 64, 64),), model, dynamo=False, opset_version=18)
    with_card(model, halo=0, tile_dependent=True)
    embed(scene=scene, output=tmp_path / "emb.tif", model=model, window=(100, 0, 128, 128))
    raster = EmbeddingRaster.open(tmp_path / "emb.tif")
    stride, dimensions = (32, 320) if kind.startswith("convnext") else (16, 24)
    assert len(raster.bands) == dimensions and raster.provenance["encoder"]["stride"] == stride
