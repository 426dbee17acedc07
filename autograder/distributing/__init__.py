"""The release in other shapes: Otter bundles, and all that a student gets.

Reading order: packed (zips with the same bytes each time); otter_tests and otter_door; then
student_checks, student_wheel, student_folder and publish.
"""
