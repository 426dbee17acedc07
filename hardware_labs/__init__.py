"""Boards: a microcontroller on a serial port, real or emulated, driven from a notebook.

Rooms and modules in reading order; each imports only earlier ones:

    install     the line that installs what the boards need
    errors      what can go wrong with a board, as sentences
    boards      the table of boards and their sizes
    port_access whether this user may open serial ports, and the fix
    packages    Debian packages that some emulated boards take
    protocol    bytes in, events out: the command set and its check sum, without a port
    models      int8 networks: their layers, and how they are written as C
    firmware    C to firmware (`firmware/c/` holds the C that runs on the board)
    emulation   a processor that runs that firmware behind a serial device
    transports  links to a board, and the conversation over a link
    board       Board: connect, info, infer, stream
    async_board AsyncBoard: the same for an event loop
    recording   takes of one label, and data sets with a manifest
    measuring   upload, benchmark, memory and energy
    widgets     the panel: all of these in a notebook page
    bench       how fast a board and its wire are
    flash       firmware onto a real board, with the board's own tool
    doctor      what this machine can do, and the fix for what it cannot
    commands    the verbs of the command `hardware-labs`
    cli         the command `hardware-labs`
"""
