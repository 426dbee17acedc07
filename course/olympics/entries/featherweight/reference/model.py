"""One linear layer in int8: ten sums of pixels."""

import numpy as np


def predict(pictures, weights):
    scale, bias = weights["s0"]
    sums = pictures.reshape(len(pictures), -1) / 255 @ weights["w0"].astype(np.float32)
    return (sums * scale + bias).argmax(axis=1)
