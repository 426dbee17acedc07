"""A Raspberry Pi, or a process with its limits, that speaks the boards' protocol.

In reading order:

    machine       which machine this is, what its memory limit is and what is used
    stored_model  a model as a file
    inference     the int8 model in NumPy: int8 or float32, in batches, on threads
    refusal       a command that cannot be done
    source        where a stream takes its values
    input_buffer  the model's input, as it is loaded
    answers       lines to the host, and the mark at the end of an answer
    agent         the commands, answered in Python
"""
