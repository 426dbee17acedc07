"""What comes out of the grades.

Reading order: html_page (the frame of every page), shown_cells (a notebook without its secrets),
feedback (a page per student), marks_file (CSV and JSON), status (the course at a glance).
"""
