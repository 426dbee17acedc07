"""What the command `similarity` prints: how many answers to each question are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.commands.terminal import console, new_table, print_line

if TYPE_CHECKING:
    from autograder.similarity.compare import Similarity


def similarity_table(result: Similarity) -> None:
    """One row per question: how many answers, pairs, and pairs that stand out from where on; then a
    line for each text that a few handed in to the letter."""
    table = new_table("question", "answers", "long enough", "pairs", "stand out", "from")
    for comparison in result.comparisons:
        ranking = comparison.ranking
        limit = ranking.threshold
        from_where = f"{100 * limit.similarity:.0f} %"
        if ranking.too_short:
            from_where = "too short to tell"
        elif limit.similarity > 1:
            from_where = "equal answers are no surprise here"
        counts = (ranking.answers, ranking.long_enough, limit.pairs, len(comparison.marked))
        table.add_row(comparison.question.cell, *map(str, counts), from_where)
    console.print(table)
    for comparison in result.comparisons:
        for hand_ins in comparison.same_text:
            names = ", ".join(" with ".join(students) for students in hand_ins)
            print_line(
                f"the same text at {comparison.question.cell}: {names} (to look at, not marked)"
            )
    print_line("Evidence, not a verdict: read the answers side by side.")
