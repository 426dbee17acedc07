"""The emulated sensor: recorded data behind registers, for firmware to read row by row.

No chip has anything at these addresses. A real board would read its own sensor (on a Nano 33 BLE
Sense a motion sensor at the end of an I2C bus); the registers are those of `firmware/c/sensor.c`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hardware_labs.emulation.registers import Register, RegisterTable
from hardware_labs.emulation.sensor_files import names

if TYPE_CHECKING:  # loaded when a recording is asked for: most boards play none, and start sooner
    from hardware_labs.emulation.sensor_data import Recording

BASE = 0xDFFF0000
ID, NAME, CLASS, AXES, ROW, FACTS, RECORDINGS, VALUES = 0, 4, 8, 12, 16, 20, 24, 64
ID_OF_A_SENSOR = 0x534E4553
MAX_AXES = 8


class Sensor:
    """What was chosen to be played, and the row that the values come from."""

    def __init__(self) -> None:
        self._name, self._letters = "", ""
        self._recording: Recording | None = None
        self._rows: Sequence[int] = ()
        self._row = 0
        self._is_found = False

    def registers(self) -> RegisterTable:
        """The sensor's registers; they need nothing of the board."""
        values = {BASE + VALUES + 4 * axis: self._axis(axis) for axis in range(MAX_AXES)}
        return values | {
            BASE + ID: Register(read=lambda _, __: ID_OF_A_SENSOR),
            BASE + NAME: Register(lambda _, __: self._is_found, lambda _, v: self._spell(v)),
            BASE + CLASS: Register(lambda _, __: self._is_found, lambda _, v: self._choose(v)),
            BASE + AXES: Register(read=lambda _, __: self._axes()),
            BASE + ROW: Register(write=lambda _, v: self._go_to(v)),
            BASE + FACTS: Register(lambda _, __: self._letter(), lambda _, __: self._tell_facts()),
            BASE + RECORDINGS: Register(
                lambda _, __: self._letter(), lambda _, __: self._tell_names()
            ),
        }

    def _spell(self, letter: int) -> None:
        """Takes a recording's name letter by letter; a 0 ends it, and chooses."""
        if letter:
            self._name += chr(letter & 0x7F)
            return
        from hardware_labs.emulation.sensor_data import recording

        self._is_found = self._name in names()
        if self._is_found:
            self._recording = recording(self._name)
            self._rows = self._recording.rows_of(-1)
        self._name = ""

    def _choose(self, number: int) -> None:
        """Plays the rows of one class only; -1, as 32 bits, is all of them."""
        signed = number - 2**32 if number >= 2**31 else number
        rows = self._recording.rows_of(signed) if self._recording else ()
        self._is_found = len(rows) > 0
        if self._is_found:
            self._rows = rows

    def _go_to(self, row: int) -> None:
        self._row = row

    def _axes(self) -> int:
        return len(self._recording.axes) if self._recording else 0

    def _axis(self, axis: int) -> Register:
        return Register(read=lambda _, __: self._value(axis))

    def _value(self, axis: int) -> int:
        """0 where nothing was chosen, or the recording has fewer axes."""
        if self._recording is None:
            return 0
        row = self._recording.values[self._rows[self._row % len(self._rows)]]
        return int(row[axis]) if axis < len(row) else 0

    def _tell_facts(self) -> None:
        played = self._recording.facts() if self._recording else {}
        facts = played | {"source_rows": str(len(self._rows))}
        self._letters = "".join(f"m-info-[{key}={value}]\r\n" for key, value in facts.items())

    def _tell_names(self) -> None:
        self._letters = "".join(f",{name}" for name in names())

    def _letter(self) -> int:
        letter, self._letters = self._letters[:1], self._letters[1:]
        return ord(letter) if letter else 0
