"""The verbs `devices` and `models`: what the catalog knows, and where from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from perfsim.catalog import Hardware, Model
from perfsim.commands.files import known_with, sentences, with_files
from perfsim.commands.tables import print_table
from perfsim.units import si


@click.command()
@click.option("--kind", help="One kind alone: cloud_gpu, edge_soc, mcu, ...")
@with_files
def devices(
    kind: str | None,
    hardware_file: Path | None,
    models_file: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    """List the devices: rates, memory and bandwidth."""
    with sentences(2):
        catalog_rows = known_with(hardware_file, models_file)
    chosen = [d for d in catalog_rows.devices.values() if kind in (None, d.kind)]
    if not chosen:
        kinds = ", ".join(sorted({d.kind for d in catalog_rows.devices.values()}))
        raise click.ClickException(f"there is no device of the kind '{kind}'. Kinds: {kinds}.")
    if as_json:
        click.echo(json.dumps([_device_values(d) for d in chosen], indent=1))
        return
    headings = ["id", "kind", "fp32", "fp16", "int8", "memory", "bandwidth", "power"]
    print_table(
        f"{len(chosen)} devices",
        [*headings, *(["confidence", "source"] if sources else [])],
        [_device_cells(d, sources) for d in chosen],
    )


def _device_values(device: Hardware) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        **device.facts(),
        "tdp_w": device.tdp_w,
        "usd_per_hour": device.usd_per_hour,
        "source": device.source,
        "confidence": device.confidence,
    }


def _device_cells(device: Hardware, sources: bool) -> list[str]:
    rates = [_cell(device.peak.get(dtype), "op/s") for dtype in ("fp32", "fp16", "int8")]
    other_cells = [
        _cell(device.memory_bytes, "B"),
        _cell(device.bandwidth, "B/s"),
        _cell(device.tdp_w, "W"),
    ]
    source_cells = [device.confidence, device.source] if sources else []
    return [device.id, device.kind, *rates, *other_cells, *source_cells]


def _cell(value: float | None, unit: str) -> str:
    return "" if value is None else si(value, unit)


@click.command()
@click.option("--family", help="One family alone: cnn, vit, encoder, llm, tiny, ...")
@with_files
def models(
    family: str | None,
    hardware_file: Path | None,
    models_file: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    """List the models: parameters, operations and layers."""
    with sentences(2):
        catalog_rows = known_with(hardware_file, models_file)
    chosen = [m for m in catalog_rows.models.values() if family in (None, m.family)]
    if not chosen:
        families = ", ".join(sorted({m.family for m in catalog_rows.models.values()}))
        raise click.ClickException(f"there is no family '{family}'. Families: {families}.")
    if as_json:
        click.echo(json.dumps([_model_values(m) for m in chosen], indent=1))
        return
    print_table(
        f"{len(chosen)} models",
        ["id", "family", "parameters", "MACs", "layers", *(["confidence", "source"] * sources)],
        [_model_cells(m, sources) for m in chosen],
    )


def _model_values(model: Model) -> dict[str, Any]:
    shape = {name: getattr(model, name) for name in ("layers", "hidden", "heads", "kv_heads")}
    return {
        "id": model.id,
        "name": model.name,
        "family": model.family,
        **model.facts(),
        **shape,
        "source": model.source,
        "confidence": model.confidence,
    }


def _model_cells(model: Model, sources: bool) -> list[str]:
    counts = [_cell(model.params, ""), _cell(model.macs, ""), str(model.layers or "")]
    source_cells = [model.confidence, model.source] if sources else []
    return [model.id, model.family, *counts, *source_cells]
