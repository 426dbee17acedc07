"""collect(inbox) -> submissions: what can be graded is kept, the rest is named.

Reading order: durable (writes that survive a crash), journal (lines that do), student_ids, inbox
(folders and zips become safe files), whose (name schemes), store (every hand-in, kept), handed_in
(when), allow_list, judge (taken, or why not), standing (the latest, in submitted/), aside and
refused (what was not taken), collect, verify (is everything still there?).
"""
