"""An IPython shell that publishes to a recorder where a kernel's shell publishes to a socket.

It differs from IPython's own in the ways that a notebook's shell does: displays and results keep
every representation, errors become outputs, pagers show nothing, nobody answers `input`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from subprocess import CalledProcessError
from types import SimpleNamespace
from typing import Any

from IPython.core import page
from IPython.core.autocall import ExitAutocall
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.process import system
from traitlets import CBool, Instance, Type, default

from autograder.sandbox.inside.shell.cell_filenames import CellCompiler
from autograder.sandbox.inside.shell.plain_json import to_plain_json
from autograder.sandbox.inside.shell.recorder import Recorder

ENVIRONMENT = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}


class RecordedHook(DisplayHook):
    """The value of a cell's last expression becomes an execute_result."""

    shell: Any
    _ready: tuple[Any, Any] | None = None
    _number = 0

    def start_displayhook(self) -> None:
        """Forget the value of an earlier expression."""
        self._ready = None

    def write_output_prompt(self) -> None:
        """The prompt is a number in the output."""
        self._number = self.prompt_count

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep every representation, not only text."""
        self._ready = (to_plain_json(format_dict), to_plain_json(md_dict or {}))

    def finish_displayhook(self) -> None:
        """Publish, after what was printed before."""
        _flush()
        if self._ready and self._ready[0]:
            self.shell.recorder.result(*self._ready, self._number)
        self._ready = None


class RecordedPublisher(DisplayPublisher):
    """The values of `display` become display_data."""

    shell: Any

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Publish every representation, after what was printed before."""
        _flush()
        self._validate_data(data, metadata)
        recorder: Recorder = self.shell.recorder
        publish = recorder.update if update else recorder.show
        display_id = (transient or {}).get("display_id")
        publish(to_plain_json(data), to_plain_json(metadata or {}), display_id)

    def clear_output(self, wait: bool = False) -> None:
        """Clear what the cell has shown so far."""
        _flush()
        self.shell.recorder.clear(wait)


class CellShell(InteractiveShell):
    """A notebook's shell. `recorder` gets all that it publishes."""

    displayhook_class = Type(RecordedHook)
    display_pub_class = Type(RecordedPublisher)
    compiler_class = Type(CellCompiler)
    autoindent = CBool(False)
    exiter = Instance(ExitAutocall)
    recorder: Recorder
    kernel: Any = None
    parent_header: Any = None

    def __init__(self, recorder: Recorder, comms: Any, **keywords: Any):
        self.recorder = recorder
        super().__init__(**keywords)
        self.kernel = SimpleNamespace(get_parent=self.get_parent, shell=self, comm_manager=comms)

    @default("exiter")
    def _exiter(self) -> ExitAutocall:
        return ExitAutocall(self)

    def get_parent(self) -> dict[str, Any]:
        """The request that output belongs to, as far as widgets ask: the cell's key."""
        cell = self.recorder.open_cell()
        return {"header": {"msg_id": cell.key}} if cell else {}

    def init_environment(self) -> None:
        """Colours yes, pagers no."""
        os.environ.update(ENVIRONMENT)

    def init_virtualenv(self) -> None:
        """This is the interpreter already."""

    def init_hooks(self) -> None:
        """A pager shows its text in a part of the page that no notebook keeps."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda *_, **__: None), 99)

    def init_io(self) -> None:
        """The streams are there already."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window to draw in."""

    def ask_exit(self) -> None:
        """`exit` ends nothing: the cells after it are marked, too."""

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """IPython would keep all text a second time, for `%notebook`."""
        yield

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        _flush()
        self.recorder.error(str(etype.__name__), str(evalue), list(stb))

    def system_piped(self, cmd: str) -> None:
        """Run a command, its text on stdout as it comes. OSError for one in the background."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        code = system(self.var_expand(cmd, depth=1))
        self.user_ns["_exit_code"] = code
        if getattr(self, "system_raise_on_error", False) and code != 0:
            raise CalledProcessError(code, cmd)

    system = system_piped


# Libraries (rich, tqdm, plotly, ...) recognise a notebook by the name of its shell's class.
CellShell.__name__ = CellShell.__qualname__ = "ZMQInteractiveShell"
CellShell.__module__ = "ipykernel.zmqshell"


def arguments(file: str) -> list[str]:
    """sys.argv of a kernel whose connection file is `file`."""
    spec = find_spec("ipykernel_launcher")
    return [(spec and spec.origin) or "ipykernel_launcher.py", "-f", file]


def raw_input(prompt: object = "") -> str:
    """Stands for `input` while a cell runs."""
    msg = "raw_input was called, but this frontend does not support input requests."
    raise StdinNotImplementedError(msg)


def getpass(prompt: str = "", stream: Any = None, *, echo_char: str | None = None) -> str:
    """Stands for `getpass.getpass` while a cell runs."""
    msg = "getpass was called, but this frontend does not support input requests."
    raise StdinNotImplementedError(msg)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
