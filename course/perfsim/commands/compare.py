"""The verb `validate`: predictions beside a file of published measurements."""

from __future__ import annotations

import json
from pathlib import Path

import click

from perfsim.commands.files import EXISTING, known_with, sentences, with_files
from perfsim.commands.tables import print_table
from perfsim.published.report import HEADINGS, assumptions, plain, reasons, table
from perfsim.published.rows import read_published
from perfsim.published.validation import Prediction, Validation
from perfsim.published.validation import validate as validated


@click.command()
@click.argument("file", type=EXISTING)
@click.option(
    "--calibrate",
    metavar="MODEL",
    help="Fit the constants of software that has none on the rows of this model in FILE.",
)
@with_files
def validate(
    file: Path,
    calibrate: str | None,
    hardware_file: Path | None,
    models_file: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    """Predict every published measurement in FILE, and print how far off the predictions are.

    FILE has the columns of measurements.csv or of llm_serving.csv. Errors are those of held-out
    rows, |predicted - measured| / measured.
    """
    with sentences(2):
        facts = known_with(hardware_file, models_file)
        rows = read_published(file)
        result = validated(rows, facts, calibrate_on=calibrate)
    if as_json:
        click.echo(json.dumps({"file": str(file), **plain(result)}, indent=1))
    else:
        _print_validation(result, sources)
    if not result.predictions:
        raise click.ClickException(
            f"none of the {len(rows)} rows can be predicted: {result.unexpressed[0].reason}"
        )


def _print_validation(result: Validation, sources: bool) -> None:
    print_table("Domains", list(HEADINGS), [list(row) for row in table(result.domains())])
    print_table("Groups", list(HEADINGS), [list(row) for row in table(result.groups())])
    for note, ids in assumptions(result).items():
        click.echo(f"assumed: {', '.join(ids)}: {note}.")
    for reason, ids in reasons(result).items():
        click.echo(f"cannot be expressed: {', '.join(ids)}: {reason}")
    for prediction in result.impossible:
        click.echo(f"contradicts physics: {prediction.row.id}: {prediction.impossible}.")
    if sources:
        print_table(
            "Rows",
            ["id", "constants of", "predicted", "measured", "unit", "ratio", "fit", "source"],
            [_prediction_cells(p) for p in result.predictions],
        )


def _prediction_cells(prediction: Prediction) -> list[str]:
    row = prediction.row
    numbers = [f"{prediction.predicted:.4g}", f"{row.value:g}", row.unit, f"{prediction.ratio:.2f}"]
    return [row.id, prediction.setup, *numbers, "fit" * prediction.fitted, row.source]
