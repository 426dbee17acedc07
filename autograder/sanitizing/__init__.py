"""Cleaners of submissions: nothing in a page that staff and students open can run or load.

Reading order: student_names (ids that nbgrader's pages can show), entities (character references),
tex_commands (what a formula may hold), active_math (formulas that run something), mathml (the
doorway to latex2mathml), drawing (SVG as an image), text_block (Markdown shown as it was written),
pictures (base64 set aside), markdown (the doorway to nbconvert's renderer), markdown_parts (code
and formulas), safe_html (the doorway to nh3), safe_markdown (the Markdown of a cell), sanitize (a
whole notebook).
"""
