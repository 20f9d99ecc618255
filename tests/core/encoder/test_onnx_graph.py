"""The exported network computes what torch computes, at every patch size and shape, from float16 tensors."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")
onnx = pytest.importorskip("onnx")

from mmearth_core.encoder.architecture import Architecture  # noqa: E402
from mmearth_core.encoder.loading import canonical_tensors, load_model, official_header, save_model  # noqa: E402
from mmearth_core.encoder.model_file import ModelHeader, model_id, read_header  # noqa: E402
from mmearth_core.encoder.network import EmbeddingHead, EmbeddingModel, Encoder, randomise  # noqa: E402
from mmearth_core.encoder.onnx_backend import OnnxBackend  # noqa: E402
from mmearth_core.encoder.onnx_graph import build_graph, export_onnx  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("one_torch_thread")]

Model = tuple[Encoder, EmbeddingHead, ModelHeader]


def make_model(patch: int = 8, stem: str = "mp_mae", channels: int = 12, dimensions: int = 64) -> Model:
    """A model with random numbers everywhere, as if calibrated."""
    generator = torch.Generator().manual_seed(patch)
    encoder = Encoder(Architecture("atto", patch, channels, stem)).eval()
    randomise(encoder, 0)
    head = EmbeddingHead(encoder.architecture, dimensions).eval()
    with torch.no_grad():
        for name, tensor in encoder.state_dict().items():
            if name.endswith("grn.scale"):
                tensor.uniform_(0.3, 2, generator=generator)
            elif name.endswith("bias"):
                tensor.normal_(0, 0.2, generator=generator)
        for tensor in head.state_dict().values():
            tensor.normal_(0, 0.1, generator=generator)
        for module in (encoder, head):
            for tensor in module.state_dict().values():
                tensor.copy_(tensor.half().float())
    encoder.set_grn("frozen")
    scales = tuple(np.linspace(0.01, 0.1, dimensions).tolist())
    header = replace(official_header("model", encoder), grn="frozen", scales=scales, halo=patch)
    return encoder, head, replace(header, model_id=model_id(canonical_tensors(encoder, head), header))


def pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape[-1]).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(
    ("patch", "stem", "channels"),
    [
        (8, "mp_mae", 12),
        (16, "mp_mae", 12),
        (32, "mp_mae", 12),
        (8, "mp_mae", 3),
        (32, "original", 3),
        (8, "original", 3),
    ],
)
def test_the_exported_network_agrees_with_torch(tmp_path, patch, stem, channels):
    encoder, head, header = make_model(patch, stem, channels)
    export_onnx(tmp_path / "model.onnx", encoder, head, header)
    backend, model = OnnxBackend(tmp_path / "model.onnx"), EmbeddingModel(encoder, head)
    shapes = [(1, 16, 16), (1, 1, 1), (3, 1, 1), (1, 1, 7), (2, 5, 3), (1, 9, 1)]
    spread = None
    for batch, rows, cols in shapes:
        x = pixels(batch, channels, rows * patch, cols * patch)
        with torch.inference_mode():
            expected = model(torch.from_numpy(x)).numpy()
        if spread is None:
            spread = expected.std((0, 2, 3))[:, None, None]
        found = backend.run(x)
        assert found.dtype == np.float32 and found.shape == (batch, 64, rows * patch, cols * patch)
        assert (np.abs(found - expected) / spread).max() < 1e-4, (batch, rows, cols)


def test_the_calibrated_model_agrees_as_well(converted, calibrated):
    """With the numbers of a real calibration, whose float16 range is wider."""
    x = pixels(1, 12, 96, 128)
    with torch.inference_mode():
        expected = EmbeddingModel(*calibrated)(torch.from_numpy(x)).numpy()
    found = OnnxBackend(converted[1] / "small.onnx").run(x)
    assert (np.abs(found - expected).max((0, 2, 3)) / expected.std((0, 2, 3))).max() < 1e-4


@pytest.mark.parametrize("rows", [(1, 1, 1, 1), (8, 4, 2, 1), (2, 4, 1, 1)])
def test_any_strips_give_the_same(tmp_path, monkeypatch, rows):
    made, x = make_model(), pixels(2, 12, 40, 72)
    export_onnx(tmp_path / "usual.onnx", *made)
    monkeypatch.setattr("mmearth_core.encoder.onnx_graph._ROWS", rows)
    export_onnx(tmp_path / "model.onnx", *made)
    with torch.inference_mode():
        expected = EmbeddingModel(*made[:2])(torch.from_numpy(x)).numpy()
    found = OnnxBackend(tmp_path / "model.onnx").run(x)
    assert (np.abs(found - expected) / expected.std((0, 2, 3))[:, None, None]).max() < 1e-4
    np.testing.assert_array_equal(found, OnnxBackend(tmp_path / "usual.onnx").run(x))


def _node(kind, *inputs, **attributes):
    return onnx.helper.make_node(kind, list(inputs), ["x"], **attributes)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda body: body.node.append(_node("Loop")), "its network has Loop"),
        (lambda body: body.node.append(_node("Scan", body=onnx.GraphProto(name="b"))), "networks inside"),
        (lambda body: body.node.append(_node("Add", other=onnx.GraphProto(name="b"))), "networks inside"),
        (lambda body: body.sparse_initializer.add(), "sparse numbers"),
        (lambda body: body.initializer.add(data_location=onnx.TensorProto.EXTERNAL), "numbers outside of the file"),
    ],
    ids=["loop", "scan of scans", "unasked", "sparse", "file outside"],
)
def test_strips_do_no_harm(tmp_path, harm, said):
    """What runs for each strip is held to the rules of the network itself."""
    export_onnx(tmp_path / "model.onnx", *make_model())
    model = onnx.load(tmp_path / "model.onnx")
    scan = next(node for node in model.graph.node if node.op_type == "Scan")
    harm(next(each.g for each in scan.attribute if each.name == "body"))
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(MMEarthError, match=said):
        OnnxBackend(tmp_path / "model.onnx")


def test_what_onnx_runtime_would_join_is_refused(tmp_path):
    """A protocol buffer may give an entry twice: who takes the last sees other nodes than who joins them."""
    export_onnx(tmp_path / "model.onnx", *make_model())
    whole = (tmp_path / "model.onnx").read_bytes()
    hidden = onnx.ModelProto(graph=onnx.GraphProto(node=[_node("Loop")])).SerializeToString()
    (tmp_path / "model.onnx").write_bytes(hidden + whole)
    assert {"Loop", "Scan"} < {node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node}
    with pytest.raises(MMEarthError, match="several networks"):
        OnnxBackend(tmp_path / "model.onnx")


def test_samples_of_a_batch_do_not_see_each_other(tmp_path):
    export_onnx(tmp_path / "model.onnx", *make_model())
    backend, x = OnnxBackend(tmp_path / "model.onnx"), pixels(3, 12, 16, 24)
    alone = np.concatenate([backend.run(x[i : i + 1]) for i in range(3)])
    np.testing.assert_allclose(backend.run(x), alone, atol=1e-4)


def test_tensors_are_stored_as_float16(tmp_path):
    encoder, head, header = make_model()
    export_onnx(tmp_path / "model.onnx", encoder, head, header)
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(tmp_path / "model.onnx").graph.initializer}
    tensors = canonical_tensors(encoder, head)
    for name, values in tensors.items():
        assert stored[name].dtype == np.float16 and np.array_equal(stored[name], values), name
    others = sum(values.nbytes for name, values in stored.items() if name not in tensors)
    assert others < 10_000
    size = (tmp_path / "model.onnx").stat().st_size
    assert size < 1.05 * sum(values.nbytes for values in tensors.values()) + 100_000


def test_both_files_carry_the_same_header(converted):
    result, folder = converted
    assert read_header(folder / "small.onnx") == read_header(folder / "small.safetensors") == result.header


def test_the_same_model_gives_the_same_bytes(tmp_path):
    for name in ("a.onnx", "b.onnx"):
        export_onnx(tmp_path / name, *make_model())
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_a_model_that_is_not_calibrated_is_not_exported(tmp_path):
    encoder, head, header = make_model()
    for odd in (replace(header, scales=()), replace(header, grn="sample")):
        with pytest.raises(MMEarthError, match="run: mmearth weights convert model --calibrate SCENE"):
            export_onnx(tmp_path / "model.onnx", encoder, head, odd)
    with pytest.raises(ValueError, match="model_id"):
        export_onnx(tmp_path / "model.onnx", encoder, head, replace(header, model_id="0" * 64))
    assert not list(tmp_path.iterdir())


def test_the_operators_are_those_of_the_opset_that_is_promised():
    model = build_graph(*make_model())
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 20)] and model.ir_version == 10
    assert {node.domain for node in model.graph.node} == {""}


class TestModelId:
    """`model_id` stands for the numbers: all of them, and nothing else."""

    def test_every_tensor_counts(self):
        encoder, head, header = make_model()
        tensors = canonical_tensors(encoder, head)
        seen = {header.model_id}
        for name, values in tensors.items():
            changed = values.copy()
            changed.flat[-1] += np.float16(0.25)
            seen.add(model_id(tensors | {name: changed}, header))
        assert len(seen) == len(tensors) + 1

    def test_scales_and_statistics_count(self):
        encoder, head, header = make_model()
        tensors, level = canonical_tensors(encoder, head), header.statistics["l2a"]
        others = [
            replace(header, scales=(*header.scales[:-1], 1.0)),
            replace(header, statistics=header.statistics | {"l2a": replace(level, mean=(*level.mean[:-1], 1.0))}),
            replace(header, statistics=header.statistics | {"l2a": replace(level, std=(*level.std[:-1], 1.0))}),
            replace(header, statistics={"l2a": level}),
        ]
        assert len({header.model_id, *(model_id(tensors, other) for other in others)}) == 5

    def test_names_licences_and_figures_do_not(self):
        encoder, head, header = make_model()
        other = replace(header, name="x", licence="x", source="x", halo=16, calibration={"pixels": 1}, model_id="")
        assert model_id(canonical_tensors(encoder, head), other) == header.model_id

    def test_saving_does_not_change_it(self, tmp_path):
        encoder, head, header = make_model()
        assert save_model(tmp_path / "model.safetensors", encoder, head, replace(header, model_id="")) == header
        again, head_again = load_model(tmp_path / "model.safetensors")
        assert model_id(canonical_tensors(again, head_again), again.header) == header.model_id
