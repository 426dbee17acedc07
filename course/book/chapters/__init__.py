"""The chapters, each in a folder of its own: its text, its figures, its data.

Read in this order:

    introduction   What decides where a model can answer?
    benchmarking   Is B really faster than A?
"""
