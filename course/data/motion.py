"""Writes `motion.npz`: 80 windows of a smart watch's accelerometer and gyroscope, ten seconds each.

They come from the Python package sktime, whose files hold one window a line. In this folder:

    pip download --no-deps sktime==1.2.0
    unzip sktime-1.2.0-py3-none-any.whl 'sktime/datasets/data/BasicMotions/*'
    python motion.py sktime/datasets/data/BasicMotions
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

CLASSES = ("standing", "running", "walking", "badminton")
VALUES_SHA256 = "156d0fd4ac99e51d7f5e5adcd58652d36c39406656d35b24cb53752804962d22"


def windows(path: Path) -> tuple[np.ndarray, list[int]]:
    """Windows (n, 100, 6) in thousandths, and the number of each one's class."""
    lines = path.read_text().splitlines()
    rows = [line.split(":") for line in lines[lines.index("@data") + 1 :]]
    axes = np.array([[axis.split(",") for axis in row[:-1]] for row in rows], np.float64)
    values = np.rint(1000 * axes).astype(np.int16).transpose(0, 2, 1)
    return values, [CLASSES.index(row[-1].lower()) for row in rows]


def main() -> None:
    folder = Path(sys.argv[1])
    parts = [windows(folder / f"BasicMotions_{part}.ts") for part in ("TRAIN", "TEST")]
    values = np.concatenate([part[0] for part in parts])
    labels = np.array(parts[0][1] + parts[1][1], np.uint8)
    digest = hashlib.sha256(values.tobytes() + labels.tobytes()).hexdigest()
    if digest != VALUES_SHA256:
        sys.exit(f"the windows in {folder} are others: sha256 {digest}")
    np.savez_compressed(Path(__file__).with_name("motion.npz"), values=values, labels=labels)


if __name__ == "__main__":
    main()
