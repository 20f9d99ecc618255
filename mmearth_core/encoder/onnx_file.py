"""What an exported model holds, read from its bytes before anything runs it: description, tensors, network's digest.

Reads the few entries of ONNX' protocol buffers that are wanted here; never builds or runs a network.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from mmearth_core.wording import tamed

#: Metadata key of the digest that `content_digest` gives.
CONTENT_KEY = "mmearth-content"
#: Names of initialisers that are none of the model's own tensors begin like this.
CONSTANT = "constant_"

_Field = descriptor_pb2.FieldDescriptorProto
#: Of onnx.proto: message → entry → (number, type, whether repeated, message of the entry). Graphs and operator sets are
#: read as the bytes they are; a graph as if there could be several, which ONNX Runtime would join to one.
_ENTRIES: dict[str, dict[str, tuple[int, int, bool, str]]] = {
    "Property": {"key": (1, _Field.TYPE_STRING, False, ""), "value": (2, _Field.TYPE_STRING, False, "")},
    "Model": {
        "graphs": (7, _Field.TYPE_BYTES, True, ""),
        "operator_sets": (8, _Field.TYPE_BYTES, True, ""),
        "properties": (14, _Field.TYPE_MESSAGE, True, "Property"),
        "functions": (25, _Field.TYPE_BYTES, True, ""),
    },
    "Tensor": {
        "shape": (1, _Field.TYPE_INT64, True, ""),
        "kind": (2, _Field.TYPE_INT32, False, ""),
        "name": (8, _Field.TYPE_STRING, False, ""),
        "values": (9, _Field.TYPE_BYTES, False, ""),
        "location": (14, _Field.TYPE_INT32, False, ""),
    },
    "Attribute": {
        "name": (1, _Field.TYPE_STRING, False, ""),
        "tensor": (5, _Field.TYPE_MESSAGE, False, "Tensor"),
        "graph": (6, _Field.TYPE_BYTES, True, ""),
        "tensors": (10, _Field.TYPE_MESSAGE, True, "Tensor"),
        "graphs": (11, _Field.TYPE_BYTES, True, ""),
        "sparse": (22, _Field.TYPE_BYTES, True, ""),
        "sparses": (23, _Field.TYPE_BYTES, True, ""),
    },
    "Node": {
        "operator": (4, _Field.TYPE_STRING, False, ""),
        "attributes": (5, _Field.TYPE_MESSAGE, True, "Attribute"),
        "domain": (7, _Field.TYPE_STRING, False, ""),
    },
    "Graph": {
        "nodes": (1, _Field.TYPE_MESSAGE, True, "Node"),
        "initialisers": (5, _Field.TYPE_MESSAGE, True, "Tensor"),
        "sparse": (15, _Field.TYPE_BYTES, True, ""),
    },
}
#: The operators of which `onnx_graph` makes a network. None chooses, and `Scan` runs the network inside it once for
#: each part of a tensor: such a network always comes to an end.
OPERATORS = frozenset(
    {
        *("Add", "Cast", "Concat", "Conv", "Gelu", "Gemm", "LayerNormalization", "MatMul", "Mul", "Reshape", "Resize"),
        *("Scan", "Shape", "Split", "Transpose", "Unsqueeze"),
    }
)
#: Element types of ONNX by their number.
_KINDS = {1: "<f4", 10: "<f2"}


@dataclass(frozen=True)
class OnnxFile:
    """`tensors`: the model's own, by name. `network`: sha256 in hex of nodes, constants and tensors together."""

    metadata: Mapping[str, str]
    tensors: Mapping[str, NDArray[Any]]
    network: str


def parse(content: bytes) -> OnnxFile:
    """The parts of a model of ours. Raises `ValueError` when the bytes are none, or the network is no such."""
    metadata, model, graph = checked(content, OPERATORS)
    tensors = {each.name: _array(each) for each in graph.initialisers if not each.name.startswith(CONSTANT)}
    network = hashlib.sha256(b"".join(model.operator_sets))
    network.update(model.graphs[0])
    return OnnxFile(metadata, tensors, network.hexdigest())


def checked(content: bytes, operators: frozenset[str]) -> tuple[dict[str, str], Any, Any]:
    """What a model says of itself, and the messages of model and graph.

    Raises `ValueError` when the bytes are no model, the network has other operators, networks inside of it but
    for those of `Scan`, or numbers that lie elsewhere.
    """
    messages = _messages()
    model = _model(content)
    try:
        graph = messages["Graph"].FromString(model.graphs[0])
        bodies = [messages["Graph"].FromString(body) for body in filter(None, map(_scanned, graph.nodes))]
    except DecodeError as error:
        raise ValueError("not a protocol buffer") from error
    nodes = [node for each in (graph, *bodies) for node in each.nodes]
    unknown = [name for name in map(_operator, nodes) if name not in operators]
    unknown += ["functions of its own"] * bool(model.functions)
    if unknown:
        raise ValueError(f"its network has {tamed(unknown[0])[:80]}, which is not among the operators that are run")
    attributes = [attribute for node in nodes for attribute in node.attributes]
    if sum(len(each.graph) for each in attributes) > len(bodies) or any(each.graphs for each in attributes):
        raise ValueError("its network has networks inside, which may never come to an end")
    if any(each.sparse for each in (graph, *bodies)) or any(each.sparse or each.sparses for each in attributes):
        raise ValueError("its network has sparse numbers, which are not read")
    inside = [tensor for each in attributes for tensor in (each.tensor, *each.tensors)]
    inside += [tensor for each in (graph, *bodies) for tensor in each.initialisers]
    if any(each.location for each in inside):
        raise ValueError("numbers outside of the file")
    return {entry.key: entry.value for entry in model.properties}, model, graph


def _operator(node: Any) -> str:
    """An operator's name, with its domain where that is not ONNX' own."""
    return f"{node.domain}.{node.operator}".removeprefix(".").removeprefix("ai.onnx.")


def _scanned(node: Any) -> bytes:
    """The network that a `Scan` runs for each part of a tensor; nothing for other operators."""
    return next((each.graph[0] for each in node.attributes if each.graph), b"") if _operator(node) == "Scan" else b""


def metadata_of(content: bytes) -> dict[str, str]:
    """What a model says of itself, whatever its network is. Raises `ValueError` when the bytes are no model."""
    model = _model(content)
    return {entry.key: entry.value for entry in model.properties}


def _model(content: bytes) -> Any:
    """The message of a model with one network. Raises `ValueError`."""
    try:
        model = _messages()["Model"].FromString(content)
    except DecodeError as error:
        raise ValueError("not a protocol buffer") from error
    if len(model.graphs) != 1 or not model.graphs[0]:
        raise ValueError("no network" if not any(model.graphs) else "several networks")
    return model


def content_digest(network: str, header: str) -> str:
    """What binds a network to its description: sha256 in hex of both, kept among the metadata."""
    return hashlib.sha256(f"{network}\n{header}".encode()).hexdigest()


def _array(tensor: Any) -> NDArray[Any]:
    """An initialiser with its own values; empty where they are stored in another way, which ours never are."""
    values = np.frombuffer(tensor.values, _KINDS.get(tensor.kind, "u1"))
    return values.reshape(tuple(tensor.shape)) if values.size else values


@cache
def _messages() -> dict[str, Any]:
    """Classes of the messages."""
    file = descriptor_pb2.FileDescriptorProto(name="mmearth_onnx.proto", package="mmearth_onnx", syntax="proto2")
    for message, entries in _ENTRIES.items():
        described = file.message_type.add(name=message)
        for name, (number, kind, many, of) in entries.items():
            label = _Field.LABEL_REPEATED if many else _Field.LABEL_OPTIONAL
            entry = described.field.add(name=name, number=number, type=kind, label=label)
            if of:
                entry.type_name = f".{file.package}.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{name}")) for name in _ENTRIES
    }
