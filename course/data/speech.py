"""Writes `speech.npz`: the digits 0 to 9, spoken by four people in five languages.

The recordings come from Debian packages, as WAV files. In this folder:

    for l in en es fr it ru; do apt-get download asterisk-core-sounds-$l-wav; done
    for deb in asterisk-core-sounds-*.deb; do dpkg -x $deb sounds; done
    python speech.py sounds/usr/share/asterisk/sounds
"""

from __future__ import annotations

import hashlib
import sys
import wave
from pathlib import Path

import numpy as np

VOICES = (
    "en_US_f_Allison",
    "es_MX_f_Allison",
    "fr_CA_f_June",
    "it_IT_m_Carlo",
    "ru_RU_f_IvrvoiceRU",
)
SAMPLES_SHA256 = "aebd87b674c5aaed0e1918c226de3e860e4bb7b3d4439ce9ea665c7cec1310ba"


def samples(path: Path) -> np.ndarray:
    """(n,) int16 of a WAV file with one channel of 8,000 samples a second."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (8000, 2, 1):
            sys.exit(f"{path} is not 8,000 samples a second of 16 bits in one channel")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def main() -> None:
    folder = Path(sys.argv[1])
    words = [samples(folder / v / "digits" / f"{n}.wav") for v in VOICES for n in range(10)]
    sound = np.concatenate(words).astype(np.int16)
    digest = hashlib.sha256(sound.tobytes()).hexdigest()
    if digest != SAMPLES_SHA256:
        sys.exit(f"the recordings in {folder} are others: sha256 {digest}")
    np.savez_compressed(
        Path(__file__).with_name("speech.npz"),
        samples=sound,
        starts=np.cumsum([0, *map(len, words)]).astype(np.int32),
        digits=np.tile(np.arange(10, dtype=np.uint8), len(VOICES)),
        voices=np.repeat(np.arange(len(VOICES), dtype=np.uint8), 10),
    )


if __name__ == "__main__":
    main()
