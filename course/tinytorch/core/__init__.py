"""The modules of tinytorch.core, in reading order.

tensor: Tensor: from a list to a broadcast matmul.
"""
