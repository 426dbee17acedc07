"""Boards: a microcontroller on a serial port, real or emulated, driven from a notebook.

Modules in reading order; each imports only earlier ones:

    errors       what can go wrong with a board, as sentences
    boards       the table of boards and their sizes
    crc          CRC-16 of the binary frames
    protocol     bytes in, events out: the command set, without a port
    link         what a transport is, and a scripted one for tests
    conversation commands over a link, each with its answer and a time limit
    model        the int8 classifier: load it, write it as C
    compile      C to firmware (the only file that runs ziglang)
    registry     which emulated boards are running
    serial_port  ports (the only file that imports pyserial)
    wire         the far end of an emulated board's port
    clock        the virtual time of an emulated board
    emulator     a Cortex-M4 (the only file that imports unicorn)
    emulated     the program that puts an emulated board behind a serial device
    launch       starts and stops that program
    emulated_link  a link to an emulated board of one's own
    board        Board: connect, info, infer, stream
    plot         a line chart as a string of SVG
    widgets      live plot and connection panel
    doctor       what this machine can do, and the fix for what it cannot
    cli          the command `hardware-labs`

`firmware/` holds the C that runs on the board, and the script that trained its model.
"""
