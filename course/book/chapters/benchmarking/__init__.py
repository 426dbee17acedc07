"""The chapter Benchmarking.

Read in this order:

    measure   how the chapter's data were taken
    figures   its six figures
"""
