"""Published measurements, and how far predictions are from them. Reading order:

rows           files of measurements, and what is wrong with a file
resolve        which device and model a row speaks of
rates          the rate for the type of numbers that a row names
terms          a prediction is a sum of amounts, each times a constant
networks       rows of networks that are run in one pass
language       rows of language models
tiny           rows of microcontrollers
training_runs  rows of training
express        one row becomes terms, or a sentence on why it cannot
fitting        constants from the declared fit sets
software       what a measured software reaches, for the functions of serving
validation     predictions beside measurements: fitted, held out, left aside
leave_out      the same without each device or model in turn
report         a validation as JSON, tables and a picture
page           the page of the docs
"""
