"""grade(submission) -> Grade.

Reading order: repair (back to the form that can be graded), grade (run and recorded), ledger (read
back, with what a person added).
"""
