"""The joins of nbgrader's tables that the queries of marks share, as SQL of SQLite and PostgreSQL.

They are text, and this file imports nothing: `read_marks` runs its queries without SQLAlchemy. A
query that begins with NOTEBOOK_ROWS or MARK_ROWS ends with its own WHERE, in which
`assignment.name` is the id of the assignment.
"""

from __future__ import annotations

# A row for each notebook that each student has handed in.
NOTEBOOK_ROWS = """
FROM assignment
JOIN submitted_assignment ON submitted_assignment.assignment_id = assignment.id
JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
"""
# A row for each mark, with its cell.
MARK_ROWS = f"""
{NOTEBOOK_ROWS}
JOIN grade ON grade.notebook_id = submitted_notebook.id
JOIN base_cell ON base_cell.id = grade.cell_id
"""
# For any query with `base_cell`: the tables in which CELL_MAXIMUM, the points of a cell, stands.
CELL_MAXIMUM_JOINS = """
LEFT JOIN grade_cells ON grade_cells.id = base_cell.id
LEFT JOIN task_cells ON task_cells.id = base_cell.id
"""
CELL_MAXIMUM = "COALESCE(grade_cells.max_score, task_cells.max_score, 0.0)"
