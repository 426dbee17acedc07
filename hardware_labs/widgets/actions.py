"""From a checked request to what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware_labs.errors import BoardError
from hardware_labs.measuring.benchmark import digit_inputs
from hardware_labs.widgets import jobs
from hardware_labs.widgets.foreign import Request, request
from hardware_labs.widgets.log_text import filtered, save_log
from hardware_labs.widgets.session import PLACES, Session
from hardware_labs.widgets.sources import choose_source

IN_PROGRESS = {
    "connect": "connecting",
    "disconnect": "disconnecting",
    "reset": "resetting",
    "stream": "streaming",
    "upload": "uploading",
    "record": "recording",
    "drop_take": "dropping a take",
    "source": "choosing a source",
    "benchmark": "measuring",
    "memory": "asking for the memory",
}

AT_ONCE = {"save_log": "log", "add_label": "recorder"}  # and the part that has the button
AT_ANY_TIME = ("disconnect", "reset")  # what goes on is stopped first


def receive(session: Session, content: object, buffers: list[bytes]) -> None:
    """A message of the page, whatever it is; what is wrong with it is shown in words."""
    try:
        if isinstance(content, dict) and content.get("kind") == "serial":
            session.serial.receive(content, buffers)
        else:
            act(session, request(content, b"".join(buffers)))
    except BoardError as error:
        session.trouble(str(error), _place(content))


def _place(content: object) -> str:
    """The part of the panel whose button sent the message."""
    kind = content.get("kind") if isinstance(content, dict) else None
    kind = kind if isinstance(kind, str) else ""
    return AT_ONCE.get(kind) or PLACES.get(IN_PROGRESS.get(kind, ""), "board")


def act(session: Session, page_request: Request) -> None:
    """Does at once what is quick, and starts what takes time. Raises BoardError."""
    if page_request.kind == "hello":
        session.show_all()
    elif page_request.kind == "rescan":
        session.rescan()
    elif page_request.kind == "stop":
        session.worker.stop()
    elif page_request.kind == "save_log":
        _save_log(session, page_request)
    elif page_request.kind == "add_label":
        jobs.add_label(session, str(page_request.fields["label"]))
    elif page_request.kind in AT_ANY_TIME:
        session.start_next(IN_PROGRESS[page_request.kind], _job(session, page_request))
    else:
        session.start(IN_PROGRESS[page_request.kind], _job(session, page_request))


def _job(session: Session, page_request: Request) -> Callable[[], None]:
    fields: dict[str, Any] = dict(page_request.fields)
    if page_request.kind == "connect":
        address = _offered(session, fields["address"])
        return lambda: jobs.connect(session, address)
    if page_request.kind == "upload":
        data = page_request.data or digit_inputs(1)[0].tobytes()
        return lambda: jobs.load(session, data)
    functions: dict[str, Callable[..., None]] = {
        "disconnect": jobs.disconnect,
        "reset": jobs.reset,
        "stream": jobs.stream,
        "record": jobs.take,
        "drop_take": jobs.drop_take,
        "source": choose_source,
        "benchmark": jobs.run_benchmark,
        "memory": jobs.show_memory,
    }
    function = functions[page_request.kind]
    return lambda: function(session, **fields)


def _offered(session: Session, address: str) -> str:
    """A page may open what the picker offers, and nothing else; a cell may open any address."""
    offered_addresses = {choice["address"] for choice in session.parts["ports"]["choices"]}
    if address not in offered_addresses:
        raise BoardError(f"'{address}' is not in the list of ports. Press Rescan.")
    return address


def _save_log(session: Session, page_request: Request) -> None:
    session.flush()
    needle, samples = str(page_request.fields["filter"]), bool(page_request.fields["samples"])
    lines = filtered(session.log, needle, samples)
    path = save_log(session.folder, lines)
    session.show("saved", words=f"{len(lines)} lines saved in {path}")
