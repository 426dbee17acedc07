"""What a class shows: how hard each question was, whom it told apart, what went wrong, who is
missing.

Reading order: item_statistics (difficulty and discrimination),
failures (the wrong answers that many give), time_spent (what students' tools say), quiet (who has
stopped handing in), report (of an assignment, and of a course), drawings (as SVG), pages (as HTML),
report_file (as CSV).
"""
