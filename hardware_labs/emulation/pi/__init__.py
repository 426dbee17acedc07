"""A Raspberry Pi, or a process with its limits, that speaks the boards' protocol.

In reading order:

    machine       which machine this is, what its memory limit is and what is used
    stored_model  a model as a file
    inference     the int8 model in NumPy: int8 or float32, in batches, on threads
    signal        the test signal, as the firmware computes it
    agent         the commands, answered in Python
"""
