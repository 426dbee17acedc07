"""The page of a panel: our own script and style in the browser (the only file that imports
anywidget).

State goes out in one trait, and messages go both ways; nothing that the page writes into the trait
is ever read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from hardware_labs.errors import missing_library
from hardware_labs.widgets.scripts import script, style

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise missing_library("anywidget", "The panel in the page", error) from None


class Page(anywidget.AnyWidget):
    """A view in the notebook made of `scripts`; `receive(content, buffers)` gets its messages."""

    parts = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, scripts: tuple[str, ...], receive: Callable[[object, list[bytes]], None]
    ) -> None:
        super().__init__(_esm=script(scripts), _css=style())
        self._writing = threading.Lock()
        self.on_msg(lambda _, content, buffers: receive(content, [bytes(b) for b in buffers]))

    def replace_part(self, part: str, value: dict[str, Any]) -> None:
        """Replaces what one part shows."""
        with self._writing:
            self.parts = {**self.parts, part: value}

    def tell(self, content: dict[str, object], buffers: list[bytes]) -> None:
        """Sends a message to the page."""
        self.send(content, buffers)
