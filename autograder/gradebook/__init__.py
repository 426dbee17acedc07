"""nbgrader's gradebook, in SQLite or PostgreSQL, read and written as nbgrader itself does.

Reading order: errors (what a database complains of becomes a sentence), points (an executed cell
becomes points and a comment), statements (rows that are added or changed), connection (with the
tables where there are none), read_marks (the marks of a class), late_penalties, register_assignment
(its cells), write_marks (one submission, in one transaction), open_gradebook (the door through
which the other rooms write), manual_marks (what a person gives), review_tables (our own tables
beside nbgrader's), rubrics (what points are given for, and comments to use again), review_marks
(how a person came to a mark).
"""
