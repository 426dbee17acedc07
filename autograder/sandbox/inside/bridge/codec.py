"""Plain values, by value: how each is written into a message and read back.

Only exact built-in types cross, arrays, and the dataclasses that both sides have. There is no
pickle and no import, and no function, module or class body ever crosses. Anything else is left to
`refer`: it becomes a handle.
"""

from __future__ import annotations

import collections
import dataclasses
import struct
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.framing import Blob, WireError
from autograder.sandbox.inside.bridge.shared_arrays import KINDS, SharedArrays, plain_dtype
from autograder.sandbox.inside.bridge.shared_classes import KnownClasses

MOST_DEPTH = 100
_DOUBLE = struct.Struct("<d")
_SAFE_DIGITS_BITS = 1 << 53
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(object, bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset),
        *(dict, range, slice, type(None), np.ndarray, np.generic, np.dtype),
    )
}
_CLASSES |= {
    f"np.{name}": kind
    for name, kind in vars(np).items()
    if isinstance(kind, type) and issubclass(kind, np.generic)
}
_CLASS_NAMES: dict[type, str] = {kind: name for name, kind in _CLASSES.items()}


_NONSENSE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, MemoryError,
             RecursionError)  # fmt: skip


@dataclass
class Packing:
    """One message on its way out. watched: the mutable values in it, in the order they appear.
    same: values that the other side already has, by identity, with their places."""

    arrays: SharedArrays
    known: KnownClasses
    refer: Callable[[Any], Any]
    blobs: list[Blob] = field(default_factory=list)
    watched: list[Any] = field(default_factory=list)
    same: dict[int, int] = field(default_factory=dict)
    depth: int = 0


@dataclass
class Unpacking:
    """One message that came. resolve: what a handle's row becomes. watched: as in Packing."""

    arrays: SharedArrays
    known: KnownClasses
    resolve: Callable[[list[Any], bool], Any]
    blobs: Sequence[bytes] = ()
    watched: list[Any] = field(default_factory=list)
    same: Sequence[Any] = ()
    depth: int = 0


def pack(value: Any, box: Packing) -> Any:
    """The JSON for a value; its bytes go to the box's blobs."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if id(value) in box.same:
        return ["=", box.same[id(value)]]
    if kind in _CONTAINERS:
        box.watched.append(value)
    return deeper(pack_one, value, box)


def unpack(row: Any, box: Unpacking) -> Any:
    """The value that a row stands for. WireError for a row that means nothing."""
    if type(row) in _AS_THEY_ARE or type(row) in (int, float):
        return row
    if type(row) is not list or not row or type(row[0]) is not str:
        raise WireError("a value needs a list that begins with its kind")
    return deeper(_unpack_one, row, box)


def deeper(step: Callable[[Any, Any], Any], value: Any, box: Any) -> Any:
    if box.depth >= MOST_DEPTH:
        raise WireError(f"a value is nested more than {MOST_DEPTH} deep")
    box.depth += 1
    try:
        return step(value, box)
    finally:
        box.depth -= 1


def pack_one(value: Any, box: Packing) -> Any:
    kind = type(value)
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, box)
    if isinstance(value, np.generic) and kind is value.dtype.type and value.dtype.kind in KINDS:
        return ["scalar", value.dtype.str, value.tobytes().hex() if value.dtype.itemsize else ""]
    if isinstance(value, np.dtype) and value.kind in KINDS:
        return ["dtype", value.str]
    if isinstance(value, type):
        name = _CLASS_NAMES.get(value)
        return box.refer(value) if name is None else ["class", name]
    named = box.known.name(kind)
    return box.refer(value) if named is None else _pack_fields(value, named, box)


def _unpack_one(row: list[Any], box: Unpacking) -> Any:
    tag, *rest = row
    reader = _READERS.get(tag)
    try:
        return box.resolve(row, box.depth > 1) if reader is None else reader(rest, box)
    except WireError:
        raise
    except _NONSENSE as fault:
        raise WireError(f"the value {tag!r:.40} makes no sense: {fault}") from fault


def _pack_int(value: int, box: Packing) -> Any:
    return value if -_SAFE_DIGITS_BITS < value < _SAFE_DIGITS_BITS else ["int", hex(value)]


def _pack_float(value: float, box: Packing) -> Any:
    return value if value - value == 0 else ["float", _DOUBLE.pack(value).hex()]


def _pack_complex(value: complex, box: Packing) -> Any:
    return ["complex", _DOUBLE.pack(value.real).hex(), _DOUBLE.pack(value.imag).hex()]


def _pack_bytes(value: bytes | bytearray, box: Packing) -> Any:
    box.blobs.append(bytes(value))
    return [type(value).__name__, len(box.blobs) - 1]


def _pack_many(value: Any, box: Packing) -> Any:
    return [_NAMES[type(value)], [pack(part, box) for part in value]]


def _pack_dict(value: Any, box: Packing) -> Any:
    pairs = [[pack(key, box), pack(part, box)] for key, part in value.items()]
    return [_NAMES[type(value)], pairs]


def _pack_deque(value: Any, box: Packing) -> Any:
    return ["deque", [pack(part, box) for part in value], value.maxlen]


def _pack_three(value: Any, box: Packing) -> Any:
    return [type(value).__name__, *(pack(part, box) for part in _ends(value))]


def _ends(value: Any) -> tuple[Any, Any, Any]:
    return value.start, value.stop, value.step


def _pack_array(value: np.ndarray, box: Packing) -> Any:
    if value.dtype.kind not in KINDS:
        return box.refer(value)
    box.watched.append(value)
    return ["array", *box.arrays.describe(value)]


def _pack_generator(value: np.random.Generator, box: Packing) -> Any:
    if type(value.bit_generator) is not np.random.PCG64:
        return box.refer(value)
    box.watched.append(value)
    state: Any = value.bit_generator.state
    inner = state["state"]
    numbers = (inner["state"], inner["inc"], state["has_uint32"], state["uinteger"])
    return ["random", *(hex(number) for number in numbers)]


def _pack_fields(value: Any, named: tuple[str, str], box: Packing) -> Any:
    box.watched.append(value)
    pairs = [
        [one.name, pack(getattr(value, one.name), box)]
        for one in dataclasses.fields(value)
        if hasattr(value, one.name)
    ]
    return ["fields", *named, pairs]


def _unpack_many(make: Callable[[Any], Any]) -> Callable[[Any, Unpacking], Any]:
    return lambda rest, box: make([unpack(row, box) for row in rest[0]])


def _unpack_list(rest: list[Any], box: Unpacking) -> list[Any]:
    value: list[Any] = _watched([], box)
    value.extend(unpack(row, box) for row in rest[0])
    return value


def _unpack_set(rest: list[Any], box: Unpacking) -> set[Any]:
    value: set[Any] = _watched(set(), box)
    value.update(unpack(row, box) for row in rest[0])
    return value


def _unpack_dict(make: Callable[[], Any]) -> Callable[[Any, Unpacking], Any]:
    def read(rest: list[Any], box: Unpacking) -> Any:
        value = make()
        if type(value) is dict:
            _watched(value, box)
        for key, part in _unpack_pairs(rest, box):
            value[key] = part
        return value

    return read


def _unpack_pairs(rest: list[Any], box: Unpacking) -> Iterator[tuple[Any, Any]]:
    for key, row in rest[0]:
        name = unpack(key, box)
        yield name, unpack(row, box)


def _unpack_deque(rest: list[Any], box: Unpacking) -> Any:
    return collections.deque((unpack(row, box) for row in rest[0]), maxlen=rest[1])


def _unpack_array(rest: list[Any], box: Unpacking) -> np.ndarray:
    return _watched(box.arrays.view(rest), box)


def _unpack_scalar(rest: list[Any], box: Unpacking) -> Any:
    kind, data = plain_dtype(rest[0]), bytes.fromhex(rest[1])
    if len(data) != kind.itemsize:
        raise WireError("a scalar needs as many bytes as its dtype")
    return np.ndarray((), kind, data)[()] if data else np.zeros((), kind)[()]


def _unpack_random(rest: list[Any], box: Unpacking) -> np.random.Generator:
    state, step, has, last = (int(number, 16) for number in rest)
    bits = np.random.PCG64()
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": state % 2**128, "inc": step % 2**128},
        "has_uint32": has % 2,
        "uinteger": last % 2**32,
    }
    return _watched(np.random.Generator(bits), box)


def _unpack_fields(rest: list[Any], box: Unpacking) -> Any:
    module, name, pairs = rest
    kind = box.known.dataclass(module, name)
    if kind is None:
        raise WireError(f"both sides need the dataclass {name!r:.80}, but one does not have it")
    value = _watched(object.__new__(kind), box)
    allowed = {one.name for one in dataclasses.fields(kind)}
    for key, row in pairs:
        if key not in allowed:
            raise WireError(f"{name} has no field {key!r:.80}")
        object.__setattr__(value, key, unpack(row, box))
    return value


def _unpack_float(text: str) -> float:
    return float(_DOUBLE.unpack(bytes.fromhex(text))[0])


def _unpack_decimal(rest: list[Any], box: Unpacking) -> Decimal:
    if len(rest[0]) > 10_000:
        raise WireError("a decimal is too long")
    return Decimal(rest[0])


def _unpack_ends(make: Callable[..., Any]) -> Callable[[Any, Unpacking], Any]:
    return lambda rest, box: make(*(unpack(row, box) for row in rest))


def _watched(value: Any, box: Unpacking) -> Any:
    box.watched.append(value)
    return value


def _none_factory() -> Any:
    return collections.defaultdict(None)


_AS_THEY_ARE = frozenset({type(None), bool, str})
_CONTAINERS = frozenset({list, dict, set, bytearray})
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
_WRITERS: dict[type, Callable[[Any, Packing], Any]] = {
    **{kind: _pack_dict if kind in _MAPPINGS else _pack_many for kind in _NAMES},
    int: _pack_int,
    float: _pack_float,
    complex: _pack_complex,
    bytes: _pack_bytes,
    bytearray: _pack_bytes,
    collections.deque: _pack_deque,
    range: _pack_three,
    slice: _pack_three,
    types.EllipsisType: lambda value, box: ["ellipsis"],
    types.NotImplementedType: lambda value, box: ["notimplemented"],
    np.ndarray: _pack_array,
    np.random.Generator: _pack_generator,
    Decimal: lambda value, box: ["decimal", str(value)],
    Fraction: lambda value, box: ["fraction", hex(value.numerator), hex(value.denominator)],
}
_READERS: dict[str, Callable[[Any, Unpacking], Any]] = {
    "=": lambda rest, box: box.same[rest[0]],
    "int": lambda rest, box: int(rest[0], 16),
    "float": lambda rest, box: _unpack_float(rest[0]),
    "complex": lambda rest, box: complex(_unpack_float(rest[0]), _unpack_float(rest[1])),
    "bytes": lambda rest, box: box.blobs[rest[0]],
    "bytearray": lambda rest, box: _watched(bytearray(box.blobs[rest[0]]), box),
    "list": _unpack_list,
    "tuple": _unpack_many(tuple),
    "set": _unpack_set,
    "frozenset": _unpack_many(frozenset),
    "keys": _unpack_many(lambda parts: dict.fromkeys(parts).keys()),
    "values": _unpack_many(lambda parts: dict(enumerate(parts)).values()),
    "items": _unpack_many(lambda parts: dict(parts).items()),
    "dict": _unpack_dict(dict),
    "mappingproxy": lambda rest, box: types.MappingProxyType(dict(_unpack_pairs(rest, box))),
    "ordered": _unpack_dict(collections.OrderedDict),
    "counter": _unpack_dict(collections.Counter),
    "defaultdict": _unpack_dict(_none_factory),
    "deque": _unpack_deque,
    "range": _unpack_ends(range),
    "slice": _unpack_ends(slice),
    "ellipsis": lambda rest, box: Ellipsis,
    "notimplemented": lambda rest, box: NotImplemented,
    "array": _unpack_array,
    "random": _unpack_random,
    "decimal": _unpack_decimal,
    "fraction": lambda rest, box: Fraction(int(rest[0], 16), int(rest[1], 16)),
    "scalar": _unpack_scalar,
    "dtype": lambda rest, box: plain_dtype(rest[0]),
    "class": lambda rest, box: _CLASSES[rest[0]],
    "fields": _unpack_fields,
}
