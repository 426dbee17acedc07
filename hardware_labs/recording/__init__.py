"""Data sets from a board.

Modules in reading order; each imports only earlier ones:

    take     one recording: the samples of one label
    dataset  takes as a CSV file with a manifest that says where they come from
"""
