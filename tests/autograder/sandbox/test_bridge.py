"""What crosses between two processes: exact values, and nothing that acts."""

import collections
import contextlib
import random
import socket
import struct
import sys
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.lib.stride_tricks import as_strided

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.bridge.decoding import Decoder, decode
from autograder.sandbox.inside.bridge.encoding import Encoder, encode
from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.shared_arrays import SharedArrays
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses
from autograder.sandbox.inside.bridge.shared_values import SharedValues

NOBODY = SharedClasses({}, (), ())
BRIEF = settings(max_examples=40)


def a_proxy(row, nested):
    raise MessageError(f"only proxies are {row[0]}")


def refused(value):
    raise TypeError(f"{type(value).__name__} does not cross by value")


class Side:
    """One end: its arrays, and what it sends and takes, through real bytes."""

    def __init__(self, parity):
        self.arrays, self.values = SharedArrays(parity), SharedValues(parity)

    def message(self, value):
        self.arrays.release()
        box = Encoder(self.arrays, self.values, NOBODY, refused)
        row = encode(value, box)
        changed = self.arrays.changes(box.blobs)
        head = {"value": row, "changed": changed, "gone": self.arrays.collect_dead()}
        self.arrays.keep_alive()
        return framing.encode_message(head, box.blobs)

    def take(self, data):
        message, blobs = received(data)
        self.arrays.apply_changes(message.get("changed", []), blobs)
        self.arrays.forget(message.get("gone", []))
        decoder = Decoder(self.arrays, self.values, NOBODY, a_proxy, blobs)
        return decode(message.get("value"), decoder)


def received(data):
    one, two = socket.socketpair()
    with one, two:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        return framing.receive(two)


def crossed(value):
    one, two = Side(0), Side(1)
    return two.take(one.message(value))


def exact(value):
    """A value as something that two equal values share, to the bit and to the type."""
    kind = type(value)
    if kind is float:
        return kind, struct.pack("d", value)
    if kind is complex:
        return kind, exact(value.real), exact(value.imag)
    if kind in (list, tuple, collections.deque):
        return kind, [exact(part) for part in value]
    if kind in (set, frozenset):
        return kind, sorted(map(repr, map(exact, value)))
    if kind in (dict, collections.OrderedDict, collections.Counter):
        return kind, [(exact(key), exact(part)) for key, part in value.items()]
    if kind is np.ndarray:
        return kind, value.dtype.str, value.shape, value.strides, value.tobytes()
    if isinstance(value, np.generic):
        return kind, value.dtype.str, value.tobytes()
    return kind, value


hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | npst.from_dtype(np.dtype("f4"))
    | npst.from_dtype(np.dtype("u1")),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
plain = st.recursive(
    hashable | st.builds(bytearray, st.binary()) | st.builds(range, st.integers(0, 99)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hashable, inner, max_size=3),
    max_leaves=12,
)
dtypes = (
    npst.boolean_dtypes()
    | npst.integer_dtypes(endianness="?")
    | npst.floating_dtypes(endianness="?")
    | npst.complex_number_dtypes()
    | npst.datetime64_dtypes()
    | npst.unicode_string_dtypes(max_len=5)
    | npst.byte_string_dtypes(max_len=5)
)
shapes = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@BRIEF
@given(plain)
def test_plain_values_cross_to_the_bit(value):
    assert exact(crossed(value)) == exact(value)


@pytest.mark.parametrize(
    "value",
    [
        *(-0.0, float("inf"), float("-inf"), 10**6000, -(2**53), 2**63, "\ud800", ..., slice(1, 9)),
        struct.unpack("d", bytes.fromhex("010000000000f87f"))[0],
        *(int, np.float32, np.dtype("f8"), np.ndarray, type(None), NotImplemented, slice(None)),
        *(collections.deque([1, 2], maxlen=3), collections.Counter("aab"), np.longdouble(1) / 3),
        *(collections.OrderedDict(b=1, a=2), Decimal("1.50"), Fraction(1, 3), np.str_("é")),
        *(np.datetime64("2024-02-29"), np.timedelta64(3, "h"), np.str_(""), np.bytes_(b"")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_odd_values_cross_to_the_bit(value):
    assert exact(crossed(value)) == exact(value)


@BRIEF
@given(npst.arrays(dtypes, shapes), st.data())
def test_arrays_cross_as_the_same_view(array, data):
    part = array[data.draw(npst.basic_indices(array.shape, allow_ellipsis=True))]
    view = np.asarray(part).T
    view.flags.writeable = data.draw(st.booleans())
    copy = crossed(view)
    assert (copy.dtype, copy.shape, copy.strides) == (view.dtype, view.shape, view.strides)
    assert copy.tobytes() == view.tobytes() and copy.flags.writeable == view.flags.writeable


def test_views_of_a_dictionary_stay_what_they_are():
    table = {"a": 1, "b": 2}
    keys, values, items = crossed([table.keys(), table.values(), table.items()])
    assert keys == {"b", "a"} and list(values) == [1, 2] and items == table.items()


def test_views_of_one_buffer_stay_views_of_one_buffer():
    one, two = Side(0), Side(1)
    base = np.arange(24.0)
    left, right = two.take(one.message((base[::-2], base.reshape(4, 6).T)))
    assert np.shares_memory(left, right)
    assert np.shares_memory(one.take(two.message(left[1:])), base)


def test_a_change_on_either_side_is_seen_on_the_other():
    one, two = Side(0), Side(1)
    mine = np.zeros(4)
    theirs = two.take(one.message(mine))
    theirs[1] = 5.0
    one.take(two.message(None))
    mine[2] = 7.0
    two.take(one.message(None))
    assert mine.tolist() == theirs.tolist() == [0.0, 5.0, 7.0, 0.0]


def test_what_no_view_showed_is_neither_sent_nor_reachable():
    one, two = Side(0), Side(1)
    table = np.arange(1.0, 13.0).reshape(4, 3)
    shown_columns = two.take(one.message(table[:, :2]))
    whole_table = as_strided(shown_columns, (3, 3), (24, 8))
    assert whole_table.tolist()[0] == [1.0, 2.0, 0.0]
    with pytest.raises(MessageError, match="never shown"):
        one.take(two.message(whole_table))


def test_a_read_only_array_cannot_be_changed_from_the_other_side():
    one, two = Side(0), Side(1)
    mine = np.zeros(3)
    mine.flags.writeable = False
    theirs = two.take(one.message(mine))
    theirs.base[...] = 255
    one.take(two.message(None))
    assert mine.tolist() == [0.0, 0.0, 0.0]


def test_a_buffer_that_died_is_forgotten_on_both_sides():
    one, two = Side(0), Side(1)
    for _ in range(50):
        two.take(one.message(np.zeros(100)))
        one.take(two.message(None))
    assert len(one.arrays._buffers) < 4 and len(two.arrays._buffers) < 4


def test_an_array_that_died_here_can_still_be_named_there():
    one, two = Side(0), Side(1)
    array = two.take(one.message(np.arange(3)))
    assert one.take(two.message(array)).tolist() == [0, 1, 2]


@BRIEF
@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data):
    with pytest.raises((MessageError, EOFError)):
        received(data)


@BRIEF
@given(st.data())
def test_changed_messages_are_refused_or_read_as_values(data):
    value = data.draw(plain | npst.arrays(dtypes, shapes))
    message = bytearray(Side(0).message([value, {"x": np.arange(6).reshape(2, 3)[::-1]}]))
    for place in data.draw(st.lists(st.integers(4, len(message) - 1), min_size=1, max_size=6)):
        message[place] = data.draw(st.integers(32, 126))
    modules = set(sys.modules)
    with contextlib.suppress(MessageError, EOFError):
        Side(1).take(bytes(message))
    assert set(sys.modules) == modules


TAGS = ["list", "dict", "set", "tuple", "array", "scalar", "dtype", "class", "fields", "random",
        "bytes", "=", "deque", "range", "slice", "decimal", "fraction", "int", "float"]  # fmt: skip
nonsense = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 2**70)
    | st.text(max_size=6)
    | st.sampled_from(TAGS),
    lambda inner: (
        st.lists(inner, max_size=5) | st.tuples(st.sampled_from(TAGS), inner, inner).map(list)
    ),
    max_leaves=20,
)


@settings(max_examples=400)
@given(nonsense)
def test_rows_that_mean_nothing_are_refused(row):
    side = Side(1)
    with contextlib.suppress(MessageError):
        decode(row, Decoder(side.arrays, side.values, NOBODY, a_proxy, [b"abc"]))
    with contextlib.suppress(MessageError):
        side.arrays.apply_changes([row], [b"abc"])


@pytest.mark.parametrize(
    "row",
    [
        ["fields", "os", "environ", []],
        ["fields", "subprocess", "Popen", [["args", "true"]]],
        ["class", "exec"],
        ["class", "type"],
        ["module", "os"],
        ["array", 0, 0, [1 << 40], [0], "<f8", 1],
        ["array", 0, 8, [4], [8], "<f8", 1],
        ["array", 0, 24, [4], [-16], "<f8", 1],
        ["array", 0, 0, [2], [8], "|O", 1],
        ["array", 0, 0, [2], [8], "<f8,<f8", 1],
        ["array", 0, 0, [2], [8], "<f8", 1, 1],
        ["scalar", "<f8", "00"],
        ["decimal", "9" * 20_000],
        ["fraction", "0x1", "0x0"],
        ["dict", [[["list", []], 1]]],
        ["random", "0x1", "0x1", "0x0"],
        ["float", ""],
        {"list": []},
    ],
    ids=str,
)
def test_a_lie_is_a_message_error(row):
    side = Side(1)
    side.arrays.apply_changes([[0, 32, 0, 0]], [bytes(32)])
    with pytest.raises(MessageError):
        decode(row, Decoder(side.arrays, side.values, NOBODY, a_proxy))


@pytest.mark.parametrize(
    "row",
    [[0, 1 << 40, 0, 0], [1, 8, 0, 0], [0, 8, 6, 0], [0, 8, -1, 0], [0, 8, 0, 9], [0, 8], "row"],
    ids=str,
)
def test_a_buffer_that_cannot_be_is_refused(row):
    with pytest.raises(MessageError):
        SharedArrays(1).apply_changes([row], [b"abc"])


def test_deep_nesting_is_refused_at_any_depth():
    for depth in (101, 5_000, 100_000):
        text = ('{"value":' + '["list",[' * depth + "]]" * depth + "}").encode()
        with pytest.raises(MessageError):
            Side(1).take(struct.pack(">I", len(text)) + text)


def test_a_value_that_holds_itself_does_so_on_the_other_side():
    loop = []
    loop.append(loop)
    crossed_loop = crossed(loop)
    assert crossed_loop[0] is crossed_loop


@pytest.mark.parametrize("claim", [0xFFFFFFFF, (16 << 20) + 1])
def test_a_header_that_claims_too_much_is_refused(claim):
    with pytest.raises(MessageError, match="too large"):
        received(struct.pack(">I", claim) + b"{}")


def test_a_claim_allocates_nothing_before_its_bytes_come():
    text = b'{"blobs":[60000000]}'
    tracemalloc.start()
    with pytest.raises(EOFError):
        received(struct.pack(">I", len(text)) + text + b"abc")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_blobs_beyond_the_cap_are_refused():
    text = b'{"blobs":[40000000,40000000]}'
    with pytest.raises(MessageError, match="too large"):
        received(struct.pack(">I", len(text)) + text)


def test_a_value_that_is_too_large_is_refused_before_it_is_sent():
    with pytest.raises(MessageError, match="too large"):
        Side(0).message(bytes(65 << 20))


def test_files_come_with_the_message_they_were_sent_with():
    one, two = socket.socketpair()
    with one, two, socket.socket() as passed:
        framing.send_with_fds(one, {"test": "a"}, [passed.fileno()])
        message, _, files = framing.receive_with_fds(two)
        with socket.socket(fileno=files[0]) as received_socket:
            assert message == {"test": "a"} and received_socket.type == socket.SOCK_STREAM


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(random.Random(3).randrange(99))
    rng.normal(size=3)
    assert crossed(rng).integers(1 << 60) == rng.integers(1 << 60)


@pytest.mark.parametrize("value", [len, sys, lambda: 0, object(), (x for x in "ab"), np.sin])
def test_nothing_that_acts_crosses_by_value(value):
    with pytest.raises(TypeError, match="does not cross by value"):
        Side(0).message(value)


@pytest.mark.parametrize(
    "base", [int, float, str, bytes, list, dict, tuple, np.ndarray, np.float64]
)
def test_a_subclass_of_a_plain_type_is_not_plain(base):
    magic = type("Magic", (base,), {"__eq__": lambda self, other: True})
    value = magic(()) if base in (list, dict, tuple, np.ndarray) else magic()
    with pytest.raises(TypeError, match="Magic does not cross by value"):
        Side(0).message(value)
