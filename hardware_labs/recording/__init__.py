"""Data sets from a board. In reading order:

take     one recording: the samples of one label
dataset  takes as a CSV file with a manifest that says where they come from
"""
