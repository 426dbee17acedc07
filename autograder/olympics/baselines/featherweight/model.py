"""Two convolutions and two linear layers; their weights are int8 with a scale for each output."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def layer(x, weights, k):
    scale, bias = weights[f"s{k}"]
    return x @ weights[f"w{k}"].astype(np.float32) * scale + bias


def patches(x, kernel, padding):
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    views = sliding_window_view(framed, (kernel, kernel), (2, 3))[:, :, ::2, ::2]
    n, _, high, wide = views.shape[:4]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(n, high, wide, -1)


def predict(pictures, weights):
    x = pictures[:, None].astype(np.float32) / 255
    for k, kernel, padding in ((0, 5, 2), (1, 3, 1)):
        x = np.maximum(layer(patches(x, kernel, padding), weights, k), 0).transpose(0, 3, 1, 2)
    hidden = np.maximum(layer(x.reshape(len(x), -1), weights, 2), 0)
    return layer(hidden, weights, 3).argmax(axis=1)
