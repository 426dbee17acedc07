"""The modules of tinytorch.core, in reading order.

tensor: Tensor: a block of numbers with a type, a shape and strides, and the ...
"""
