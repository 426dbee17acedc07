"""What a notebook client would write into a notebook's cells, event by event.

A Recorder gets the events that a kernel would publish (text, displays, results, errors, clearing,
messages of widgets) and keeps what nbclient keeps of them, in nbformat's shape. Events of a cell
that has ended, such as those of a task that it left behind, are dropped, as nbclient drops them.
"""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.sandbox.inside.shell.plain_json import plain_text

CUT = "\n[the rest of this output was cut: it is longer than the grader keeps]\n"
ERROR_BYTES = 20_000  # an error is kept where other output is cut, up to this size
Output = dict[str, Any]


class Catcher(Protocol):
    """Something that takes a cell's outputs for itself: an Output widget."""

    def catch(self, output: Output) -> None: ...
    def clear(self, wait: bool) -> None: ...


@dataclass
class Cell:
    """The outputs of a cell while it runs."""

    cell_id: str
    most_bytes: int
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    outputs: list[Output] = field(default_factory=list)
    spent: int = 0
    cut: bool = False
    clear_before_next: bool = False
    catchers: list[Catcher] = field(default_factory=list)
    changed: list[Output] = field(default_factory=list)


class Recorder:
    """The cells of one notebook, one after the other."""

    def __init__(self) -> None:
        self.cell: Cell | None = None
        self._begun_in: ContextVar[Cell | None] = ContextVar("cell")
        self._shown: dict[str, dict[str, list[int]]] = {}

    def begin(self, cell_id: str, most_bytes: int) -> Cell:
        """Open a cell: what comes from now on is its output."""
        self.cell = Cell(cell_id, most_bytes)
        self._begun_in.set(self.cell)
        return self.cell

    def end(self) -> Cell:
        """Close the cell and return it."""
        assert self.cell is not None
        cell, self.cell = self.cell, None
        return cell

    def open_cell(self) -> Cell | None:
        """The cell that output belongs to, None where that cell has ended.

        A task belongs to the cell that began it, a thread to the cell that runs.
        """
        return self.cell if self._begun_in.get(self.cell) is self.cell else None

    def left(self) -> int:
        """How many bytes of output the cell may still have; 0 where there is no cell."""
        return max(0, self.cell.most_bytes - self.cell.spent) if self.cell else 0

    def stream(self, name: str, text: str) -> None:
        """Text on stdout or stderr, already gathered into one piece."""
        if (cell := self.cell) is None or cell.cut:
            return
        text, size = plain_text(text), _bytes(text)
        if size > self.left():
            self._cut(cell, name, text.encode()[: self.left()].decode(errors="ignore"))
        else:
            cell.spent += size
            self._add(cell, {"output_type": "stream", "name": name, "text": text})

    def show(self, data: Output, metadata: Output, display_id: str | None) -> None:
        """display_data; one with a display id also changes the earlier ones of that id."""
        if (cell := self.open_cell()) is None:
            return
        if display_id:
            self._change(cell, display_id, data, metadata)
        output = {"output_type": "display_data", "metadata": metadata, "data": data}
        self._add_sized(cell, output, display_id)

    def update(self, data: Output, metadata: Output, display_id: str | None) -> None:
        """update_display_data: change what was shown before, show nothing new."""
        if (cell := self.open_cell()) is not None and display_id:
            self._change(cell, display_id, data, metadata)

    def result(self, data: Output, metadata: Output, execution_count: int) -> None:
        """execute_result: the value of a cell's last expression."""
        if (cell := self.open_cell()) is not None:
            what = {"metadata": metadata, "data": data, "execution_count": execution_count}
            self._add_sized(cell, {"output_type": "execute_result", **what})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception; kept, if short, even where the output before it was too long."""
        if (cell := self.open_cell()) is None:
            return
        value, lines = plain_text(value), [plain_text(line) for line in traceback]
        size = sum(map(_bytes, lines)) + _bytes(value)
        if size > max(self.left(), ERROR_BYTES):
            cell.cut = True
            value, lines = value[:ERROR_BYTES], _last(lines)
        cell.spent += size
        output = {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
        self._add(cell, output)

    def clear(self, wait: bool) -> None:
        """clear_output, at once or when the next output comes."""
        if (cell := self.open_cell()) is None:
            return
        if cell.catchers:
            cell.catchers[-1].clear(wait)
        elif wait:
            cell.clear_before_next = True
        else:
            self._empty(cell)

    def _add_sized(self, cell: Cell, output: Output, display_id: str | None = None) -> None:
        size = sum(_bytes(str(each)) for each in output["data"].values())
        if cell.cut:
            return
        if size > self.left():
            self._cut(cell, "stdout", "")
        else:
            cell.spent += size
            self._add(cell, output, display_id)

    def _add(self, cell: Cell, output: Output, display_id: str | None = None) -> None:
        if cell.catchers:
            cell.catchers[-1].catch(output)
            return
        if cell.clear_before_next:
            cell.clear_before_next = False
            self._empty(cell)
        if display_id:
            places = self._shown.setdefault(display_id, {})
            places.setdefault(cell.cell_id, []).append(len(cell.outputs))
        cell.outputs.append(output)

    def _cut(self, cell: Cell, name: str, kept: str) -> None:
        cell.cut, cell.spent = True, cell.most_bytes
        self._add(cell, {"output_type": "stream", "name": name, "text": kept + CUT})

    def _empty(self, cell: Cell) -> None:
        cell.outputs.clear()
        cell.spent = 0
        for places in self._shown.values():
            places.pop(cell.cell_id, None)

    def _change(self, cell: Cell, display_id: str, data: Output, metadata: Output) -> None:
        """What stands in this cell changes here; for earlier cells it is noted who must change."""
        new = {"data": data, "metadata": metadata}
        for cell_id, indices in self._shown.get(display_id, {}).items():
            for index in indices:
                if cell_id == cell.cell_id:
                    cell.outputs[index].update(new)
                else:
                    cell.changed.append({"cell_id": cell_id, "index": index, **new})


def _last(lines: list[str]) -> list[str]:
    """The last of a traceback's lines, as many as may be kept."""
    kept, room = [], ERROR_BYTES
    for line in reversed(lines):
        kept.append(line[: max(0, room)])
        room -= len(line)
        if room <= 0:
            break
    return [CUT, *reversed(kept)]


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
