"""A linear layer as one operation: the bias is added where the product is, without a new array."""

import numpy as np

from .core import layers
from .core.tensor import Function


class Affine(Function):
    """x @ weight + bias."""

    @staticmethod
    def forward(x, weight, bias):
        product = x @ weight
        product += bias
        return product

    @staticmethod
    def backward(gradient, output, x, weight, bias, wrt):
        if wrt == 0:
            return gradient @ weight.T
        return x.T @ gradient if wrt == 1 else np.add.reduce(gradient, axis=0)


class Linear(layers.Linear):
    """As the course's, for inputs of two dimensions."""

    def forward(self, x):
        return Affine.apply(x, self.weight, self.bias)
