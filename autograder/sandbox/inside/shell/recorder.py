"""The recorder: it makes a notebook's outputs from the events that a kernel would publish.

It gets text, displays, results, errors and clearing, and keeps of them what nbclient keeps, in
nbformat's shape. Events of a cell that has ended, such as those of a task that still runs, are
dropped, as nbclient drops them.
"""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.sandbox.inside.shell.plain_json import without_surrogates

CUT = "\n[the rest of this output was cut: it is longer than the grader keeps]\n"
ERROR_BYTES = 20_000  # an error is kept where other output is cut, up to this size
Output = dict[str, Any]


class Catcher(Protocol):
    """Something that takes a cell's outputs for itself: an Output widget."""

    def catch(self, output: Output) -> None: ...
    def clear(self, wait: bool) -> None: ...


@dataclass
class CellRecord:
    """The outputs of a cell while it runs."""

    cell_id: str
    max_bytes: int
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
        self.cell: CellRecord | None = None
        self._owner_of_context: ContextVar[CellRecord | None] = ContextVar("cell")
        self._displays: dict[str, dict[str, list[int]]] = {}

    def begin(self, cell_id: str, max_bytes: int) -> CellRecord:
        """Open a cell: what comes from now on is its output."""
        self.cell = CellRecord(cell_id, max_bytes)
        self._owner_of_context.set(self.cell)
        return self.cell

    def end(self) -> CellRecord:
        """Close the cell and return it."""
        assert self.cell is not None
        cell, self.cell = self.cell, None
        return cell

    def open_cell(self) -> CellRecord | None:
        """The cell that output belongs to, None where that cell has ended.

        A task belongs to the cell that began it, a thread to the cell that runs.
        """
        return self.cell if self._owner_of_context.get(self.cell) is self.cell else None

    def remaining_bytes(self) -> int:
        """The bytes of output that the cell may still have; 0 where there is no cell."""
        return max(0, self.cell.max_bytes - self.cell.spent) if self.cell else 0

    def stream(self, name: str, text: str) -> None:
        """Text on stdout or stderr, already gathered into one piece."""
        if (cell := self.cell) is None or cell.cut:
            return
        text, size = without_surrogates(text), _bytes(text)
        if size > self.remaining_bytes():
            self._cut(cell, name, text.encode()[: self.remaining_bytes()].decode(errors="ignore"))
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
        self._add_if_it_fits(cell, output, display_id)

    def update(self, data: Output, metadata: Output, display_id: str | None) -> None:
        """update_display_data: change what was shown before, show nothing new."""
        if (cell := self.open_cell()) is not None and display_id:
            self._change(cell, display_id, data, metadata)

    def result(self, data: Output, metadata: Output, execution_count: int) -> None:
        """execute_result: the value of a cell's last expression."""
        if (cell := self.open_cell()) is not None:
            fields = {"metadata": metadata, "data": data, "execution_count": execution_count}
            self._add_if_it_fits(cell, {"output_type": "execute_result", **fields})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception; kept, if short, even where the output before it was too long."""
        if (cell := self.open_cell()) is None:
            return
        value, lines = without_surrogates(value), [without_surrogates(line) for line in traceback]
        size = sum(map(_bytes, lines)) + _bytes(value)
        if size > max(self.remaining_bytes(), ERROR_BYTES):
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

    def _add_if_it_fits(
        self, cell: CellRecord, output: Output, display_id: str | None = None
    ) -> None:
        size = sum(_bytes(str(representation)) for representation in output["data"].values())
        if cell.cut:
            return
        if size > self.remaining_bytes():
            self._cut(cell, "stdout", "")
        else:
            cell.spent += size
            self._add(cell, output, display_id)

    def _add(self, cell: CellRecord, output: Output, display_id: str | None = None) -> None:
        if cell.catchers:
            cell.catchers[-1].catch(output)
            return
        if cell.clear_before_next:
            cell.clear_before_next = False
            self._empty(cell)
        if display_id:
            places = self._displays.setdefault(display_id, {})
            places.setdefault(cell.cell_id, []).append(len(cell.outputs))
        cell.outputs.append(output)

    def _cut(self, cell: CellRecord, name: str, beginning: str) -> None:
        cell.cut, cell.spent = True, cell.max_bytes
        self._add(cell, {"output_type": "stream", "name": name, "text": beginning + CUT})

    def _empty(self, cell: CellRecord) -> None:
        cell.outputs.clear()
        cell.spent = 0
        for places in self._displays.values():
            places.pop(cell.cell_id, None)

    def _change(self, cell: CellRecord, display_id: str, data: Output, metadata: Output) -> None:
        """Change the displays of this cell; those of earlier cells are noted in `changed`."""
        new = {"data": data, "metadata": metadata}
        for cell_id, indices in self._displays.get(display_id, {}).items():
            for index in indices:
                if cell_id == cell.cell_id:
                    cell.outputs[index].update(new)
                else:
                    cell.changed.append({"cell_id": cell_id, "index": index, **new})


def _last(lines: list[str]) -> list[str]:
    """The last of a traceback's lines, as many as may be kept."""
    tail, remaining = [], ERROR_BYTES
    for line in reversed(lines):
        tail.append(line[: max(0, remaining)])
        remaining -= len(line)
        if remaining <= 0:
            break
    return [CUT, *reversed(tail)]


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
