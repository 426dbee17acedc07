"""What staff and students open is inert.

Reading order: drawing (SVG as an image), markdown (the door to nbconvert's renderer), safe_html
(the door to nh3), safe_markdown, sanitize.
"""
