"""The verbs of the command `hardware-labs`. In reading order:

sentences  what goes wrong is one sentence on stderr and exit code 1
finding    boards, identify, doctor: what there is
making     build, emulate, flash: firmware, and where it goes
serving    serve: a board for programs on other machines
measuring  bench: how fast a board and its wire are
"""
