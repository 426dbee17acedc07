"""Messages on a stream socket: four bytes of length, a JSON object, then raw blobs.

The object's "blobs" lists the lengths of the blobs. The other end may be a stranger's process:
nothing is allocated beyond a cap, nothing is executed, and what makes no sense is a WireError.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any, Protocol

MOST_BYTES = 64 << 20
MOST_HEADER_BYTES = 16 << 20
_LENGTH = struct.Struct(">I")

Blob = bytes | bytearray | memoryview


class Stream(Protocol):
    """A stream socket, or what reads and writes like one."""

    def recv(self, size: int, /) -> bytes: ...

    def sendall(self, data: bytes, /) -> None: ...


class WireError(ValueError):
    """What came over the wire is not a message, or what should go is too large for one."""


def _no_constant(name: str) -> Any:
    raise WireError(f"a message needs finite numbers, but it holds {name}")


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def send(sock: Stream, message: dict[str, Any], blobs: Sequence[Blob] = ()) -> None:
    """One message, in one piece. WireError where it is too large; EOFError: the peer is gone."""
    _all(sock, packed(message, blobs))


def send_with_fds(sock: socket.socket, message: dict[str, Any], fds: Sequence[int]) -> None:
    """One message with open files attached to its first byte."""
    data = packed(message)
    try:
        sent = socket.send_fds(sock, [data], list(fds))
    except (BrokenPipeError, ConnectionResetError) as fault:
        raise EOFError("the other process is gone") from fault
    _all(sock, data[sent:])


def packed(message: dict[str, Any], blobs: Sequence[Blob] = ()) -> bytes:
    """The bytes of one message."""
    head = {**message, "blobs": [len(blob) for blob in blobs]} if blobs else message
    text = _encode(head).encode("ascii")
    size = len(text) + sum(map(len, blobs))
    if len(text) > MOST_HEADER_BYTES or size > MOST_BYTES:
        raise WireError(f"a value of {size:,} bytes is too large to pass between the processes")
    return b"".join([_LENGTH.pack(len(text)), text, *blobs])


def receive(sock: Stream, most: int = MOST_BYTES) -> tuple[dict[str, Any], list[bytes]]:
    """The next message and its blobs. EOFError: the peer is gone. WireError: nonsense came."""
    return _rest(sock, _exactly(sock, _LENGTH.size), most)


def receive_with_fds(
    sock: socket.socket, most: int = MOST_BYTES, fds: int = 4
) -> tuple[dict[str, Any], list[bytes], list[int]]:
    """The next message, its blobs and the open files that came with it."""
    try:
        start, ancillary, _, _ = sock.recvmsg(_LENGTH.size, socket.CMSG_SPACE(fds * 4))
    except ConnectionResetError as fault:
        raise EOFError("the other process is gone") from fault
    passed = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            passed.frombytes(data[: len(data) - len(data) % passed.itemsize])
    if not start:
        raise EOFError("the other process is gone")
    start += _exactly(sock, _LENGTH.size - len(start))
    return *_rest(sock, start, most), list(passed)


def _rest(sock: Stream, start: bytes, most: int) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = _LENGTH.unpack(start)
    if length > min(most, MOST_HEADER_BYTES):
        raise WireError(f"a message's header of {length:,} bytes is too large")
    message = _parsed(_exactly(sock, length))
    sizes = message.pop("blobs", [])
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise WireError("a message's blobs need a list of lengths")
    if length + sum(sizes) > most:
        raise WireError(f"a message of {length + sum(sizes):,} bytes is too large")
    return message, [_exactly(sock, size) for size in sizes]


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        message = _decode(text.decode("ascii"))
    except (ValueError, RecursionError, MemoryError) as fault:
        raise WireError(f"a message must be JSON: {fault}") from fault
    if type(message) is not dict:
        raise WireError(f"a message must be an object, but {type(message).__name__} came")
    return message


def _all(sock: Stream, data: bytes) -> None:
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError) as fault:
        raise EOFError("the other process is gone") from fault


def _exactly(sock: Stream, size: int) -> bytes:
    """The next `size` bytes; what they need is allocated as they come."""
    parts, left = [], size
    while left:
        try:
            part = sock.recv(min(left, 1 << 20))
        except ConnectionResetError as fault:
            raise EOFError("the other process is gone") from fault
        if not part:
            raise EOFError("the other process is gone")
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
