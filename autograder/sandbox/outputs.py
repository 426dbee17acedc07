"""The outputs of a notebook's cell, made from the reply of a process that cannot be trusted.

Only the four kinds of output that notebooks have are accepted, and only so many bytes. This module
looks at form and size; what an output may do in a browser is the business of `sanitizing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MAX_OUTPUTS = 1000
DECIDING = ("error", "execute_result")  # kinds of output by which a test has passed or not
MAX_DECIDING = 20
MAX_WORDS = 500  # characters
MAX_TRACEBACK_LINES = 2000
MAX_DEPTH = 40


def error(name: str, value: str) -> dict[str, Any]:
    """An output that says a cell failed."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value,
        "traceback": [f"{name}: {value}"],
    }


def accept_outputs(reply: Any, max_bytes: int) -> tuple[list[dict[str, Any]], int | None, bool]:
    """(outputs, execution count, whether something was cut) of a slot's reply. What decides a
    test is never cut.

    max_bytes: of all outputs, written as JSON; errors and results may have a little more.
    """
    fields = reply if isinstance(reply, dict) else {}
    fitting, cut = _fit_into(_list(fields.get("outputs")), max_bytes)
    return fitting, _count(fields.get("count")), cut or bool(fields.get("cut"))


def size(outputs: list[dict[str, Any]]) -> int:
    """Bytes of outputs, written as JSON."""
    return sum(len(json.dumps(output)) for output in outputs)


def display_updates(reply: Any) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(cell, number of its output, new data and metadata) of displays that a reply changes."""
    changed = reply.get("changed") if isinstance(reply, dict) else None
    for update in _list(changed)[:MAX_OUTPUTS]:
        fields = _dict(update)
        if isinstance(fields.get("cell_id"), str) and type(fields.get("index")) is int:
            display = _accept_display(fields, "display_data")
            yield fields["cell_id"], fields["index"], {k: display[k] for k in ("data", "metadata")}


def _fit_into(outputs: list[Any], max_bytes: int) -> tuple[list[dict[str, Any]], bool]:
    """(the outputs for which there is room, in their order; whether others were cut): errors first,
    then results, then the others up to the first that is too large."""
    by_kind: dict[Any, list[int]] = {"error": [], "execute_result": [], "": []}
    for k, output in enumerate(outputs):
        kind = output.get("output_type") if isinstance(output, dict) else None
        by_kind[kind if kind in DECIDING else ""].append(k)
    rows = [*by_kind["error"][:MAX_DECIDING], *by_kind["execute_result"][:MAX_DECIDING]]
    rows += by_kind[""][:MAX_OUTPUTS]
    cut = len(rows) < len(outputs)
    accepted: dict[int, dict[str, Any]] = {}
    remaining_bytes = max_bytes
    for k in rows:
        output = _accept_output(outputs[k])
        if output is None:
            continue
        if size([output]) > remaining_bytes:
            cut = True
            if output["output_type"] not in DECIDING:
                break
            output = _shortened(output)
        remaining_bytes -= size([output])
        accepted[k] = output
    return [accepted[k] for k in sorted(accepted)], cut


def _shortened(output: dict[str, Any]) -> dict[str, Any]:
    """What is left of an error or a result for which there is no room: its first words."""
    if output["output_type"] == "error":
        return error(*(output[key][:MAX_WORDS] for key in ("ename", "evalue")))
    text = "".join(output["data"].get("text/plain", ""))[:MAX_WORDS]
    return {**output, "data": {"text/plain": text}, "metadata": {}}


def _accept_output(output: Any) -> dict[str, Any] | None:
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output.get("text", ""))}
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": _text(output.get("ename", "")),
            "evalue": _text(output.get("evalue", "")),
            "traceback": [_text(line) for line in _list(lines)[:MAX_TRACEBACK_LINES]],
        }
    if kind in ("display_data", "execute_result"):
        return _accept_display(output, kind)
    return None


def _accept_display(output: dict[str, Any], kind: str) -> dict[str, Any]:
    data, metadata = output.get("data"), output.get("metadata")
    accepted: dict[str, Any] = {
        "output_type": kind,
        "data": {_text(k): _clean_data(k, v) for k, v in _dict(data).items() if _fits(k, v)},
        "metadata": _json_value(_dict(metadata)),
    }
    if kind == "execute_result":
        accepted["execution_count"] = _count(output.get("execution_count"))
    return accepted


def _count(value: Any) -> int | None:
    """An execution count as a notebook may hold it."""
    return value if type(value) is int and value >= 0 else None


def _fits(mime: str, value: Any) -> bool:
    """Whether a notebook may hold such data: text, or JSON under a name that says so."""
    if isinstance(value, str) or (value and all(isinstance(v, str) for v in _list(value))):
        return True
    return mime.endswith("+json") or (mime == "application/json" and isinstance(value, dict))


def _clean_data(mime: str, value: Any) -> Any:
    return _json_value(value) if "json" in mime else _text(value)


def _json_value(value: Any, depth: int = 0) -> Any:
    """Text, and JSON as it is but for what JSON does not have; null where it is nested too deep."""
    if isinstance(value, str):
        return _text(value)
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        return {_text(k): _json_value(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_json_value(item, depth + 1) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else "".join(map(str, _list(value)))
    return text.encode("utf-8", "replace").decode("utf-8")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
