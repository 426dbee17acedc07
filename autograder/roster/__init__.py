"""Who is in the class, who works with whom, and until when: files of the course root.

Reading order: byte_table (a table whose other bytes stay), csv_file (files that a person may edit),
people (roster.csv), groups (groups.csv), lms_layouts (what platforms export), lms_rows (whose row
is whose).
"""
