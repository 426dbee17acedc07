"""What a board costs, measured, without a widget.

Modules in reading order; each imports only earlier ones:

    upload     bytes into the board's input buffer, with their pace
    benchmark  latency, accuracy and confusion over many inferences
    memory     flash, RAM and stack against the board's own limits
    counts     inferences and requantisations in the emulator, each with its instructions
    guarded    inferences in an arena that was filled beforehand, and what comes before them
    energy     measured with a meter, or modelled as power times time
"""
