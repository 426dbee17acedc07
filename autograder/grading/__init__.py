"""Submissions become marks in nbgrader's gradebook.

Reading order: repair (a notebook back in the form that can be graded), student_modules (the
student's earlier chapters), context (what all submissions of an assignment share), messages (what a
lost mark says), integration (the run on the student's own chapters), grade_one (a submission is
run), engine (where it runs: here), cluster (on other machines), plan_file, other_scopes and
test_plan (how each hidden test runs), grade_file (grade.json), record (a graded submission is
written down), mark_differences (which marks are other than before), read_grades (the marks read
back, with what a person added), settle (marks of groups and penalties brought up to date),
run_settings (the limits and walls of a class), class_run (submissions side by side), waiting_work
(what is not graded yet), grade_class (all submissions of an assignment), drafts (how submissions
ran, until somebody confirms it), regrade_preview (the same work under mended tests), regrade (its
marks, written or taken back).
"""
