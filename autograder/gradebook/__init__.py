"""Inside nbgrader's gradebook: the rule that gives points, and the SQL of its tables.

Reading order: said (what a database complains of becomes a sentence), faults (its exceptions
become a CourseError), points (an executed cell becomes points and a comment), upsert (rows that are
added or changed), opening (a connection, and the tables where there are none), registering (an
assignment's cells), statements and recording (one submission, in one transaction). All of it is
used through gradebook_door.
"""
