"""The decoding of plain values: how each is read from a message that `encoding` wrote.

The other side may be a submission, so a row is believed in nothing: one that means nothing is a
MessageError, whatever is in it.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import io
import struct
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge import random_generators
from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.mutations import FILES, MAX_NAME
from autograder.sandbox.inside.bridge.shared_arrays import SharedArrays, plain_dtype
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses
from autograder.sandbox.inside.bridge.shared_values import SharedValues
from autograder.sandbox.inside.bridge.value_names import CLASSES, DOUBLE, PLAIN_TYPES, with_depth

_MALFORMED = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, MemoryError,
             RecursionError, struct.error)  # fmt: skip


@dataclass
class Decoder:
    """The state of one message that is being read.

    decode_reference: the proxy, or the object of this side, that a row stands for; asked with the
    row, where it is inside another value, and whether a built-in value could be taken instead.
    choose: of a proxy and the built-in value of the same object, the one to take. number: of the
    mutable value that is read next; None for one that both sides do not share. note_known: told
    the number of each value that both sides have already. origin: how the values of the message
    cross. place: where in the whole value the part is that is read now, in a tuple.
    """

    arrays: SharedArrays
    values: SharedValues
    classes: SharedClasses
    decode_reference: Callable[[list[Any], str, bool], Any]
    blobs: Sequence[bytes] = ()
    choose: Callable[[Any, Any], Any] = lambda proxy, value: proxy
    number: Any = None
    note_known: Callable[[int], None] = lambda number: None
    origin: str = ""
    place: str = ""
    depth: int = 0

    def place_inside(self) -> str:
        """Where in the whole value the part is that is read now: its place, key or field, `[]`
        where it has none, '' for the whole."""
        return self.place or ("[]" if self.depth > 1 else "")

    def decode_part(self, name: Any, row: Any) -> Any:
        """The value of a row that stands at a place, key or field of another value."""
        outer = self.place
        self.place = f"{outer}[{str(name)[:MAX_NAME] if type(name) in (int, str) else ''}]"
        value = decode(row, self)
        self.place = outer
        return value


def decode(row: Any, decoder: Decoder) -> Any:
    """The value that a row stands for. MessageError for a row that means nothing."""
    if type(row) in PLAIN_TYPES or type(row) in (int, float):
        return row
    if type(row) is not list or not row or type(row[0]) is not str:
        raise MessageError("a value needs a list that begins with its kind")
    return with_depth(_decode_row, row, decoder)


def decode_content(value: Any, row: Any, decoder: Decoder) -> Any:
    """A value of the same kind with the content that the other side left in it."""
    new = decode(row, decoder)
    fits = type(new) is type(value) and getattr(new, "shape", ()) == getattr(value, "shape", ())
    if not fits:
        raise MessageError(f"a {type(value).__name__} cannot become a {type(new).__name__}")
    return new


def _decode_row(row: list[Any], decoder: Decoder) -> Any:
    tag, *parts = row
    reader = _READERS.get(tag)
    try:
        if reader is None:
            return decoder.decode_reference(row, decoder.place_inside(), False)
        return reader(parts, decoder)
    except MessageError:
        raise
    except _MALFORMED as fault:
        raise MessageError(f"the value {tag!r:.40} makes no sense: {fault}") from fault


def _decode_items(build: Callable[[Any], Any]) -> Callable[[Any, Decoder], Any]:
    return lambda parts, decoder: build([decode(row, decoder) for row in parts[0]])


def _decode_tuple(parts: list[Any], decoder: Decoder) -> tuple[Any, ...]:
    return tuple([decoder.decode_part(place, row) for place, row in enumerate(parts[0])])


def _decode_list(parts: list[Any], decoder: Decoder) -> list[Any]:
    value: list[Any] = _register_mutable([], decoder)
    value.extend(decoder.decode_part(place, row) for place, row in enumerate(parts[0]))
    return value


def _decode_set(parts: list[Any], decoder: Decoder) -> set[Any]:
    value: set[Any] = _register_mutable(set(), decoder)
    value.update(decode(row, decoder) for row in parts[0])
    return value


def _decode_dict(build: Callable[[], Any]) -> Callable[[Any, Decoder], Any]:
    def read(parts: list[Any], decoder: Decoder) -> Any:
        value = _register_mutable(build(), decoder)
        for key, part in _decode_pairs(parts, decoder):
            value[key] = part
        return value

    return read


def _decode_defaultdict(parts: list[Any], decoder: Decoder) -> Any:
    value = _decode_dict(collections.defaultdict)(parts[:1], decoder)
    value.default_factory = decode(parts[1], decoder)
    return value


def _decode_pairs(parts: list[Any], decoder: Decoder) -> Iterator[tuple[Any, Any]]:
    for key, row in parts[0]:
        name = decode(key, decoder)
        yield name, decoder.decode_part(name, row)


def _decode_mapping_proxy(parts: list[Any], decoder: Decoder) -> Any:
    return types.MappingProxyType(dict(_decode_pairs(parts, decoder)))


def _decode_bytearray(parts: list[Any], decoder: Decoder) -> bytearray:
    value: bytearray = _register_mutable(bytearray(decoder.blobs[parts[0]]), decoder)
    return value


def _decode_deque(parts: list[Any], decoder: Decoder) -> Any:
    value: Any = _register_mutable(collections.deque(maxlen=parts[1]), decoder)
    value.extend(decode(row, decoder) for row in parts[0])
    return value


def _decode_array(parts: list[Any], decoder: Decoder) -> np.ndarray:
    return _register_mutable(decoder.arrays.view(parts), decoder)


def _decode_objects(parts: list[Any], decoder: Decoder) -> np.ndarray:
    shape, rows = tuple(parts[0]), parts[1]
    if not all(type(size) is int and size >= 0 for size in shape) or prod(shape) != len(rows):
        raise MessageError("an array of objects needs as many of them as its shape says")
    array: np.ndarray = _register_mutable(np.empty(shape, object), decoder)
    for place, row in zip(np.ndindex(shape), rows, strict=True):
        array[place] = decode(row, decoder)
    return array


def _decode_file(parts: list[Any], decoder: Decoder) -> Any:
    content = decode(parts[0], decoder)
    file: Any = io.StringIO() if type(content) is str else io.BytesIO()
    _register_mutable(file, decoder)
    file.write(content)
    file.seek(parts[1])
    return file


def _decode_closed_file(parts: list[Any], decoder: Decoder) -> Any:
    kind = next(kind for kind in FILES if kind.__name__ == parts[0])
    file = _register_mutable(kind(), decoder)
    file.close()
    return file


def _decode_scalar(parts: list[Any], decoder: Decoder) -> Any:
    kind, data = plain_dtype(parts[0]), bytes.fromhex(parts[1])
    if len(data) != kind.itemsize:
        raise MessageError("a scalar needs as many bytes as its dtype")
    return np.ndarray((), kind, data)[()] if data else np.zeros((), kind)[()]


def _decode_random(parts: list[Any], decoder: Decoder) -> np.random.Generator:
    return _register_mutable(random_generators.from_parts(parts), decoder)


def _decode_fields(parts: list[Any], decoder: Decoder) -> Any:
    module, name, pairs = parts
    kind = _shared_class(module, name, decoder, dataclasses.is_dataclass)
    value = _register_mutable(object.__new__(kind), decoder)
    field_names = {attribute.name for attribute in dataclasses.fields(kind)}
    for key, row in pairs:
        if key not in field_names:
            raise MessageError(f"{name} has no field {key!r:.80}")
        object.__setattr__(value, key, decoder.decode_part(key, row))
    return value


def _decode_member(parts: list[Any], decoder: Decoder) -> Any:
    module, class_name, name = parts
    kind: Any = _shared_class(module, class_name, decoder, lambda kind: issubclass(kind, enum.Enum))
    if name not in kind.__members__:
        raise MessageError(f"{class_name} has no member {name!r:.80}")
    return kind.__members__[name]


def _decode_named_tuple(parts: list[Any], decoder: Decoder) -> Any:
    module, name, rows = parts
    kind: Any = _shared_class(module, name, decoder, lambda kind: issubclass(kind, tuple))
    if len(rows) != len(kind._fields):
        raise MessageError(f"{name} needs {len(kind._fields)} values, but {len(rows)} came")
    places = enumerate(rows)
    return tuple.__new__(kind, [decoder.decode_part(place, row) for place, row in places])


def _shared_class(module: Any, name: Any, decoder: Decoder, fits: Callable[[type], bool]) -> type:
    kind = decoder.classes.class_by_value(module, name)
    if kind is None or not fits(kind):
        raise MessageError(f"both sides need the class {name!r:.80}, but one does not have it")
    return kind


def _decode_subclass(parts: list[Any], decoder: Decoder) -> Any:
    proxy = decoder.decode_reference(parts[0], decoder.place_inside(), True)
    return decoder.choose(proxy, decode(parts[1], decoder))


def _decode_float(text: str) -> float:
    return float(DOUBLE.unpack(bytes.fromhex(text))[0])


def _decode_decimal(parts: list[Any], decoder: Decoder) -> Decimal:
    if len(parts[0]) > 10_000:
        raise MessageError("a decimal is too long")
    return Decimal(parts[0])


def _decode_bounds(build: Callable[..., Any]) -> Callable[[Any, Decoder], Any]:
    return lambda parts, decoder: build(*(decode(row, decoder) for row in parts))


def _register_mutable(value: Any, decoder: Decoder) -> Any:
    """The value, under the number that the other side gave it. Called before its parts are read, so
    that they can hold it."""
    if decoder.number is not None:
        decoder.values.define(decoder.number, value, decoder.origin)
        decoder.number = None
    return value


def _decode_shared(parts: list[Any], decoder: Decoder) -> Any:
    if len(parts) == 1:
        value = decoder.values.get(parts[0])
        decoder.note_known(parts[0])
        return value
    number = decoder.number = parts[0]
    value = decode(parts[1], decoder)
    if decoder.number is not None:
        raise MessageError("a value that nobody can change has no number")
    decoder.values.complete(number)
    return value


_READERS: dict[str, Callable[[Any, Decoder], Any]] = {
    "#": _decode_shared,
    "int": lambda parts, decoder: int(parts[0], 16),
    "float": lambda parts, decoder: _decode_float(parts[0]),
    "complex": lambda parts, decoder: complex(_decode_float(parts[0]), _decode_float(parts[1])),
    "bytes": lambda parts, decoder: decoder.blobs[parts[0]],
    "bytearray": _decode_bytearray,
    "list": _decode_list,
    "tuple": _decode_tuple,
    "set": _decode_set,
    "frozenset": _decode_items(frozenset),
    "keys": _decode_items(lambda parts: dict.fromkeys(parts).keys()),
    "values": _decode_items(lambda parts: dict(enumerate(parts)).values()),
    "items": _decode_items(lambda parts: dict(parts).items()),
    "dict": _decode_dict(dict),
    "mappingproxy": _decode_mapping_proxy,
    "ordered": _decode_dict(collections.OrderedDict),
    "counter": _decode_dict(collections.Counter),
    "defaultdict": _decode_defaultdict,
    "deque": _decode_deque,
    "range": _decode_bounds(range),
    "slice": _decode_bounds(slice),
    "ellipsis": lambda parts, decoder: Ellipsis,
    "notimplemented": lambda parts, decoder: NotImplemented,
    "array": _decode_array,
    "objects": _decode_objects,
    "file": _decode_file,
    "closed": _decode_closed_file,
    "random": _decode_random,
    "decimal": _decode_decimal,
    "fraction": lambda parts, decoder: Fraction(int(parts[0], 16), int(parts[1], 16)),
    "scalar": _decode_scalar,
    "dtype": lambda parts, decoder: plain_dtype(parts[0]),
    "class": lambda parts, decoder: CLASSES[parts[0]],
    "fields": _decode_fields,
    "member": _decode_member,
    "named": _decode_named_tuple,
    "subclass": _decode_subclass,
}
