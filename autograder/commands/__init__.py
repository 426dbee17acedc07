"""The verbs of the command `autograder`, by stage.

What only one verb needs and takes long to import is imported inside that verb. Reading order:
lean_imports (why a command starts fast), terminal (a line, a table), mark_tables, audit_tables,
roster_tables, similarity_table and progress (what is printed), verb (what the verbs share),
author_verbs, release_verbs, roster_verbs, collect_verbs, grade_verbs, regrade_lines,
regrade_verbs, review_verbs, report_verbs, olympics_verbs, olympics_board_verbs, cli.
"""
