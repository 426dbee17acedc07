"""CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF): the check of a binary frame."""

from __future__ import annotations

MAX_PAYLOAD = 128


def crc16(data: bytes, crc: int = 0xFFFF) -> int:
    """The CRC of `data`; crc16(b"123456789") is 0x29B1."""
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def frame(payload: bytes) -> bytes:
    """Length, payload, CRC high byte first. The payload has 1 to 128 bytes."""
    if not 1 <= len(payload) <= MAX_PAYLOAD:
        raise ValueError(f"A frame carries 1 to {MAX_PAYLOAD} bytes, not {len(payload)}.")
    return bytes([len(payload)]) + payload + crc16(payload).to_bytes(2, "big")


def frames(data: bytes, payload_bytes: int = MAX_PAYLOAD) -> list[bytes]:
    """`data` cut into frames of at most `payload_bytes`, 1 to 128."""
    return [frame(data[i : i + payload_bytes]) for i in range(0, len(data), payload_bytes)]
