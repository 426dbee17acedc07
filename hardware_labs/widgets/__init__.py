"""Widgets for a board, of core ipywidgets only (7.7 and 8): they draw and call, and decide nothing.

plot   a line chart as a string of SVG
live   a chart that follows a stream
panel  ports, a lamp that says whether the board is there, and the raw log
"""
