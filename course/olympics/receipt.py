"""A receipt: the judge's signed word on one run of an entry, as canonical JSON.

The signature is Ed25519 (RFC 8032), so that anybody can verify it with the judge's public key and
nobody can make one. Where the judge has no `cryptography`, it is HMAC-SHA256, which only the judge
can verify. This file is the door to `cryptography`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from olympics.errors import OlympicsError

INSTALL = "pip install cryptography"
KINDS = ("ed25519", "hmac-sha256")
MAX_BYTES = 100_000


@dataclass(frozen=True)
class Receipt:
    """What is signed: what was entered, who judged it how and where, and what came out."""

    season: str
    event: str
    entry_sha256: str
    run: int
    team_id: str
    verdict: str
    sentence: str
    scores: Mapping[str, float]
    harness: str
    seed_id: str
    machine: str
    judge: str
    judged_at: str


@dataclass(frozen=True)
class SignedReceipt:
    """A receipt as it stands in a file."""

    receipt: Receipt
    kind: str
    signature: str


def message(receipt: Receipt) -> bytes:
    """The bytes that are signed: JSON with sorted keys and no spaces."""
    text = json.dumps(asdict(receipt), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return b"olympics receipt 1\n" + text.encode()


def new_key() -> str:
    """A private key for a judge, 64 hexadecimal digits: a secret."""
    return secrets.token_hex(32)


def public_key(private_key: str) -> str:
    """The public key that belongs to a private key, 64 hexadecimal digits: publish it."""
    return str(_private(private_key).public_key().public_bytes_raw().hex())


def sign(receipt: Receipt, private_key: str) -> SignedReceipt:
    """The receipt with its Ed25519 signature."""
    signature = _private(private_key).sign(message(receipt)).hex()
    return SignedReceipt(receipt, "ed25519", signature)


def sign_with_secret(receipt: Receipt, secret: str) -> SignedReceipt:
    """The receipt with an HMAC, which only who has the secret can verify."""
    key = _key_bytes(secret)
    return SignedReceipt(
        receipt, "hmac-sha256", hmac.new(key, message(receipt), hashlib.sha256).hexdigest()
    )


def has_signatures() -> bool:
    """Whether `cryptography` is installed here."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True


def verify(signed: SignedReceipt, public_key: str) -> bool:
    """Whether the signature is that of the judge with this public key.

    OlympicsError where that cannot be asked here, and for a receipt with an HMAC. subtle: the
    public key must never be taken for the secret of an HMAC, or everybody could sign.
    """
    if signed.kind != "ed25519":
        raise OlympicsError(
            "The receipt is signed with an HMAC: only the judge can verify it, with the judge's "
            "own key. A public key says nothing about it."
        )
    return _is_ed25519(signed, public_key)


def verify_with_secret(signed: SignedReceipt, secret: str) -> bool:
    """Whether a receipt has the HMAC of whoever has this secret."""
    expected = sign_with_secret(signed.receipt, secret)
    signatures_match = hmac.compare_digest(expected.signature.encode(), signed.signature.encode())
    return signed.kind == expected.kind and signatures_match


def to_text(signed: SignedReceipt) -> str:
    """The text of a receipt's file."""
    signature = {"kind": signed.kind, "value": signed.signature}
    fields = {"receipt": asdict(signed.receipt), "signature": signature}
    return json.dumps(fields, indent=1, sort_keys=True, allow_nan=False) + "\n"


def from_text(text: str) -> SignedReceipt:
    """The receipt in a file's text. OlympicsError where it is none."""
    if len(text) > MAX_BYTES:
        raise OlympicsError("This is no receipt: it is too long.")
    try:
        fields = json.loads(text)
        signature = fields["signature"]
        signed = SignedReceipt(
            Receipt(**fields["receipt"]), str(signature["kind"]), str(signature["value"])
        )
        message(signed.receipt)
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise OlympicsError("This is no receipt: the judge writes JSON with two parts.") from fault
    if signed.kind not in KINDS:
        raise OlympicsError(f"The receipt is signed by '{signed.kind[:40]}', which is not known.")
    return signed


def _private(private_key: str) -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as fault:
        raise OlympicsError(f"Signatures need the package cryptography: {INSTALL}") from fault
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(private_key))


def _is_ed25519(signed: SignedReceipt, key: str) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as fault:
        raise OlympicsError(f"Verifying needs the package cryptography: {INSTALL}") from fault
    try:
        signature = bytes.fromhex(signed.signature)
        Ed25519PublicKey.from_public_bytes(_key_bytes(key)).verify(
            signature, message(signed.receipt)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_bytes(key: str) -> bytes:
    try:
        data = bytes.fromhex(key.strip())
    except ValueError as fault:
        raise OlympicsError("A key is 64 hexadecimal digits, and other characters came.") from fault
    if len(data) != 32:
        raise OlympicsError(f"A key is 64 hexadecimal digits, and {2 * len(data)} came.")
    return data
