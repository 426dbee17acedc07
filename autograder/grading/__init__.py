"""grade(submission) -> Grade.

Reading order: repair (back to the form that can be graded), own (the
student's earlier chapters), ground (what all submissions of an assignment rest on), integration
(the run on those chapters), attempt (one of them run), engine (where it runs: here),
cluster (on other machines), ways (how each hidden test runs), told and records (what is said),
record (written down), grade (a class), stage (all of it), ledger (read back, with what a person
added).
"""
