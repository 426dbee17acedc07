"""Widgets for a board: they draw and call, and decide nothing.

Modules in reading order; each imports only earlier ones:

    plot          a line chart as a string of SVG
    live          a chart that follows a stream, in core ipywidgets
    foreign       what a page may ask for, checked
    trouble       what is wrong on a line that does not answer
    worker        one job at a time, beside the page
    session       what a panel knows: board, log, samples, the state of each part
    sources       what the board's samples are, and the choice of another
    jobs          what a panel does with its board
    log_text      the log filtered, and saved
    actions       from a checked request to what is done
    scripts       the files of our script and style
    page          our script in the browser (the only file that imports anywidget)
    text          a session as text
    plain         a session in core ipywidgets
    panel         BoardPanel: all of it in one widget
    browser_port  a button that opens a port on the browser's machine
"""
