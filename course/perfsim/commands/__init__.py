"""The command `perfsim`, a file for each kind of question. Reading order:

files          options that every verb has, errors as sentences
tables         tables on the screen
lists          perfsim devices, perfsim models
ask            perfsim estimate
compare        perfsim validate
draw           perfsim plot
cli            all of them together
"""
