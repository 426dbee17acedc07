"""Writes the pictures of the event Featherweight that `fashion.npz` does not hold.

`fashion_held_out.npz`: 4,200 of the test part of Fashion-MNIST, in 16 levels of grey, from which
the judge draws. `course/olympics/workloads/practice.npz`: 1,200 of its training part behind the
4,500 of `fashion.npz`, from which a local heat draws. In this folder, with the package as
`fashion.py` says:

    python fashion_held_out.py fashion/usr/share/datasets/fashion-mnist
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np

SIDE, LEVELS = 28, 16
HELD_OUT, PRACTICE = slice(0, 4200), slice(4500, 5700)
SHA256 = {
    "fashion_held_out.npz": "d6f80597d5eb0a91c46e0b8aab81584f26b6c1d5701f578c714e66c41c3ee498",
    "practice.npz": "42080b242e64e7877d134df38d433485ec347bb4dc8bc4f8d617b881cbf6753c",
}


def idx(path: Path, header: int) -> np.ndarray:
    """The bytes of a gzipped IDX file after its header."""
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


def write(place: Path, folder: Path, part: str, rows: slice) -> None:
    """The rows of a part as `place`. Ends with a sentence where the photographs are others."""
    pixels = idx(folder / f"{part}-images-idx3-ubyte.gz", header=16).reshape(-1, SIDE, SIDE)
    images = pixels[rows] // (256 // LEVELS)
    labels = idx(folder / f"{part}-labels-idx1-ubyte.gz", header=8)[rows]
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    if digest != SHA256[place.name]:
        sys.exit(f"the photographs for {place.name} are others: sha256 {digest}")
    np.savez_compressed(place, images=images, labels=labels)


def main() -> None:
    folder, here = Path(sys.argv[1]), Path(__file__).parent
    write(here / "fashion_held_out.npz", folder, "t10k", HELD_OUT)
    practice = here.parent / "olympics" / "workloads" / "practice.npz"
    write(practice, folder, "train", PRACTICE)


if __name__ == "__main__":
    main()
