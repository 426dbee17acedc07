"""The firmware. `c/` holds the C that runs on the board. In reading order:

build  C to firmware (the only file that runs ziglang)
elf    what a firmware takes of flash and RAM
"""
