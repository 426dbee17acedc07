"""The verb `validate`: predictions beside a file of published measurements."""

from __future__ import annotations

import json
from pathlib import Path

import click

from perfsim.commands.files import FILE, known_with, sentences, with_files
from perfsim.commands.tables import print_table
from perfsim.published.report import HEADINGS, assumptions, plain, reasons, table
from perfsim.published.rows import MEASURED_COLUMNS, SERVING_COLUMNS, read_published
from perfsim.published.validation import Prediction, Validation
from perfsim.published.validation import validate as validated

FEW = 3
"""The exit code where less than half of the rows can be expressed."""


class TooFew(click.ClickException):
    """Less than half of the rows can be expressed."""

    exit_code = FEW


HELP = f"""Predict every published measurement in FILE, and print how far off the predictions are.

FILE is a CSV file with the columns {", ".join(SERVING_COLUMNS)}; or, for other things than served
language models, with the columns {", ".join(MEASURED_COLUMNS)}. Errors are those of held-out rows,
|predicted - measured| / measured.

Exit code 0 where half of the rows or more can be expressed, {FEW} where less than half can, 1 where
none can, 2 for a file that cannot be read.
"""


@click.command(help=HELP)
@click.argument("file", type=FILE)
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
    with sentences(2):
        facts = known_with(hardware_file, models_file)
        rows = read_published(file)
    with sentences():
        result = validated(rows, facts, calibrate_on=calibrate)
    if as_json:
        click.echo(json.dumps({"file": str(file), **plain(result)}, indent=1))
    else:
        _print_validation(result, sources)
    expressed = len(result.predictions)
    if not expressed:
        raise click.ClickException(
            f"none of the {len(rows)} rows can be predicted: {result.unexpressed[0].reason}"
        )
    if 2 * expressed < len(rows):
        raise TooFew(f"{expressed} of {len(rows)} rows can be expressed, less than half of them.")


def _print_validation(result: Validation, sources: bool) -> None:
    expressed, aside = len(result.predictions), len(result.unexpressed)
    click.echo(f"{expressed} of {expressed + aside} rows can be expressed.")
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
