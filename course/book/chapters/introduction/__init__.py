"""The chapter Introduction.

Read in this order:

    figures   its six figures
"""
