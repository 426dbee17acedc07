"""A board at a glance: a lamp with words beside it, buttons, the newest lines of the log."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets as widgets

from hardware_labs.board import Board
from hardware_labs.errors import BoardError

LINES = 12
GREEN, GREY, RED = "#009e73", "#7a7a7a", "#d55e00"


class BoardPanel:
    """Controls for one board. Each button calls one method of `Board`, as a cell could."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._lamp, self._log = widgets.HTML(), widgets.HTML()
        buttons = [
            self._button("Reconnect", self.board.reconnect, "Open the board again"),
            self._button("Resync", self.board.resync, "Find the board again after noise"),
            self._button("Disconnect", self.board.close, "Give the port back"),
        ]
        self.widget = widgets.VBox([self._lamp, widgets.HBox(buttons), self._log])
        self.refresh()

    def show(self) -> widgets.VBox:
        return self.widget

    def refresh(self, trouble: str = "") -> None:
        """Draws the lamp and the log as they are now."""
        open_now = self.board.connected
        colour = RED if trouble else GREEN if open_now else GREY
        line = trouble or f"{self.board.name} on {self.board.port}: " + (
            "connected" if open_now else "not connected"
        )
        self._lamp.value = (
            f'<span role="status"><span aria-hidden="true" style="color:{colour}">&#9679;</span> '
            f"{escape(line)}</span>"
        )
        lines = "\n".join(str(line) for line in list(self.board.log)[-LINES:])
        self._log.value = (
            '<pre role="log" aria-label="lines on the wire" style="font-size:11px;line-height:1.35;'
            'margin:4px 0;padding:6px;color:inherit;border:1px solid #8a8a8a66">'
            f"{escape(lines)}</pre>"
        )

    def _button(self, label: str, action: Callable[[], object], tooltip: str) -> widgets.Button:
        button = widgets.Button(description=label, tooltip=tooltip)
        button.on_click(lambda _: self._press(action))
        return button

    def _press(self, action: Callable[[], object]) -> None:
        try:
            action()
        except BoardError as error:
            self.refresh(str(error))
        else:
            self.refresh()
