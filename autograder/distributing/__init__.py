"""The release in other forms: bundles for Otter-Grader, and the folder and wheel of students.

Reading order: deterministic_zip (zips with the same bytes each time), otter_tests (a test cell as
Otter's test file), otter_bundle (the doorway to Otter), student_checks (what `course check` and
`course export` read), student_wheel (the students' packages), student_folder (their assignments and
README), publish (folder, zip and wheel, searched for secrets).
"""
