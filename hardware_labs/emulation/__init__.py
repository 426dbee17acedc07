"""Emulated boards. In reading order:

registry  which emulated boards are running
wire      the far end of an emulated board's port
clock     the virtual time of an emulated board
cortex_m  a Cortex-M4 (the only file that imports unicorn)
program   the program that puts an emulated board behind a serial device
launch    starts and stops that program
"""
