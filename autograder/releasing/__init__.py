"""What students get of an assignment: its tests are audited first, and nothing secret is in it.

Reading order: unpack (every text in a file), leaks (what of it is secret), audit_record (what
an audit found, and of what), trials (the solutions of an audit, graded), audit (do the tests tell
right from wrong?), release (the students' folder).
"""
