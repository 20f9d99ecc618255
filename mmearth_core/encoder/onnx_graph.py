"""Export of a calibrated model to ONNX, laid out for ONNX Runtime on CPUs.

The graph holds the canonical float16 tensors; casting them to float32 and folding the frozen response normalisation
into the linear layer behind it are constant expressions that the runtime evaluates once when it loads the file.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from mmearth_core.encoder.loading import canonical_tensors
from mmearth_core.encoder.model_file import METADATA_KEY, ModelHeader, model_id
from mmearth_core.encoder.network import EmbeddingHead, Encoder
from mmearth_core.encoder.onnx_file import CONSTANT, CONTENT_KEY, content_digest, parse
from mmearth_core.encoder.session import EMBEDDING, INPUT
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path

#: The first opset with Gelu; ONNX Runtime ≥ 1.18 runs it.
_OPSET = 20
_IR_VERSION = 10
#: The pointwise layers of a stage are computed strip by strip of so many rows, so that their fourfold-wide activations
#: stay in the processor's caches and never exist for a whole tile. Every map's height is a multiple of its rows.
_ROWS = (4, 4, 2, 1)
_NORM_EPS = 1e-6

#: Strips of rows in which the embedding is made; divides every patch size.
_STRIPS = 8


def _integers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


class _Graph:
    """Nodes and constants under construction; every method returns the name of a value. `prefix`: of the names."""

    def __init__(self, tensors: dict[str, NDArray[np.float16]], prefix: str = "") -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._tensors = tensors
        self._prefix, self._weights = prefix, dict[str, str]()

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self.ops(kind, *inputs, outputs=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        names = [f"{self._prefix}{kind.lower()}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def constant(self, values: NDArray[np.generic]) -> str:
        name = f"{CONSTANT}{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, name: str) -> str:
        """A canonical tensor as float32."""
        if name not in self._weights:
            self.constants.append(numpy_helper.from_array(self._tensors[name], name))
            self._weights[name] = self.op("Cast", name, to=TensorProto.FLOAT)
        return self._weights[name]

    def matrix(self, name: str) -> str:
        """A (out, in) tensor transposed for `MatMul` from the right."""
        return self.op("Transpose", self.weight(name), perm=[1, 0])

    def kernel(self, name: str) -> str:
        """A (out, in) tensor as a 1×1 convolution kernel."""
        return self.op("Unsqueeze", self.weight(name), self.constant(_integers(2, 3)))

    def conv(self, x: str, layer: str, **attributes: Any) -> str:
        return self.op("Conv", x, self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias"), **attributes)

    def norm(self, x: str, layer: str) -> str:
        """Layer normalisation over the last axis."""
        return self.normalised(x, *self.norm_weights(layer))

    def norm_weights(self, layer: str) -> tuple[str, str]:
        return self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias")

    def normalised(self, x: str, weight: str, bias: str) -> str:
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=_NORM_EPS)

    def norm_channels_first(self, x: str, layer: str) -> str:
        return self.channels_first(self.norm(self.channels_last(x), layer))

    def channels_last(self, x: str) -> str:
        return self.op("Transpose", x, perm=[0, 2, 3, 1])

    def channels_first(self, x: str) -> str:
        return self.op("Transpose", x, perm=[0, 3, 1, 2])

    def block(self, x: str, layer: str, channels: int, strips: str) -> str:
        """A block of a map, its pointwise layers strip by strip; `strips`: the map's shape as strips."""
        y = self.channels_last(self.conv(self.channels_first(x), f"{layer}.conv_dw", group=channels, pads=[3, 3, 3, 3]))
        wide = self.matrix(f"{layer}.mlp.fc1.weight"), self.weight(f"{layer}.mlp.fc1.bias")
        norm = self.norm_weights(f"{layer}.norm")
        narrow = self._fold_response_norm(layer)
        inner = _Graph({}, f"{layer}.")
        strip = inner.op("Gemm", inner.normalised("spatial", *norm), *wide)
        strip = inner.op("Gemm", inner.op("Gelu", strip), *narrow)
        inner.nodes.append(helper.make_node("Add", ["before", strip], ["after"]))
        spatial, before, after = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, channels])
            for name in ("spatial", "before", "after")
        )
        body = helper.make_graph(inner.nodes, layer, [spatial, before], [after])
        done = self.op("Scan", *(self.op("Reshape", each, strips) for each in (y, x)), body=body, num_scan_inputs=2)
        return self.op("Reshape", done, self.op("Shape", x))

    def strips(self, x: str, rows: int) -> str:
        """The shape of a map as strips of so many rows: (strips, positions, channels)."""
        _, _, width, channels = self.ops("Split", self.op("Shape", x), outputs=4, num_outputs=4)
        length = self.op("Mul", width, self.constant(_integers(rows)))
        return self.op("Concat", self.constant(_integers(-1)), length, channels, axis=0)

    def _fold_response_norm(self, layer: str) -> tuple[str, str]:
        """fc2(x·(1 + weight·scale) + bias) as one matrix and one bias."""
        norm, narrow = f"{layer}.mlp.grn", self.matrix(f"{layer}.mlp.fc2.weight")
        one = self.constant(np.ones(1, np.float32))
        gain = self.op("Add", self.op("Mul", self.weight(f"{norm}.weight"), self.weight(f"{norm}.scale")), one)
        rows = self.op("Unsqueeze", gain, self.constant(_integers(1)))
        shift = self.op("MatMul", self.weight(f"{norm}.bias"), narrow)
        return self.op("Mul", narrow, rows), self.op("Add", self.weight(f"{layer}.mlp.fc2.bias"), shift)

    def twofold(self, x: str) -> str:
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.op("Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")


def build_graph(encoder: Encoder, head: EmbeddingHead, header: ModelHeader) -> onnx.ModelProto:
    """The ONNX model: `pixels` (N, C, H, W) float32, normalised → `embedding` (N, D, H, W) float32.
    H and W must be multiples of the patch size."""
    architecture = header.architecture
    graph = _Graph(canonical_tensors(encoder, head))
    x, stride = INPUT, architecture.strides[0]
    if architecture.stem == "mp_mae":
        x = graph.conv(x, "encoder.initial_conv.0", pads=[1, 1, 1, 1])
        x = graph.op("Gelu", graph.norm_channels_first(x, "encoder.initial_conv.1"))
        x = graph.conv(x, "encoder.stem.0", strides=[stride, stride], group=architecture.channels[0])
    else:
        x = graph.conv(x, "encoder.stem.0", strides=[stride, stride])
    x = graph.norm(graph.channels_last(x), "encoder.stem.1")
    maps = []
    for stage, (depth, channels) in enumerate(zip(architecture.depths, architecture.channels, strict=True)):
        if stage:
            layer = f"encoder.downsample_layers.{stage - 1}"
            x = graph.channels_first(graph.norm(x, f"{layer}.0"))
            x = graph.channels_last(graph.conv(x, f"{layer}.1", strides=[2, 2]))
        strips = graph.strips(x, _ROWS[stage])
        for index in range(depth):
            x = graph.block(x, f"encoder.stages.{stage}.{index}", channels, strips)
        maps.append(graph.channels_first(x))
    _head(graph, maps, stride)
    if encoder.readout is not None:  # computes nothing; the file's model_id is that of all its tensors
        graph.constants.append(numpy_helper.from_array(canonical_tensors(encoder, head)["readout"], "readout"))

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            header.name,
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["N", len(header.bands), "H", "W"])],
            [
                helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["N", len(header.scales), "H", "W"]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="mmearth",
    )
    onnx.checker.check_model(model)
    network = parse(model.SerializeToString()).network
    described = header.to_json()
    helper.set_model_props(model, {METADATA_KEY: described, CONTENT_KEY: content_digest(network, described)})
    return model


def _head(graph: _Graph, maps: list[str], stride: int) -> None:
    """The embedding from the stage maps. Everything of full resolution and embedding depth is made strip by strip:
    it is what limits the size of a tile."""
    total = graph.op("Conv", maps[3], graph.kernel("head.maps.3"))
    for stage in (2, 1):
        total = graph.op("Add", graph.twofold(total), graph.op("Conv", maps[stage], graph.kernel(f"head.maps.{stage}")))
    kernel, fine = graph.kernel("head.pixels"), INPUT
    if stride == 1:  # the finest map has the pixels' resolution: one convolution serves both
        kernel = graph.op("Concat", graph.kernel("head.maps.0"), kernel, axis=1)
        fine = graph.op("Concat", maps[0], INPUT, axis=1)
    else:
        total = graph.op("Add", graph.twofold(total), graph.op("Conv", maps[0], graph.kernel("head.maps.0")))
    for _ in range(max(1, stride.bit_length() - 1)):
        total = graph.twofold(total)
    strips = zip(
        *(graph.ops("Split", x, outputs=_STRIPS, axis=2, num_outputs=_STRIPS) for x in (total, fine)), strict=True
    )
    values = [graph.op("Add", coarse, graph.op("Conv", x, kernel, graph.weight("head.bias"))) for coarse, x in strips]
    graph.nodes.append(helper.make_node("Concat", values, [EMBEDDING], axis=2))


def export_onnx(path: Path, encoder: Encoder, head: EmbeddingHead, header: ModelHeader) -> None:
    """Write the model's `.onnx` (float16 storage). The header must be calibrated and carry the tensors' `model_id`."""
    if not header.calibrated:
        raise MMEarthError(
            f"{header.name} is not calibrated; run: mmearth weights convert {header.name} --calibrate SCENE"
        )
    if header.model_id != model_id(canonical_tensors(encoder, head), header):
        raise ValueError("the header's model_id is not that of the tensors")
    with atomic_path(path) as temporary:
        temporary.write_bytes(build_graph(encoder, head, header).SerializeToString())
