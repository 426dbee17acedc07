"""Writes `fashion.npz`: 4,500 photographs of clothes from Fashion-MNIST, in 16 levels of grey.

The photographs come from a Debian package, whose files are gzipped IDX. In this folder:

    apt-get download dataset-fashion-mnist
    dpkg -x dataset-fashion-mnist_*.deb fashion
    python fashion.py fashion/usr/share/datasets/fashion-mnist
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np

COUNT, SIDE, LEVELS = 4500, 28, 16  # the first of the training part, in its order
PIXELS_SHA256 = "00972e41033aa68445791a3de8b68a5fe48248bf6effe9e3ca3da98d706dd551"


def idx(path: Path, header: int) -> np.ndarray:
    """The bytes of a gzipped IDX file after its header."""
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


def main() -> None:
    folder = Path(sys.argv[1])
    pixels = idx(folder / "train-images-idx3-ubyte.gz", header=16).reshape(-1, SIDE, SIDE)
    images = pixels[:COUNT] // (256 // LEVELS)
    labels = idx(folder / "train-labels-idx1-ubyte.gz", header=8)[:COUNT]
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    if digest != PIXELS_SHA256:
        sys.exit(f"the photographs in {folder} are others: sha256 {digest}")
    np.savez_compressed(Path(__file__).with_name("fashion.npz"), images=images, labels=labels)


if __name__ == "__main__":
    main()
