"""Who is in the class, who works with whom, and until when: files of the course root.

Reading order: byte_table (a table whose other bytes stay), csv_file (files that a person may edit),
people (roster.csv), groups (groups.csv), deadlines (times with their zones), extensions
(extensions.csv), matching (whose is an id), attendance (who has handed in), group_work (one hand-in
for a group), hand_in_times (whose time is a file's), penalty (what lateness costs), lms_layouts
(what platforms export), contradictions (what parts a row and a student), lms_rows (whose row is
whose), lms_people (the people of a table), import_roster (a table becomes the roster).
"""
