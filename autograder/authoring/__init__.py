"""What an author begins with, and what a syllabus says to others.

Reading order: question_cells (a notebook with one question of each kind), proof_texts (its wrong
and right solutions), new_assignment (both in a course, with a row of the syllabus), new_course (a
small course that passes its own commands), calendar (the due dates as ICS), syllabus_page
(the assignments as a page).
"""
