"""What a stranger's process says becomes outputs of a notebook: the four kinds there are, no more.

Form and size only. What an output may do in a browser is the business of `sanitizing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MOST_OUTPUTS = 1000
MOST_LINES = 2000
DEEPEST = 40


def error(name: str, value: str) -> dict[str, Any]:
    """An output that says a cell failed."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value,
        "traceback": [f"{name}: {value}"],
    }


def accepted(reply: Any, most: int) -> tuple[list[dict[str, Any]], int | None, bool]:
    """(outputs, execution count, whether something was cut) of a slot's reply.

    most: bytes of text that are kept of a cell; pictures may have ten times as many.
    """
    said = reply if isinstance(reply, dict) else {}
    given = said.get("outputs")
    outputs = given[:MOST_OUTPUTS] if isinstance(given, list) else []
    kept = [one for one in map(_output, outputs) if one]
    fitting = _fitting(kept, most)
    cut = bool(said.get("cut")) or len(fitting) < len(kept)
    return fitting, _count(said.get("count")), cut


def updates(reply: Any) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(cell, number of its output, new data and metadata) of displays that a reply changes."""
    changed = reply.get("changed") if isinstance(reply, dict) else None
    for one in _list(changed)[:MOST_OUTPUTS]:
        given = _dict(one)
        if isinstance(given.get("cell_id"), str) and type(given.get("index")) is int:
            shown = _shown(given, "display_data")
            yield given["cell_id"], given["index"], {k: shown[k] for k in ("data", "metadata")}


def _fitting(outputs: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    left, kept = 11 * most, []
    for output in outputs:
        left -= len(json.dumps(output))
        if left < 0:
            break
        kept.append(output)
    return kept


def _output(given: Any) -> dict[str, Any] | None:
    kind = given.get("output_type") if isinstance(given, dict) else None
    if kind == "stream":
        name = "stderr" if given.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(given.get("text", ""))}
    if kind == "error":
        lines = given.get("traceback")
        return {
            "output_type": "error",
            "ename": _text(given.get("ename", "")),
            "evalue": _text(given.get("evalue", "")),
            "traceback": [_text(line) for line in _list(lines)[:MOST_LINES]],
        }
    if kind in ("display_data", "execute_result"):
        return _shown(given, kind)
    return None


def _shown(given: dict[str, Any], kind: str) -> dict[str, Any]:
    data, metadata = given.get("data"), given.get("metadata")
    kept: dict[str, Any] = {
        "output_type": kind,
        "data": {_text(k): _mime(k, v) for k, v in _dict(data).items() if _fits(k, v)},
        "metadata": _value(_dict(metadata)),
    }
    if kind == "execute_result":
        kept["execution_count"] = _count(given.get("execution_count"))
    return kept


def _count(value: Any) -> int | None:
    """An execution count as a notebook may hold it."""
    return value if type(value) is int and value >= 0 else None


def _fits(mime: str, value: Any) -> bool:
    """Whether a notebook may hold such data: text, or JSON under a name that says so."""
    if isinstance(value, str) or (value and all(isinstance(v, str) for v in _list(value))):
        return True
    return mime.endswith("+json") or (mime == "application/json" and isinstance(value, dict))


def _mime(mime: str, value: Any) -> Any:
    return _value(value) if "json" in mime else _text(value)


def _value(value: Any, depth: int = 0) -> Any:
    """Text, and JSON as it is but for what JSON does not have; null where it is nested too deep."""
    if isinstance(value, str):
        return _text(value)
    if depth > DEEPEST and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        return {_text(k): _value(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_value(item, depth + 1) for item in value]
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
