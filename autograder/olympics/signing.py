"""Judgements become receipts that the judge has signed: a file for each run, made again at will.

The key is a secret of the judge. Its public half is written beside the receipts, for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from olympics import receipt as receipts
from olympics.entry import BETWEEN
from olympics.errors import OlympicsError
from olympics.receipt import Receipt, SignedReceipt

from autograder.files import make_folder, read_plain, write_file
from autograder.model import CourseError
from autograder.olympics.ledger import Judgement

PUBLIC_KEY = "judge.pub"
MAX_KEY_BYTES = 1000


def signed_receipt(row: Judgement, private_key: str) -> SignedReceipt:
    """The receipt of a judgement, signed with Ed25519, or with an HMAC where `cryptography` is not
    installed (only the judge can verify that)."""
    receipt = Receipt(**{name: getattr(row, name) for name in Receipt.__annotations__})
    if receipts.has_signatures():
        return receipts.sign(receipt, private_key)
    return receipts.sign_with_secret(receipt, private_key)


def write_receipts(rows: Iterable[Judgement], folder: Path, private_key: str) -> list[Path]:
    """A file for each judgement, named by team, event, entry and run; the same rows give the same
    files. The judge's public key lies beside them."""
    paths = []
    for row in rows:
        path = folder / f"{row.team_id}{BETWEEN}{row.event}-{row.entry_sha256[:16]}-{row.run}.json"
        write_file(path, receipts.to_text(signed_receipt(row, private_key)).encode())
        paths.append(path)
    if receipts.has_signatures():
        write_file(folder / PUBLIC_KEY, (receipts.public_key(private_key) + "\n").encode())
    return paths


def make_receipts_folder(folder: Path) -> None:
    """Make the folder for receipts where it is missing. CourseError where it cannot be one."""
    try:
        make_folder(folder)
    except OSError as fault:
        raise CourseError(
            f"--receipts needs a folder, and {folder} cannot be one: {fault.strerror or fault}. "
            "Name a folder, or a path where one can be made."
        ) from fault


def read_key(path: Path) -> str:
    """The judge's private key in a file, which is made, for its owner's eyes only, where there is
    none. CourseError where it is no key."""
    if path.is_dir():
        raise CourseError(f"--key needs a file, and {path} is a folder. Name the file in it.")
    if not path.exists():
        make_folder(path.parent)
        path.touch(mode=0o600)
        path.write_text(receipts.new_key() + "\n")
    try:
        key = read_plain(path, MAX_KEY_BYTES).decode("ascii").strip()
        receipts.sign_with_secret(_example(), key)
    except (OSError, UnicodeDecodeError, OlympicsError) as fault:
        raise CourseError(f"The judge's key {path} is not a key: {fault}") from fault
    return key


def _example() -> Receipt:
    return Receipt("", "", "", 1, "", "", "", {}, "", "", "", "", "")
