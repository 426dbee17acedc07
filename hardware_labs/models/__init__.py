"""Int8 networks for boards. In reading order:

fixed_point     real factors as integers, and the rounding of the board
layers          the layers: their numbers and shapes
network         a network of layers; the default model, a classifier of digits
interpreter     what a network computes, bit for bit
arena           where its values lie in memory
c_text          a network written as C
quantizer       from real weights to int8, layer by layer
from_tinytorch  a trained network of `tinytorch` as an int8 network
mlperf_tiny     the five shapes of MLPerf Tiny, untrained
train_digits    the script that trained `digits_mlp.npz`
digits_cnn      a small convolutional network in real numbers, to be quantised
train_digits_cnn  the script that trained it
"""
