"""Widgets without a browser: their messages are recorded, and Output widgets catch output.

Every widget opens a comm and sends its state there, which belongs in the notebook's metadata. An
Output widget gets what is printed inside it, as nbclient does it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import comm
from comm.base_comm import BaseComm, CommManager

from autograder.sandbox.inside.shell.plain_json import to_plain_json
from autograder.sandbox.inside.shell.recorder import Output, Recorder

MIME = "application/vnd.jupyter.widget-state+json"


class Widgets:
    """The widgets of one notebook: their states by model id."""

    def __init__(self, recorder: Recorder):
        self._recorder = recorder
        self._buffers: dict[str, dict[tuple[Any, ...], Output]] = {}
        self._catchers: dict[str, OutputCatcher] = {}
        self.states: dict[str, Output] = {}
        self.comms = CommManager()
        comm.create_comm = self._create_comm
        comm.get_comm_manager = lambda: self.comms

    def _create_comm(self, *arguments: Any, **keywords: Any) -> BaseComm:
        return RecordedComm(self, *arguments, **keywords)

    def record_message(
        self, kind: str, comm_id: str, data: Any, keywords: Output, buffers: Any
    ) -> None:
        """A message of a widget, kept if it comes from the cell that runs."""
        if self._recorder.open_cell() is None:
            return
        data = to_plain_json(data)
        if "state" in data:
            self.states.setdefault(comm_id, {}).update(data["state"])
            self._keep_buffers(comm_id, data, buffers)
        if kind == "comm_open" and _is_output(keywords, data):
            self._catchers[comm_id] = OutputCatcher(data["state"]["outputs"])
        elif kind == "comm_msg" and comm_id in self._catchers and "state" in data:
            self._enter_or_leave(self._catchers[comm_id], data["state"])

    def _keep_buffers(self, comm_id: str, data: Output, buffers: Any) -> None:
        for path, buffer in zip(data.get("buffer_paths") or (), buffers or (), strict=False):
            encoded = b64encode(buffer).decode("ascii")
            entry = {"data": encoded, "encoding": "base64", "path": path}
            self._buffers.setdefault(comm_id, {})[tuple(path)] = entry

    def _enter_or_leave(self, catcher: OutputCatcher, state: Output) -> None:
        """Entering an Output widget gives it the running cell's id; leaving takes it away."""
        cell = self._recorder.open_cell()
        if cell is None or "msg_id" not in state:
            return
        if state["msg_id"]:
            cell.catchers.append(catcher)
        elif catcher in cell.catchers:
            cell.catchers.remove(catcher)

    def update_output_widgets(self) -> None:
        """Once a cell has ended, tell its Output widgets what they show."""
        for comm_id, catcher in self._catchers.items():
            if catcher.has_news:
                catcher.has_news = False
                self.states[comm_id]["outputs"] = catcher.outputs
                data = {"method": "update", "state": {"outputs": to_plain_json(catcher.outputs)}}
                content = {"comm_id": comm_id, "data": {**data, "buffer_paths": []}}
                message = {"content": content, "buffers": []}
                self.comms.comm_msg(None, "", message)  # type: ignore[arg-type]

    def state(self) -> Output | None:
        """The value for a notebook's metadata.widgets, None where there are no widgets."""
        if not self.states:
            return None
        models = {key: self._model(key) for key in self.states if "_model_name" in self.states[key]}
        return {MIME: {"state": models, "version_major": 2, "version_minor": 0}}

    def _model(self, key: str) -> Output:
        state = self.states[key]
        names = ("model_name", "model_module", "model_module_version")
        model: Output = {name: state.get(f"_{name}") for name in names}
        buffers = list(self._buffers.get(key, {}).values())
        return {**model, "state": state, **({"buffers": buffers} if buffers else {})}


class RecordedComm(BaseComm):
    """A comm whose other end is the recorder."""

    def __init__(self, widgets: Widgets, *arguments: Any, **keywords: Any):
        self._widgets = widgets
        super().__init__(*arguments, **keywords)

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keywords: Any,
    ) -> None:
        """Hand a message to the recorder."""
        self._widgets.record_message(msg_type, self.comm_id, data or {}, keywords, buffers)


class OutputCatcher:
    """The outputs of an Output widget."""

    def __init__(self, outputs: list[Output]):
        self.outputs = outputs
        self.has_news = False
        self._clear_before_next = False

    def catch(self, output: Output) -> None:
        """Take an output; text is joined to text of the same stream before it."""
        if self._clear_before_next:
            self.outputs, self._clear_before_next = [], False
        self.has_news = True
        last = self.outputs[-1] if self.outputs else {"output_type": ""}
        are_streams = last["output_type"] == output["output_type"] == "stream"
        if are_streams and last["name"] == output["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)

    def clear(self, wait: bool) -> None:
        """Forget what was shown, at once or when the next output comes."""
        if wait:
            self._clear_before_next = True
        else:
            self.outputs, self.has_news = [], True


def _is_output(keywords: Output, data: Output) -> bool:
    state = data.get("state", {})
    model = state.get("_model_module"), state.get("_model_name")
    ours = ("@jupyter-widgets/output", "OutputModel")
    return keywords.get("target_name") == "jupyter.widget" and model == ours
