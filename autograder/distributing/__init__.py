"""The release in other forms: the folder and wheel of students, and bundles for Otter-Grader.

Reading order: deterministic_zip (zips with the same bytes each time), student_checks (what `course
check` and `course export` read), student_wheel (the students' packages), student_requirements (what
they install with pip), front_page (the map of the course that students open first), book (the
textbook's pages), student_folder (their assignments and README), earlier_folder (replaced only
where nobody worked in it), publish (folder, zip and wheel, searched for secrets), otter_tests (a
test cell as Otter's test file), otter_grader (what Otter grades with, without any answer),
otter_bundle (the doorway to Otter).
"""
