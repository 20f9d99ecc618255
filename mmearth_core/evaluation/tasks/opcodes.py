"""Plain values out of what Python's pickle protocol wrote, read as data: nothing is imported, called or built.

GEO-Bench keeps a tile's label in such an attribute, and loading one the usual way would run whatever it asks for. Here
its instructions are followed for numbers, texts, lists and dictionaries alone; an object becomes an `Inert` record of
the name it asked for, and of these only numpy's own arrays and numbers are understood.
"""

import pickletools  # nosec B403 - names instructions; nothing is loaded by it
from collections.abc import Callable
from typing import Any

import numpy as np

#: Bytes of the longest attribute that is read; GEO-Bench's longest has 170 kB.
_LONGEST = 2_000_000
#: Kinds of numpy's types that hold numbers only.
_NUMBERS = "biuf"
_MARK = object()


class Inert:
    """An object that was asked for and never made: the name of what would have made it, with what, and its state."""

    def __init__(self, name: str, arguments: Any = ()) -> None:
        self.name, self.arguments = name, arguments
        self.state: Any = None


def plain_values(content: bytes) -> Any:
    """The value that `content` describes. Raises `ValueError` when it is none, or needs an instruction unknown here."""
    if len(content) > _LONGEST:
        raise ValueError(f"it has {len(content)} bytes")
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name == "STOP":
                return machine.stack.pop()
            machine.follow(opcode.name, argument)
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("its instructions do not fit together") from error
    raise ValueError("it has no end")


def number_or_array(value: Any) -> Any:
    """A number, or an array of numbers (k,), of what `plain_values` gave: numpy's are made of their bytes.

    Raises `ValueError` for anything else.
    """
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return np.array([number_or_array(each) for each in value])
    if not isinstance(value, Inert) or not value.name.startswith("numpy."):
        raise ValueError("it is no number")
    try:
        return _of_numpy(value)
    except TypeError as error:
        raise ValueError("it is no number of numpy's") from error


def _of_numpy(value: Inert) -> Any:
    """A number or an array of the record of one. Raises `ValueError` or `TypeError` when it is none."""
    match value.name.rpartition(".")[2]:
        case "scalar":
            kind, content = value.arguments
            return np.frombuffer(_bytes(content), _type_of(kind), 1)[0].item()
        case "_reconstruct":
            _, shape, kind, columns_first, content = value.state
            made = np.frombuffer(_bytes(content), _type_of(kind))
            return made.reshape(shape, order="F" if columns_first else "C").copy()
        case "_frombuffer":
            content, kind, shape, order = value.arguments
            return np.frombuffer(content, _type_of(kind)).reshape(shape, order=order).copy()
    raise ValueError("it is no number")


def _bytes(content: Any) -> Any:
    """The bytes of a number: as they are, or as protocol 2 writes them, as a text that is to be encoded."""
    if isinstance(content, Inert) and content.name == "_codecs.encode" and content.arguments[1] == "latin1":
        return content.arguments[0].encode("latin1")
    return b"" if isinstance(content, Inert) and content.name == "__builtin__.bytes" else content


def _type_of(value: Any) -> "np.dtype[Any]":
    """numpy's type of the record of one. Raises `ValueError` when it holds anything but numbers."""
    if not isinstance(value, Inert) or value.name != "numpy.dtype" or not isinstance(value.arguments[0], str):
        raise ValueError("it has no type")
    kind = np.dtype(value.arguments[0])
    if kind.kind not in _NUMBERS:
        raise ValueError("it holds no numbers")
    return kind.newbyteorder(">" if value.state is not None and value.state[1] == ">" else "<")


class _Machine:
    """The stack and the memory that the instructions work on."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}

    def follow(self, name: str, argument: Any) -> None:
        if name in _PUSHED:
            self.stack.append(_PUSHED[name]() if argument is None else argument)
        elif name in _TUPLES:
            count = _TUPLES[name]
            self.stack[len(self.stack) - count :] = [tuple(self.stack[len(self.stack) - count :])]
        elif name in _DONE:
            _DONE[name](self, argument)
        elif name not in {"PROTO", "FRAME"}:
            raise ValueError(f"it has the instruction {name}")

    def above_mark(self) -> list[Any]:
        at = max(index for index, each in enumerate(self.stack) if each is _MARK)
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def extend(self, values: list[Any]) -> None:
        self.stack[-1].extend(values)

    def update(self, values: list[Any]) -> None:
        self.stack[-1].update(zip(values[::2], values[1::2], strict=True))

    def ask(self, name: str) -> None:
        self.stack.append(Inert(name.replace(" ", ".")))

    def make(self) -> None:
        """What would have been a call."""
        arguments, maker = self.stack.pop(), self.stack.pop()
        self.stack.append(Inert(maker.name, arguments))

    def shape(self) -> None:
        state, made = self.stack.pop(), self.stack[-1]
        made.state = state

    def two(self) -> list[Any]:
        last = self.stack.pop()
        return [self.stack.pop(), last]


#: Instructions that put a value on the stack, and what they put there where they carry none.
_PUSHED: dict[str, Callable[[], Any]] = {
    **dict.fromkeys(
        (
            *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
            *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
            *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
        ),
        lambda: None,
    ),
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "MARK": lambda: _MARK,
}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_DONE: dict[str, Callable[[_Machine, Any], None]] = {
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.above_mark())),
    "APPEND": lambda machine, _: machine.extend([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.extend(machine.above_mark()),
    "SETITEM": lambda machine, _: machine.update(machine.two()),
    "SETITEMS": lambda machine, _: machine.update(machine.above_mark()),
    "MEMOIZE": lambda machine, _: machine.memory.__setitem__(len(machine.memory), machine.stack[-1]),
    "BINPUT": lambda machine, at: machine.memory.__setitem__(at, machine.stack[-1]),
    "LONG_BINPUT": lambda machine, at: machine.memory.__setitem__(at, machine.stack[-1]),
    "BINGET": lambda machine, at: machine.stack.append(machine.memory[at]),
    "LONG_BINGET": lambda machine, at: machine.stack.append(machine.memory[at]),
    "GLOBAL": lambda machine, name: machine.ask(name),
    "STACK_GLOBAL": lambda machine, _: machine.ask(".".join(machine.two())),
    "REDUCE": lambda machine, _: machine.make(),
    "NEWOBJ": lambda machine, _: machine.make(),
    "BUILD": lambda machine, _: machine.shape(),
    "POP": lambda machine, _: machine.stack.__delitem__(-1),
}
