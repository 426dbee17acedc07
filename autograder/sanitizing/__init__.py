"""Cleaners of submissions: nothing in a page that staff and students open can run or load.

Reading order: student_names (ids that nbgrader's pages can show), active_math (formulas that run
something), drawing (SVG as an image), markdown (the doorway to nbconvert's renderer), safe_html
(the doorway to nh3), safe_markdown (the Markdown of a cell), sanitize (a whole notebook).
"""
