"""What comes out of the grades: pages of feedback, files of marks, tables.

Reading order: html_page (the shell of every page), notebook_html (the cells of a notebook as HTML),
rubric_lines (what a person gave points for), feedback (a page for each student), plot_scale (where
a value stands on an axis), class_page (a page for a class), table_file (a table as CSV), marks_file
(marks as CSV and JSON), row_marks (one row of a platform's table), fill_marks (marks into the
table), status (the course at a glance), late_rows (whose work came late).
"""
