"""nbgrader's gradebook, in SQLite or PostgreSQL, read and written as nbgrader itself does.

Reading order: errors (what a database complains of becomes a sentence), points (an executed cell
becomes points and a comment), statements (rows that are added or changed), connection (with the
tables where there are none), students (their names), mark_rows (the joins of the queries that
follow), read_marks (the marks of a class), stored_marks (automatic and personal points apart),
mark_changes (the log of marks that changed under mended tests), late_penalties (by nbgrader's
plugin), register_assignment (its cells), lateness (due times, extensions and penalties),
group_marks (one mark for all members), write_marks (one submission, in one transaction),
open_gradebook (the door through which the other rooms write), manual_marks (points and a comment of
a person), review_tables (our own tables beside nbgrader's), rubrics (what points are given for, and
comments to use again), review_marks (how a person came to a mark).
"""
