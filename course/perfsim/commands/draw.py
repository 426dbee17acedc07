"""The verb `plot`: pictures as SVG files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from perfsim.catalog import Catalog
from perfsim.charts import Marks, roofline_svg
from perfsim.commands.files import FILE, BadFile, known_with, sentences, with_files
from perfsim.errors import UnknownFact
from perfsim.published.report import picture
from perfsim.published.rows import Published, read_published
from perfsim.published.validation import validate as validated
from perfsim.roofline import compute_dtype, roofline
from perfsim.work import work


@click.command()
@click.argument("kind", type=click.Choice(["roofline", "validation"]))
@click.option("--device", help="The id of a device, for a roofline.")
@click.option("--model", "names", multiple=True, help="The id of a model; may be given repeatedly.")
@click.option("--dtype", default="fp16", help="fp32, tf32, fp16, fp8, int8 or fp4.")
@click.option("--batch", default=1, type=click.IntRange(1), help="Samples at a time.")
@click.option("--file", "measured", type=FILE, help="Measurements, for a validation.")
@click.option("--out", "target", type=FILE, required=True, help="The SVG file to write.")
@with_files
def plot(
    kind: str,
    device: str | None,
    names: tuple[str, ...],
    dtype: str,
    batch: int,
    measured: Path | None,
    target: Path,
    hardware_file: Path | None,
    models_file: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    """Draw a roofline of a device, or predicted beside measured values, as an SVG file."""
    with sentences(2):
        facts = known_with(hardware_file, models_file)
        rows = read_published(measured) if measured else []
    with sentences():
        if kind == "roofline":
            text, values = _roofline(facts, device, names, dtype, batch)
        else:
            text, values = _validation_picture(facts, measured, rows)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadFile(f"{target} cannot be written: {error.strerror}.") from None
    if as_json:
        click.echo(json.dumps(values, indent=1))
        return
    click.echo(f"{target} is written.")
    if sources:
        click.echo(values["source"])


def _roofline(
    facts: Catalog, device: str | None, names: tuple[str, ...], dtype: str, batch: int
) -> tuple[str, dict[str, Any]]:
    if device is None:
        raise click.UsageError("a roofline needs --device and the id of one. Run: perfsim devices")
    where = facts.hardware(device)
    if where.bandwidth is None:
        raise UnknownFact(f"the memory bandwidth of {where.name} is unknown: it has no roofline.")
    peak = where.peak[compute_dtype(where, dtype)]
    points = {}
    for name in names:
        requested_work = work(facts.model(name), dtype, batch)
        rate = requested_work.ops / roofline(requested_work, where, dtype).total_s
        points[name] = (requested_work.intensity, rate)
    marks = [Marks(name, [point]) for name, point in points.items()]
    text = roofline_svg(peak, where.bandwidth, marks, f"{where.name}, {dtype}")
    values = {"peak": peak, "bandwidth": where.bandwidth, "points": points, "source": where.source}
    return text, values


def _validation_picture(
    facts: Catalog, measured: Path | None, rows: list[Published]
) -> tuple[str, dict[str, Any]]:
    if measured is None:
        raise click.UsageError("a picture of a validation needs --file and a CSV of measurements.")
    result = validated(rows, facts)
    values = {"held_out": len(result.held_out), "source": f"the rows of {measured}"}
    return picture(result), values
