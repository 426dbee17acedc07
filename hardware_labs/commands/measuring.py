"""`bench`: how fast a board and its wire are."""

from __future__ import annotations

import json

import click

from hardware_labs.commands.sentences import sentences


@click.command()
@click.argument("address")
@click.option("-n", "times", type=click.IntRange(3, 100_000), default=50, show_default=True,
              help="How often each thing is done.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def bench(address: str, times: int, as_json: bool) -> None:
    """Measure the board at ADDRESS: round trips, loading against the wire's limit, inferences."""
    with sentences():
        from hardware_labs.bench import measure, table
        from hardware_labs.board import Board

        with Board.connect(address) as board:
            measurement = measure(board, times)
    click.echo(json.dumps(measurement, indent=1) if as_json else table(measurement))
