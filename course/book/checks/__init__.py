"""Checks: one small text becomes an interactive block, a static one, a widget and GIFT.

Read in this order; each module imports only earlier ones:

    entries   the lines of a check's text
    compute   the check with its numbers and answers computed, for one seed
    page      an interactive block of a page
    paper     question and answer for print
    gift      Moodle's format
"""
