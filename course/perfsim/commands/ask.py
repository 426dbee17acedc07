"""The verb `estimate`: one model on one device."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from perfsim.commands.files import known_with, sentences, with_files
from perfsim.commands.tables import print_table
from perfsim.estimate import Estimate, estimate
from perfsim.published.software import reached_by
from perfsim.units import grouped_digits, si

WITH_PREFIXES = ("B", "J", "op", "s")


@click.command("estimate")
@click.option("--model", required=True, help="The id of a model.")
@click.option("--device", required=True, help="The id of a device.")
@click.option("--batch", default=1, type=click.IntRange(1), help="Samples or requests at a time.")
@click.option("--in", "prompt", default=512, type=click.IntRange(1), help="Tokens of a prompt.")
@click.option("--out", "reply", default=128, type=click.IntRange(1), help="Tokens of an answer.")
@click.option("--dtype", default="fp16", help="fp32, tf32, fp16, fp8, int8 or fp4.")
@click.option("--n-devices", default=1, type=click.IntRange(1), help="Devices that share a model.")
@click.option("--software", help="Measured software to compare with: vllm or tensorrt_llm.")
@with_files
def estimate_command(
    model: str,
    device: str,
    batch: int,
    prompt: int,
    reply: int,
    dtype: str,
    n_devices: int,
    software: str | None,
    hardware_file: Path | None,
    models_file: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    """Estimate time, memory, energy and cost of a model on a device."""
    with sentences(2):
        facts = known_with(hardware_file, models_file)
    with sentences():
        where = facts.hardware(device)
        reached = reached_by(software, where) if software else None
        result = estimate(
            facts.model(model),
            where,
            batch=batch,
            prompt=prompt,
            reply=reply,
            dtype=dtype,
            devices=n_devices,
            reached=reached,
            software=software or "",
        )
    if as_json:
        click.echo(json.dumps(result.plain(), indent=1))
    else:
        _print_estimate(result, software, sources)


def _print_estimate(result: Estimate, software: str | None, sources: bool) -> None:
    headings = ["", "at best", *([software] if software else []), *(["source"] * sources)]
    rows = []
    for line in result.lines:
        cells = [line.what, _amount(line.ideal, line.unit)]
        cells += [_amount(line.reached, line.unit)] if software else []
        rows.append([*cells, *([line.source] if sources else [])])
    print_table(f"{result.model} on {result.device}", headings, rows)
    for note in result.notes:
        click.echo(note)


def _amount(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if unit in WITH_PREFIXES:
        return si(float(value), unit)
    return f"{grouped_digits(value) if value >= 1000 else f'{value:.3g}'} {unit}".rstrip()
