"""What students get of an assignment: its tests are audited first, and nothing secret is in it.

Reading order: normal_form (in which texts are compared), text_index (many texts in one pass),
archives and base64_pieces (what is packed), unpack (every text in a file), statements (which lines
tell something), secret_texts (what students must not see), leaks (where they would), accepted_leaks
(what an instructor lets them see), test_isolation (what a student's code could reach of the tests),
imported_modules (what of the course's packages a notebook can reach), audit_subject (what an audit
is about), audit_record (what it found), trials (the solutions of an audit, graded), audit (do the
tests tell right from wrong?), release (the students' folder).
"""
