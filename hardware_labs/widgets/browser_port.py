"""A button that opens a port on the browser's machine, for code that awaits.

button = BrowserPort()
button.show()                     # press it, pick the board
link = await button.opened()      # in the next cell: an asynchronous link
"""

from __future__ import annotations

from typing import Any

from hardware_labs.errors import BoardError
from hardware_labs.transports.web_serial import WebSerialLink, WebSerialPort
from hardware_labs.widgets.page import Page
from hardware_labs.widgets.scripts import BUTTON


class BrowserPort:
    """The button, and the port behind it. Raises BoardMissing where anywidget is not installed."""

    def __init__(self) -> None:
        self.widget = Page(BUTTON, self._receive)
        self.port = WebSerialPort(self.widget.tell, self._changed)
        self._changed()

    def show(self) -> Any:
        """The widget, for the last line of a cell or for display()."""
        return self.widget

    async def opened(self, timeout_s: float = 60.0) -> WebSerialLink:
        """The open link as soon as somebody has chosen a port. Raises BoardMissing."""
        return await self.port.opened(timeout_s)

    def _receive(self, content: object, buffers: list[bytes]) -> None:
        """Messages of the page; one that no page of ours sends is shown in words."""
        try:
            if not isinstance(content, dict) or content.get("kind") != "serial":
                raise BoardError("The page sent something that is no message of a port.")
            self.port.receive(content, buffers)
        except BoardError as error:
            self.widget.replace_part("trouble", {"words": str(error)})

    def _changed(self) -> None:
        self.widget.replace_part("serial", {"state": self.port.state, "words": self.port.words})
