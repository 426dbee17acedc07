"""Embeddings: a row of numbers for each token, and for each place.

A token is a number without a size or an order; the table gives it a row of numbers that training
moves. Places get rows too, learned or from sines and cosines. What this file leaves to the next:
how one place looks at another.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinytorch.core.layers import Layer, Seed
from tinytorch.core.tensor import Function, Tensor

__all__ = [
    "Embedding",
    "EmbeddingLayer",
    "LookupFunction",
    "PositionalEncoding",
    "add_positions",
    "create_sinusoidal_embeddings",
    "initial_rows",
]


class LookupFunction(Function):
    """Rows of a table by their numbers."""

    @staticmethod
    def forward(weight: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """weight (rows, dim), indices of any shape -> (*indices.shape, dim)."""
        return weight[indices]

    @staticmethod
    def backward(
        gradient: np.ndarray, output: np.ndarray, weight: np.ndarray, indices: np.ndarray
    ) -> np.ndarray:
        """The slope of the table, in its shape and type: a row collects from all its uses.

        >>> table, tokens = np.zeros((3, 2), dtype=np.float32), np.array([2, 0, 2])
        >>> LookupFunction.backward(np.ones((3, 2)), None, table, tokens).tolist()
        [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]]
        """
        full = np.zeros_like(weight)
        np.add.at(full, indices.reshape(-1), gradient.reshape(-1, weight.shape[1]))
        return full


def initial_rows(rows: int, dim: int, rng: Seed = None) -> np.ndarray:
    """Normal float32 numbers (rows, dim); each row has a length near 1."""
    numbers = np.random.default_rng(rng).standard_normal((rows, dim), dtype=np.float32)
    return numbers / np.float32(math.sqrt(max(dim, 1)))


class Embedding(Layer):
    """A table with one row of `embed_dim` numbers for each of `vocab_size` tokens."""

    def __init__(self, vocab_size: int, embed_dim: int, rng: Seed = None):
        self.vocab_size, self.embed_dim = vocab_size, embed_dim
        self.weight = Tensor(initial_rows(vocab_size, embed_dim, rng), requires_grad=True)

    def forward(self, indices: Any) -> Tensor:
        """Tokens of any shape -> (*shape, embed_dim). ValueError for a token outside the table,
        TypeError for tokens that are no whole numbers.

        >>> Embedding(10, 4, rng=1).forward([[7, 3, 7], [0, 9, 1]]).shape
        (2, 3, 4)
        """
        tokens = np.asarray(indices.data if isinstance(indices, Tensor) else indices)
        if tokens.size and tokens.dtype.kind not in "iu":
            raise TypeError(f"tokens are whole numbers, but got {tokens.dtype}")
        outside = tokens[(tokens < 0) | (tokens >= self.vocab_size)]
        if outside.size:
            raise ValueError(
                f"this table has the tokens 0 to {self.vocab_size - 1}, but got {outside[0]}"
            )
        return LookupFunction.apply(self.weight, indices=tokens.astype(np.int64))


def create_sinusoidal_embeddings(max_seq_len: int, embed_dim: int) -> Tensor:
    """The rows of the places 0 to max_seq_len - 1, (max_seq_len, embed_dim); not trained.

    Vaswani et al. 2017, section 3.5. ValueError for an odd embed_dim.

    >>> create_sinusoidal_embeddings(2, 4).numpy().round(2).tolist()[0]
    [0.0, 1.0, 0.0, 1.0]
    """
    if embed_dim % 2:
        raise ValueError(f"sines and cosines come in pairs, but embed_dim is {embed_dim}")
    frequencies = 10000.0 ** (-np.arange(0, embed_dim, 2) / max(embed_dim, 1))
    angles = np.arange(max_seq_len)[:, np.newaxis] * frequencies
    table = np.empty((max_seq_len, embed_dim))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return Tensor(table)


def add_positions(x: Tensor, table: Tensor, start_pos: int = 0) -> Tensor:
    """`x` (..., T, d) plus the rows start_pos to start_pos + T - 1 of `table` (places, d).

    ValueError where the table has no such rows.

    >>> rows = Tensor([[0.0], [10.0], [20.0], [30.0]])
    >>> add_positions(Tensor([[1.0], [1.0]]), rows, start_pos=2).numpy().tolist()
    [[21.0], [31.0]]
    """
    end = start_pos + x.shape[-2]
    if start_pos < 0 or end > table.shape[0]:
        raise ValueError(
            f"the places {start_pos} to {end - 1} are needed, but there are {table.shape[0]}"
        )
    return x + table[start_pos:end]


class PositionalEncoding(Layer):
    """A learned row for each of `max_seq_len` places, added to what comes in."""

    def __init__(self, max_seq_len: int, embed_dim: int, rng: Seed = None):
        rows = initial_rows(max_seq_len, embed_dim, rng)
        self.position_embeddings = Tensor(rows, requires_grad=True)

    def forward(self, x: Tensor, start_pos: int = 0) -> Tensor:
        """`x` (..., T, embed_dim) with the rows of its places added."""
        return add_positions(x, self.position_embeddings, start_pos)


class EmbeddingLayer(Layer):
    """Tokens to rows that know their place: what every transformer begins with.

    pos_encoding: "learned", "sinusoidal" or None; ValueError for anything else.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        max_seq_len: int = 512,
        pos_encoding: str | None = "learned",
        scale_embeddings: bool = False,
        rng: Seed = None,
    ):
        draws = np.random.default_rng(rng)
        self.embed_dim, self.scale_embeddings = embed_dim, scale_embeddings
        self.token_embedding = Embedding(vocab_size, embed_dim, draws)
        if pos_encoding not in ("learned", "sinusoidal", None):
            raise ValueError(
                f"pos_encoding is 'learned', 'sinusoidal' or None, but got {pos_encoding!r}"
            )
        self.positions: Tensor | None = None
        if pos_encoding == "learned":
            self.positions = PositionalEncoding(max_seq_len, embed_dim, draws).position_embeddings
        elif pos_encoding == "sinusoidal":
            self.positions = create_sinusoidal_embeddings(max_seq_len, embed_dim)

    def forward(self, tokens: Any, start_pos: int = 0) -> Tensor:
        """Tokens (..., T) -> (..., T, embed_dim), places counted from start_pos.

        >>> EmbeddingLayer(10, 4, max_seq_len=6, rng=1).forward([[1, 2, 3]], start_pos=3).shape
        (1, 3, 4)
        """
        x = self.token_embedding(tokens)
        if self.scale_embeddings:
            x = x * math.sqrt(self.embed_dim)
        return x if self.positions is None else add_positions(x, self.positions, start_pos)
