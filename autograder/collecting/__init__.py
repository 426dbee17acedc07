"""collect(inbox) -> submissions: what can be graded is stored, the rest is rejected by name.

Reading order: student_ids, time_stamps (times as text), inbox_items, zip_files and inbox (folders
and zips become safe files), copied_names (what browsers add to a name), lms_schemes (the names of
each LMS), download_lists (what an LMS says beside the hand-ins), lms_names (whose file is it),
attempts (what was handed in together, and when), allow_list (what was released), acceptance (taken,
or why not), database (store.db), store (every hand-in), submitted (nbgrader's folder), rejected
(what was not taken), requests (to look at a mark again), request_files (how they come in),
owned_items (each file with its student), intake (what all stations of a collect need), two_readings
(a name that fits two people), keep_hand_ins (the latest goes into submitted/), collect, verify (is
it all there?), migrate (stores of text journals).
"""
