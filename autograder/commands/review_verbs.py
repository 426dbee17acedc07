"""The verb for marking by people: review."""

from __future__ import annotations

import click

from autograder.commands import terminal
from autograder.commands.verb import one_assignment, verb
from autograder.model import Course


@verb
@one_assignment
@click.option("--marker", default="", help="Your name, as the other marker reads it.")
@click.option("--names", is_flag=True, help="Show whose answer it is. Default: a number.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the order of answers.")
@click.option("--sample", default="", help="Answers to each question that two people mark: 20%, 8.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free one.")
def review(
    course: Course, assignment: str, marker: str, names: bool, seed: int, sample: str, port: int
) -> bool:
    """Mark written answers on a page of this machine, question by question, with a rubric."""
    from autograder.grading.settle import settle
    from autograder.review.begin import begin, marker_name
    from autograder.review.server import ReviewServer
    from autograder.review.worklist import Session

    session = Session(course, course.assignment(assignment), marker_name(marker), seed, names)
    for sentence in begin(session, sample):
        terminal.print_line(sentence)
    with ReviewServer(session, port) as server:
        try:
            terminal.print_line(f"Open {server.address}")
            terminal.print_line(
                "The address is yours alone: whoever has it can mark. Ctrl-C ends it."
            )
            server.serve_forever()
        except KeyboardInterrupt:
            terminal.print_line("Ended. What the page called saved is in the gradebook.")
    for sentence in settle(course, session.assignment):
        terminal.print_line(f"note: {sentence}")
    return True
