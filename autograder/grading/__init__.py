"""grade(submission) -> Grade.

Reading order: submissions (what waits), repair (back to the form that can be graded), records (how
it ran, beside each graded notebook), grade (run and recorded), ledger (read back, with what a
person added).
"""
