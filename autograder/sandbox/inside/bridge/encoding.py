"""The encoding of plain values: how each is written into a message by value.

By value cross exact built-in types, arrays, and objects of the dataclasses, enumerations and named
tuples that both sides have. A mutable value is one value on both sides as long as they share it
(`shared_values`). There is no pickle and no import, and no function, module or class body ever
crosses. For any other value the encoder asks `encode_reference`, and the other side gets a proxy.
What the submission returns as a subclass of a built-in type crosses both ways, and the tester takes
the one that the reference needed.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import io
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge import random_generators
from autograder.sandbox.inside.bridge.framing import Blob
from autograder.sandbox.inside.bridge.mutations import CONTAINERS, MAX_NAME
from autograder.sandbox.inside.bridge.shared_arrays import KINDS, SharedArrays
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses
from autograder.sandbox.inside.bridge.shared_values import SharedValues
from autograder.sandbox.inside.bridge.value_names import (
    CLASS_NAMES,
    DOUBLE,
    PLAIN_TYPES,
    with_depth,
)

_EXACT_IN_FLOAT = 1 << 53


@dataclass
class Encoder:
    """The state of one message that is being written.

    encode_reference: the row for a value that does not cross. touched: the numbers of the mutable
    values in the message; new: of those that the other side did not have. contents: the rows of
    values that changed; changed_numbers: theirs. has_base_values: subclasses of built-in types
    cross both ways. origin: how a value that is written now crosses, as `UseProfile` has it.
    """

    arrays: SharedArrays
    values: SharedValues
    classes: SharedClasses
    encode_reference: Callable[[Any], Any]
    blobs: list[Blob] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    contents: list[Any] = field(default_factory=list)
    changed_numbers: list[int] = field(default_factory=list)
    has_base_values: bool = False
    origin: str = ""
    depth: int = 0

    def add(self, value: Any) -> int:
        """The number under which the other side gets a mutable value."""
        number = self.values.number_of(value)
        if number is None:
            number = self.values.add(value, self.origin)
            self.new.append(number)
        self.touched.append(number)
        return number

    def encode_part(self, name: Any, value: Any) -> Any:
        """The JSON for a part of a value, which crosses under its name where that is text."""
        outer = self.origin
        if type(name) is str:
            self.origin = f"{outer}[{name[:MAX_NAME]}]"
        row = encode(value, self)
        self.origin = outer
        return row


def encode(value: Any, encoder: Encoder) -> Any:
    """The JSON for a value; its bytes go to the encoder's blobs."""
    kind = type(value)
    if kind in PLAIN_TYPES:
        return value
    if (number := encoder.values.number_of(value)) is not None:
        encoder.touched.append(number)
        return ["#", number]
    if kind in CONTAINERS:
        return ["#", encoder.add(value), with_depth(encode_value, value, encoder)]
    return with_depth(encode_value, value, encoder)


def encode_content(value: Any, encoder: Encoder) -> Any:
    """The row for the present content of a mutable value; the other side has an earlier one."""
    row = with_depth(encode_value, value, encoder)
    return row[2] if row[0] == "#" else row


def encode_value(value: Any, encoder: Encoder) -> Any:
    kind = type(value)
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, encoder)
    if isinstance(value, np.generic) and kind is value.dtype.type and value.dtype.kind in KINDS:
        return ["scalar", value.dtype.str, value.tobytes().hex() if value.dtype.itemsize else ""]
    if isinstance(value, np.dtype) and value.kind in KINDS:
        return ["dtype", value.str]
    if isinstance(value, type):
        name = CLASS_NAMES.get(value)
        return encoder.encode_reference(value) if name is None else ["class", name]
    class_name = encoder.classes.name_of(kind)
    if class_name is None:
        return _encode_object(value, encoder)
    if isinstance(value, enum.Enum) and value.name in kind.__members__:
        return ["member", *class_name, value.name]
    if isinstance(value, enum.Enum):  # several flags at once
        return _encode_object(value, encoder)
    if isinstance(value, tuple):
        return ["named", *class_name, [encode(part, encoder) for part in value]]
    return _encode_fields(value, class_name, encoder)


def _encode_object(value: Any, encoder: Encoder) -> Any:
    row = encoder.encode_reference(value)
    base = next((base for base in _BASES if isinstance(value, base)), None)
    if not encoder.has_base_values or row[0] != "ref" or base is None:
        return row
    if type(value).__eq__ is not base.__eq__:
        return row
    return ["subclass", row, encode(_BASES[base](value), encoder)]


def _encode_int(value: int, encoder: Encoder) -> Any:
    return value if -_EXACT_IN_FLOAT < value < _EXACT_IN_FLOAT else ["int", hex(value)]


def _encode_float(value: float, encoder: Encoder) -> Any:
    return value if value - value == 0 else ["float", DOUBLE.pack(value).hex()]


def _encode_complex(value: complex, encoder: Encoder) -> Any:
    return ["complex", DOUBLE.pack(value.real).hex(), DOUBLE.pack(value.imag).hex()]


def _encode_bytes(value: bytes | bytearray, encoder: Encoder) -> Any:
    encoder.blobs.append(bytes(value))
    return [type(value).__name__, len(encoder.blobs) - 1]


def _encode_items(value: Any, encoder: Encoder) -> Any:
    return [_NAMES[type(value)], [encode(part, encoder) for part in value]]


def _encode_dict(value: Any, encoder: Encoder) -> Any:
    pairs = [[encode(key, encoder), encoder.encode_part(key, part)] for key, part in value.items()]
    return [_NAMES[type(value)], pairs]


def _encode_defaultdict(value: collections.defaultdict[Any, Any], encoder: Encoder) -> Any:
    return [*_encode_dict(value, encoder), encode(value.default_factory, encoder)]


def _encode_deque(value: Any, encoder: Encoder) -> Any:
    return ["deque", [encode(part, encoder) for part in value], value.maxlen]


def _encode_bounds(value: Any, encoder: Encoder) -> Any:
    return [type(value).__name__, *(encode(part, encoder) for part in _bounds(value))]


def _bounds(value: Any) -> tuple[Any, Any, Any]:
    return value.start, value.stop, value.step


def _encode_array(value: np.ndarray, encoder: Encoder) -> Any:
    if value.dtype.kind == "O":
        number = encoder.add(value)
        parts = [encode(part, encoder) for part in value.flat]
        return ["#", number, ["objects", value.shape, parts]]
    if value.dtype.kind not in KINDS:
        return encoder.encode_reference(value)
    return ["#", encoder.add(value), ["array", *encoder.arrays.describe(value, encoder.origin)]]


def _encode_file(value: io.StringIO | io.BytesIO, encoder: Encoder) -> Any:
    if value.closed and encoder.values.number_of(value) is None:
        return encoder.encode_reference(value)
    if value.closed:
        return ["#", encoder.add(value), ["closed", type(value).__name__]]
    return ["#", encoder.add(value), ["file", encode(value.getvalue(), encoder), value.tell()]]


def _encode_generator(value: np.random.Generator, encoder: Encoder) -> Any:
    if not random_generators.crosses(value):
        return encoder.encode_reference(value)
    return ["#", encoder.add(value), ["random", *random_generators.parts(value)]]


def _encode_fields(value: Any, class_name: tuple[str, str], encoder: Encoder) -> Any:
    number = encoder.add(value)
    pairs = [
        [attribute.name, encoder.encode_part(attribute.name, getattr(value, attribute.name))]
        for attribute in dataclasses.fields(value)
        if hasattr(value, attribute.name)
    ]
    return ["#", number, ["fields", *class_name, pairs]]


# The built-in value of an object of a subclass, whatever the class has made of its methods.
_BASES: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__complex__,
    str: lambda value: str.join("", str.__iter__(value)),
    bytes: lambda value: bytes(bytes.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    list: lambda value: list(list.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    np.ndarray: lambda value: value.view(np.ndarray),
}
_NAMES: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    dict: "dict",
    type({}.keys()): "keys",
    type({}.values()): "values",
    type({}.items()): "items",
    types.MappingProxyType: "mappingproxy",
    collections.OrderedDict: "ordered",
    collections.Counter: "counter",
    collections.defaultdict: "defaultdict",
}
_MAPPINGS = (dict, types.MappingProxyType, collections.OrderedDict, collections.Counter,
             collections.defaultdict)  # fmt: skip
_WRITERS: dict[type, Callable[[Any, Encoder], Any]] = {
    **{kind: _encode_dict if kind in _MAPPINGS else _encode_items for kind in _NAMES},
    int: _encode_int,
    float: _encode_float,
    complex: _encode_complex,
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    collections.defaultdict: _encode_defaultdict,
    collections.deque: _encode_deque,
    range: _encode_bounds,
    slice: _encode_bounds,
    types.EllipsisType: lambda value, encoder: ["ellipsis"],
    types.NotImplementedType: lambda value, encoder: ["notimplemented"],
    np.ndarray: _encode_array,
    io.StringIO: _encode_file,
    io.BytesIO: _encode_file,
    np.random.Generator: _encode_generator,
    Decimal: lambda value, encoder: ["decimal", str(value)],
    Fraction: lambda value, encoder: ["fraction", hex(value.numerator), hex(value.denominator)],
}
