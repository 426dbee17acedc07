"""collect(inbox) -> submissions: what can be graded is stored, the rest is rejected by name.

Reading order: student_ids, time_stamps (times as text), inbox (folders and zips become safe
files), lms_names (whose file is it), attempts (what was handed in together, and when),
allow_list (what was released), acceptance (taken, or why not), database (store.db), store (every
hand-in), submitted (nbgrader's folder), rejected (what was not taken), collect, verify (is it all
there?), migrate (stores of text journals).
"""
