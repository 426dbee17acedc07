"""Recorded data that an emulated sensor plays: motion, humidity and temperature, spoken digits.

The files are slices of published data sets, copied from `course/data`, whose README names their
sources, licences and check sums. A recording that has been played to its end begins again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from hardware_labs.emulation import sensor_files
from hardware_labs.emulation.sensor_files import FILES
from hardware_labs.errors import BoardMissing


@dataclass(frozen=True, eq=False)
class Recording:
    """`values` (rows, axes) int32 in `unit`, one row every 1/hz s; `labels` (rows,) into classes.

    `data` says where it comes from and under which licence.
    """

    name: str
    values: np.ndarray
    labels: np.ndarray
    hz: str
    axes: tuple[str, ...]
    unit: str
    classes: tuple[str, ...]
    data: str

    def rows_of(self, number: int) -> Sequence[int]:
        """The numbers of the rows of class `number`, of all rows for -1."""
        if number < 0:
            return range(len(self.values))
        return tuple(np.flatnonzero(self.labels == number).tolist())

    def facts(self) -> dict[str, str]:
        """What a board with this sensor says of it in its answer to `info`."""
        return {
            "source": self.name,
            "source_data": self.data,
            "source_hz": self.hz,
            "source_axes": ",".join(self.axes),
            "source_unit": self.unit,
            "source_classes": ",".join(self.classes),
            "source_rows": str(len(self.values)),
        }


@cache
def recording(name: str) -> Recording:
    """The recording of that name. Raises BoardMissing where there is none."""
    makers = {"motion": _motion, "mote": _mote, "speech": _speech}
    if name not in makers:
        raise BoardMissing(f"There is no recording '{name}'. There is: {', '.join(FILES)}.")
    return makers[name]()


def _motion() -> Recording:
    with _stored(FILES["motion"]) as stored:
        values, labels = stored["values"], stored["labels"]
    return Recording(
        name="motion",
        values=values.reshape(-1, 6).astype(np.int32),
        labels=np.repeat(labels, values.shape[1]),
        hz="10",
        axes=("ax", "ay", "az", "gx", "gy", "gz"),
        unit="thousandths of the watch's own unit",
        classes=("standing", "running", "walking", "badminton"),
        data="recorded on a smart watch (BasicMotions; sktime 1.2.0, BSD-3)",
    )


def _mote() -> Recording:
    """Mote 1 stood indoors; what the experimenters did to it is marked."""
    with _stored(FILES["mote"]) as stored:
        mine = stored["motes"] == 1
        values, labels = stored["values"][mine], stored["labels"][mine]
    return Recording(
        name="mote",
        values=values.astype(np.int32),
        labels=labels,
        hz="0.2",
        axes=("humidity", "temperature"),
        unit="0.01 % and 0.01 degrees Celsius",
        classes=("normal", "event"),
        data="recorded by a sensor mote (Suthaharan et al. 2010, CC BY 4.0)",
    )


def _speech() -> Recording:
    """One word after the other; its label is the digit."""
    with _stored(FILES["speech"]) as stored:
        samples, starts, digits = (stored[key] for key in ("samples", "starts", "digits"))
    return Recording(
        name="speech",
        values=samples.astype(np.int32)[:, None],
        labels=np.repeat(digits, np.diff(starts)),
        hz="8000",
        axes=("sound",),
        unit="1/32768 of full scale",
        classes=tuple(map(str, range(10))),
        data="recorded voices (Asterisk core sounds 1.6.1, CC BY-SA 3.0)",
    )


def _stored(file: str) -> np.lib.npyio.NpzFile:
    path = sensor_files.FOLDER / file
    if not path.exists():
        raise BoardMissing(f"There is no recording {path}.")
    return np.load(path, allow_pickle=False)
