"""The framing of messages on a stream socket: four bytes of length, a JSON object, then raw blobs.

The object's "blobs" lists the lengths of the blobs. The other end may be the submission's process:
nothing is allocated beyond a limit, nothing is executed, and bytes that are no message raise a
MessageError.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any, Protocol

MAX_BYTES = 64 << 20
MAX_HEADER_BYTES = 16 << 20
_LENGTH = struct.Struct(">I")

Blob = bytes | bytearray | memoryview


class Stream(Protocol):
    """A stream socket, or what reads and writes like one."""

    def recv(self, size: int, /) -> bytes: ...

    def sendall(self, data: bytes, /) -> None: ...


class MessageError(ValueError):
    """The bytes that came are not a message, or a value is too large to send as one."""


def _reject_constant(name: str) -> Any:
    raise MessageError(f"a message needs finite numbers, but it holds {name}")


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
_decode = json.JSONDecoder(parse_constant=_reject_constant).decode


def send(sock: Stream, message: dict[str, Any], blobs: Sequence[Blob] = ()) -> None:
    """One message, in one piece. MessageError where it is too large; EOFError: the peer is gone."""
    _send_all(sock, encode_message(message, blobs))


def send_with_fds(sock: socket.socket, message: dict[str, Any], fds: Sequence[int]) -> None:
    """One message with open files attached to its first byte."""
    data = encode_message(message)
    try:
        size_sent = socket.send_fds(sock, [data], list(fds))
    except (BrokenPipeError, ConnectionResetError) as fault:
        raise EOFError("the other process is gone") from fault
    _send_all(sock, data[size_sent:])


def encode_message(message: dict[str, Any], blobs: Sequence[Blob] = ()) -> bytes:
    """The bytes of one message."""
    head = {**message, "blobs": [len(blob) for blob in blobs]} if blobs else message
    text = _encode(head).encode("ascii")
    size = len(text) + sum(map(len, blobs))
    if len(text) > MAX_HEADER_BYTES or size > MAX_BYTES:
        raise MessageError(f"a value of {size:,} bytes is too large to pass between the processes")
    return b"".join([_LENGTH.pack(len(text)), text, *blobs])


def receive(sock: Stream, max_bytes: int = MAX_BYTES) -> tuple[dict[str, Any], list[bytes]]:
    """The next message and its blobs. EOFError: the peer is gone. MessageError: nonsense came."""
    return _read_body(sock, _read_exactly(sock, _LENGTH.size), max_bytes)


def receive_with_fds(
    sock: socket.socket, max_bytes: int = MAX_BYTES, fds: int = 4
) -> tuple[dict[str, Any], list[bytes], list[int]]:
    """The next message, its blobs and the open files that came with it."""
    try:
        length_bytes, ancillary, _, _ = sock.recvmsg(_LENGTH.size, socket.CMSG_SPACE(fds * 4))
    except ConnectionResetError as fault:
        raise EOFError("the other process is gone") from fault
    passed = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            passed.frombytes(data[: len(data) - len(data) % passed.itemsize])
    if not length_bytes:
        raise EOFError("the other process is gone")
    length_bytes += _read_exactly(sock, _LENGTH.size - len(length_bytes))
    return *_read_body(sock, length_bytes, max_bytes), list(passed)


def _read_body(
    sock: Stream, length_bytes: bytes, max_bytes: int
) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = _LENGTH.unpack(length_bytes)
    if length > min(max_bytes, MAX_HEADER_BYTES):
        raise MessageError(f"a message's header of {length:,} bytes is too large")
    message = _parse_header(_read_exactly(sock, length))
    sizes = message.pop("blobs", [])
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise MessageError("a message's blobs need a list of lengths")
    if length + sum(sizes) > max_bytes:
        raise MessageError(f"a message of {length + sum(sizes):,} bytes is too large")
    return message, [_read_exactly(sock, size) for size in sizes]


def _parse_header(text: bytes) -> dict[str, Any]:
    try:
        message = _decode(text.decode("ascii"))
    except (ValueError, RecursionError, MemoryError) as fault:
        raise MessageError(f"a message must be JSON: {fault}") from fault
    if type(message) is not dict:
        raise MessageError(f"a message must be an object, but {type(message).__name__} came")
    return message


def _send_all(sock: Stream, data: bytes) -> None:
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError) as fault:
        raise EOFError("the other process is gone") from fault


def _read_exactly(sock: Stream, size: int) -> bytes:
    """The next `size` bytes; what they need is allocated as they come."""
    parts, remaining = [], size
    while remaining:
        try:
            part = sock.recv(min(remaining, 1 << 20))
        except ConnectionResetError as fault:
            raise EOFError("the other process is gone") from fault
        if not part:
            raise EOFError("the other process is gone")
        parts.append(part)
        remaining -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
