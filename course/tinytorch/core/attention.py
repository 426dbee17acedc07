"""Attention: each place looks at the others and takes what it needs.

A place asks with a query, the others answer with keys, and what comes back is a mixture of their
values. What this file leaves to the next: blocks of attention that can be stacked.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinytorch.core.layers import Layer, Linear, Seed
from tinytorch.core.tensor import Function, Tensor

__all__ = [
    "AttentionWeights",
    "MultiHeadAttention",
    "masked_softmax",
    "merge_heads",
    "scaled_dot_product_attention",
    "split_heads",
]


def masked_softmax(scores: np.ndarray, mask: Any = None) -> np.ndarray:
    """Weights (..., M) from scores (..., M): 0 where `mask` is 0, each row sums to 1 or is all 0.

    >>> scores = np.array([[0.0, 0.0, 7.0], [1.0, 2.0, 3.0]])
    >>> masked_softmax(scores, [[1, 1, 0], [0, 0, 0]]).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = np.max(scores, axis=-1, keepdims=True, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
    total = weights.sum(axis=-1, keepdims=True)
    weights /= np.where(total == 0, 1, total)
    return weights


class AttentionWeights(Function):
    """The weights (..., L, M) of scores (..., L, M) that are scaled and masked."""

    @staticmethod
    def forward(scores: np.ndarray, mask: Any = None, scale: float = 1.0) -> np.ndarray:
        """The masked softmax of `scores * scale`.

        >>> AttentionWeights.forward(np.float32([[8, 8, 9]]), [1, 1, 0], scale=0.5).tolist()
        [[0.5, 0.5, 0.0]]
        """
        return masked_softmax(scores * np.float32(scale), mask)

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        scores: np.ndarray,
        mask: Any = None,
        scale: float = 1.0,
    ) -> np.ndarray:
        """The slope of the scores, in their shape.

        >>> weights = np.array([[0.5, 0.5]])
        >>> AttentionWeights.backward(np.array([[1.0, 0.0]]), weights, None, scale=0.5).tolist()
        [[0.125, -0.125]]
        """
        inner = np.sum(gradient * output, axis=-1, keepdims=True)
        return output * (gradient - inner) * np.float32(scale)


def scaled_dot_product_attention(
    Q: Tensor, K: Tensor, V: Tensor, mask: Any = None
) -> tuple[Tensor, Tensor]:
    """(answer (..., L, E), weights (..., L, M)) of queries (..., L, D), keys (..., M, D) and values
    (..., M, E). mask: 1 = attend, 0 = block, broadcasts to (..., L, M). Vaswani et al. 2017, eq. 1.

    >>> x = Tensor([[0.0, 0.0], [4.0, 8.0]])
    >>> answer, weights = scaled_dot_product_attention(x, x, x, mask=[[1, 1], [1, 0]])
    >>> weights.numpy().tolist(), answer.numpy().tolist()
    ([[0.5, 0.5], [1.0, 0.0]], [[2.0, 4.0], [0.0, 0.0]])
    """
    blocked = mask.data if isinstance(mask, Tensor) else mask
    scale = 1 / math.sqrt(Q.shape[-1])
    weights = AttentionWeights.apply(Q @ K.transpose(), mask=blocked, scale=scale)
    return weights @ V, weights


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, T, D) -> (B, heads, T, D / heads). ValueError where heads does not divide D.

    >>> split_heads(Tensor(np.arange(8).reshape(1, 2, 4)), 2).numpy()[0, 0].tolist()
    [[0, 1], [4, 5]]
    """
    batch, places, width = x.shape
    if width % heads:
        raise ValueError(f"{heads} heads cannot share a width of {width}")
    return x.reshape(batch, places, heads, width // heads).permute(0, 2, 1, 3)


def merge_heads(x: Tensor) -> Tensor:
    """(B, heads, T, size) -> (B, T, heads * size): what `split_heads` took apart.

    >>> merge_heads(split_heads(Tensor(np.arange(4).reshape(1, 1, 4)), 2)).numpy().tolist()
    [[[0, 1, 2, 3]]]
    """
    batch, heads, places, size = x.shape
    return x.permute(0, 2, 1, 3).reshape(batch, places, heads * size)


class MultiHeadAttention(Layer):
    """A sequence attends to itself in `num_heads` heads. Vaswani et al. 2017, section 3.2.2."""

    def __init__(self, embed_dim: int, num_heads: int, rng: Seed = None):
        if embed_dim % num_heads:
            raise ValueError(f"{num_heads} heads cannot share a width of {embed_dim}")
        draws = np.random.default_rng(rng)
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            Linear(embed_dim, embed_dim, rng=draws) for _ in range(4)
        )
        self.weights: np.ndarray | None = None

    def forward(self, x: Tensor, mask: Any = None) -> Tensor:
        """(B, T, embed_dim) -> the same shape. mask: 1 = attend, broadcasts to (B, heads, T, T).

        >>> MultiHeadAttention(8, 2, rng=1).forward(Tensor(np.ones((3, 5, 8)))).shape
        (3, 5, 8)
        """
        projections = (self.q_proj, self.k_proj, self.v_proj)
        q, k, v = (split_heads(project(x), self.num_heads) for project in projections)
        answer, weights = scaled_dot_product_attention(q, k, v, mask)
        self.weights = weights.numpy()
        return self.out_proj(merge_heads(answer))
