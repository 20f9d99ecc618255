"""Encoders of others, small ones: ONNX graphs built here, and cards for them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BANDS = ("B02", "B03", "B04", "B08")
CARD: dict[str, Any] = {
    "name": "theirs", "licence": "CC-BY-4.0", "bands": list(BANDS), "level": "l2a", "scale": 0.0001,
    "mean": [1200, 1300, 1400, 2800], "std": [900, 900, 1000, 1200], "resolution": 10, "tile": 64, "halo": 8,
    "tile_dependent": False,
}  # fmt: skip
STRIDE, DIMENSIONS = 4, 6


class Graph:
    """Nodes under construction, from `pixels` to `features`."""

    def __init__(self, seed: int = 3) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        names = [f"{kind}_{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def constant(self, values: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values), f"c{len(self.constants)}"))
        return self.constants[-1].name

    def conv(self, x: str, inside: int, outside: int, side: int, **attributes: Any) -> str:
        shape = outside, inside, side, side
        weight = self.rng.normal(0, (inside * side * side) ** -0.5, shape).astype(np.float32)
        return self.op("Conv", x, self.constant(weight), **attributes)

    def save(
        self, path: Path, *last: str, side: int | None = None, channels: int = len(BANDS), **metadata: str
    ) -> Path:
        for number, name in enumerate(last):
            self.nodes.append(helper.make_node("Identity", [name], ["features" + "_too" * number]))
        sides = ["H", "W"] if side is None else [side, side]
        rank = metadata.pop("rank", "4")
        model = helper.make_model(
            helper.make_graph(
                self.nodes,
                "theirs",
                [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", channels, *sides])],
                [
                    helper.make_tensor_value_info("features" + "_too" * n, TensorProto.FLOAT, [None] * int(rank))
                    for n in range(len(last))
                ],
                self.constants,
            ),
            opset_imports=[helper.make_opsetid("", 20)],
            ir_version=10,
        )
        helper.set_model_props(model, metadata)
        onnx.save(model, path)
        return path


def convolutions(path: Path, **options: Any) -> Path:
    """3×3 convolution, then one of stride 4: what it gives depends on 5 pixels around at most, and on no tile."""
    graph = Graph()
    x = graph.op("Relu", graph.conv("pixels", len(BANDS), 8, 3, pads=[1, 1, 1, 1]))
    return graph.save(path, graph.conv(x, 8, DIMENSIONS, STRIDE, strides=[STRIDE, STRIDE]), **options)


def normed(path: Path, **options: Any) -> Path:
    """The same with every channel divided by its size over the whole tile: what it gives depends on the tile."""
    graph = Graph()
    x = graph.op("Relu", graph.conv("pixels", len(BANDS), 8, 3, pads=[1, 1, 1, 1]))
    size = graph.op("ReduceMean", x, graph.constant(np.array([2, 3], np.int64)))
    x = graph.op("Div", x, graph.op("Add", size, graph.constant(np.array([0.01], np.float32))))
    return graph.save(path, graph.conv(x, 8, DIMENSIONS, STRIDE, strides=[STRIDE, STRIDE]), **options)


def ramped(path: Path, side: int = 64) -> Path:
    """A network of one side that adds to every pixel where in the tile it lies, as positional encodings do."""
    graph = Graph()
    ramp = np.linspace(0, 1, side, dtype=np.float32)[None, None, :, None].repeat(4, 1).repeat(side, 3)
    x = graph.op("Add", "pixels", graph.constant(ramp))
    return graph.save(path, graph.conv(x, len(BANDS), DIMENSIONS, STRIDE, strides=[STRIDE, STRIDE]), side=side)


def far_sighted(path: Path) -> Path:
    """Sees 12 pixels far, at stride 1."""
    graph = Graph()
    return graph.save(path, graph.conv("pixels", len(BANDS), DIMENSIONS, 3, pads=[12] * 4, dilations=[12, 12]))


def pooled(path: Path, **options: Any) -> Path:
    """One vector for a tile."""
    graph = Graph()
    return graph.save(path, graph.op("GlobalAveragePool", graph.conv("pixels", len(BANDS), DIMENSIONS, 3)), **options)


def with_card(model: Path, **changed: Any) -> Path:
    """Write a card beside a model; None removes a key."""
    told = {key: value for key, value in (CARD | changed).items() if value is not None}
    model.with_suffix(".card.json").write_text(json.dumps(told), encoding="utf-8")
    return model
