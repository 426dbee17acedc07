"""The modules of tinytorch.core, in reading order.

tensor: Tensor: a block of numbers with a type, a shape and strides, and the ...
activations: Activations: the bends between matrix products, each beside its slope.
layers: Layers: parameters that start well, a forward rule, and how layers ...
losses: Losses: how far a prediction is from the truth, as one number with a ...
dataloader: Data: from stored samples to batches.
autograd: Autograd: every operation's gradient, and the walk that chains them.
optimizers: Optimizers: what to do with a gradient.
training: Training: schedules, clipping, accumulation, evaluation, and ...
spatial: Convolutions: one small kernel for every place of an image, as one ...
tokenization: Tokenization: from a text to token ids and back.
embeddings: Embeddings: a row of numbers for each token, and for each place.
attention: Attention: each place looks at the others and takes what it needs.
transformers: Transformers: blocks that are stacked, a model of text, and how text ...
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)  # what was handed out stands behind your own
