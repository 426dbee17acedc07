"""The firmware. `c/` holds the C that runs on the board. In reading order:

cache         where firmware that was built once is kept
avr           C to firmware for the Arduino Uno (the only file that runs avr-gcc)
replacements  C of somebody else in the place of a kernel
build         C to firmware (the only file that runs ziglang)
elf           what a firmware takes of flash and RAM
thumb         its instructions counted, and those that multiply to more than 32 bits
sketch        the same C as an Arduino sketch
"""
