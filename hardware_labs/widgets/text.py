"""A session as text: where there is no page to draw on, and for a screen reader's log."""

from __future__ import annotations

from hardware_labs.widgets.session import Session

BAR = 20


def describe(session: Session) -> str:
    """A few lines: the lamp, what went wrong, what was measured and recorded, the newest log."""
    session.flush()
    parts = session.parts
    lines = [f"[{parts['lamp']['state']}] {parts['lamp']['words']}"]
    lines += [parts["trouble"]["words"]] if parts["trouble"]["words"] else []
    for bar in parts.get("memory", {}).get("bars", []):
        filled = round(BAR * min(1.0, bar["used"] / max(1, bar["limit"])))
        lines.append(f"|{'#' * filled}{'.' * (BAR - filled)}| {bar['words']}")
    lines += [f"upload: {parts['upload']['words']}"] if "upload" in parts else []
    lines += _benchmark(parts.get("benchmark", {}))
    energy = parts.get("energy")
    if energy:
        lines.append(f"energy: {energy['words']} ({energy['kind']}) {energy.get('source', '')}")
    recorder = parts.get("recorder", {})
    if recorder.get("takes"):
        lines.append(f"recorded: {recorder['counts']}. {recorder['balance']} {recorder['path']}")
    return "\n".join([*lines, *list(session.log)[-8:]])


def _benchmark(part: dict[str, object]) -> list[str]:
    if "median_us" not in part:
        return []
    accuracy = part["accuracy"]
    right = "" if accuracy is None else f", accuracy {accuracy:.1%}"
    return [
        f"benchmark: {part['n']} inferences after {part['warmup']} warm-ups, median "
        f"{part['median_us']:.1f} us, p95 {part['p95_us']:.1f} us, round trip "
        f"{part['round_trip_ms']:.1f} ms{right}"
    ]
