"""collect(inbox) -> submissions: what can be graded is kept, the rest is named.

Reading order: durable (writes that survive a crash), student_ids, inbox (folders and zips become
safe files), whose (name schemes), attempts (what is kept), handed_in (when), allow_list, judge
(taken, or why not), aside (the journal of what was not), collect.
"""
