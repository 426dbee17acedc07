"""Emulated boards.

In reading order:

    registry         which emulated boards are running
    wire             the far end of an emulated board's port
    clock            the virtual time of an emulated board
    sensor_files     which recordings are on this machine
    sensor_data      recorded data for sensors
    peripherals      what a serial port and a timer do, at no address yet
    registers        a table of what reading and writing each address does
    chips            where each chip has its registers
    sensor           recorded data behind registers
    cortex_m         a Cortex-M4 or M7 (the only file that imports unicorn)
    bridge           bytes between a board's port and another program that emulates it
    qemu             a Cortex-M55 in QEMU
    simavr           an ATmega328P in simavr
    pi               a Raspberry Pi: a program in Python with the same commands
    options          what stands behind emu: in an address
    program          the program that puts an emulated board behind a serial device
    launch           starts and stops that program
"""
