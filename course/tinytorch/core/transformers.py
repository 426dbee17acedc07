"""Transformers: blocks that are stacked, a model of text, and how text comes out of it.

A block adds to each place what attention and a small network make of its standardised row. A GPT
stacks blocks between a table and a head, and writes by drawing one token after the other. What this
file leaves to the next: making the model smaller and faster.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinytorch.core.activations import GELU
from tinytorch.core.attention import MultiHeadAttention
from tinytorch.core.autograd import no_grad
from tinytorch.core.embeddings import EmbeddingLayer
from tinytorch.core.layers import Dropout, Layer, Linear, Seed
from tinytorch.core.tensor import Function, Tensor, as_array

__all__ = [
    "GPT",
    "MLP",
    "LayerNorm",
    "LayerNormFunction",
    "TransformerBlock",
    "create_causal_mask",
    "generate",
    "next_distribution",
    "next_token",
    "output_head",
    "standardized",
]


def standardized(x: np.ndarray, eps: float = 1e-5) -> tuple[np.ndarray, np.ndarray]:
    """(rows (..., D) with mean 0 and variance 1, the deviations that divided them (..., 1)).

    >>> rows, deviation = standardized(np.float32([[1, 3], [10, 30]]), eps=0.0)
    >>> rows.tolist(), deviation.tolist()
    ([[-1.0, 1.0], [-1.0, 1.0]], [[1.0], [10.0]])
    """
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    deviation = np.sqrt(variance + np.float32(eps))
    return centred / deviation, deviation


class LayerNormFunction(Function):
    """Each row standardised, times gamma, plus beta. Ba, Kiros and Hinton 2016."""

    @staticmethod
    def forward(
        x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
    ) -> np.ndarray:
        """x (..., D), gamma (D,) and beta (D,) -> (..., D).

        >>> x, gamma, beta = np.float32([[1, 3]]), np.float32([2, 2]), np.float32([0, 5])
        >>> LayerNormFunction.forward(x, gamma, beta, eps=0.0).tolist()
        [[-2.0, 7.0]]
        """
        rows, _ = standardized(x, eps)
        return rows * gamma + beta

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        x: np.ndarray,
        gamma: np.ndarray,
        beta: np.ndarray,
        wrt: int,
        eps: float = 1e-5,
    ) -> np.ndarray:
        """The slope of x (wrt=0), gamma (1) or beta (2), in the shape of the output.

        >>> x, one, g = np.float32([[1, 3]]), np.float32([1, 1]), np.float32([[1, 0]])
        >>> LayerNormFunction.backward(g, None, x, one, one, wrt=1, eps=0.0).tolist()
        [[-1.0, 0.0]]
        """
        if wrt == 2:
            return gradient
        rows, deviation = standardized(x, eps)
        if wrt == 1:
            return gradient * rows
        h = gradient * gamma
        inner = (h * rows).mean(axis=-1, keepdims=True)
        return (h - h.mean(axis=-1, keepdims=True) - rows * inner) / deviation


class LayerNorm(Layer):
    """Layer normalisation over the last `normalized_shape` numbers, with gamma 1 and beta 0."""

    def __init__(self, normalized_shape: int, eps: float = 1e-5):
        self.eps = eps
        self.gamma = Tensor(np.ones(normalized_shape), requires_grad=True)
        self.beta = Tensor(np.zeros(normalized_shape), requires_grad=True)

    def forward(self, x: Tensor) -> Tensor:
        return LayerNormFunction.apply(x, self.gamma, self.beta, eps=self.eps)


class MLP(Layer):
    """The small network of a block: wider by a factor of 4, a GELU, and back."""

    def __init__(
        self,
        embed_dim: int,
        hidden_dim: int | None = None,
        dropout_prob: float = 0.1,
        rng: Seed = None,
    ):
        draws, hidden = np.random.default_rng(rng), hidden_dim or 4 * embed_dim
        self.linear1, self.gelu = Linear(embed_dim, hidden, rng=draws), GELU()
        self.linear2 = Linear(hidden, embed_dim, rng=draws)
        self.dropout = Dropout(dropout_prob, rng=draws)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.linear2(self.gelu(self.linear1(x))))


def create_causal_mask(seq_len: int) -> np.ndarray:
    """Booleans (seq_len, seq_len): True where place i (row) may attend to place j (column).

    >>> create_causal_mask(3).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


class TransformerBlock(Layer):
    """Attention and a small network, each on a standardised copy and added (pre-norm)."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        mlp_ratio: int = 4,
        dropout_prob: float = 0.1,
        rng: Seed = None,
    ):
        draws = np.random.default_rng(rng)
        self.ln1, self.ln2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = MultiHeadAttention(embed_dim, num_heads, rng=draws)
        self.mlp = MLP(embed_dim, mlp_ratio * embed_dim, dropout_prob, rng=draws)
        self.dropout = Dropout(dropout_prob, rng=draws)

    def forward(self, x: Tensor, mask: Any = None) -> Tensor:
        """(B, T, embed_dim) -> the same shape. mask: 1 = attend, broadcasts to (B, heads, T, T).

        >>> block = TransformerBlock(8, 2, rng=1)
        >>> block.forward(Tensor(np.ones((3, 5, 8))), create_causal_mask(5)).shape
        (3, 5, 8)
        """
        x = x + self.dropout(self.attention(self.ln1(x), mask))
        return x + self.mlp(self.ln2(x))


def output_head(embed_dim: int, vocab_size: int, rng: Seed = None) -> Linear:
    """A Linear without bias whose logits of standardised rows have the standard deviation 0.1.

    >>> head = output_head(400, 50, rng=1)
    >>> head.weight.shape, bool(0.09 < head.weight.numpy().std() * 400**0.5 < 0.11)
    ((400, 50), True)
    """
    head = Linear(embed_dim, vocab_size, bias=False, rng=rng)
    head.weight.data *= np.float32(0.1 / math.sqrt(2))
    return head


class GPT(Layer):
    """A model of text: logits of the next token at each place. Radford et al. 2019."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        num_layers: int,
        num_heads: int,
        max_seq_len: int = 1024,
        rng: Seed = None,
        dropout_prob: float = 0.0,
    ):
        draws = np.random.default_rng(rng)
        self.vocab_size, self.max_seq_len = vocab_size, max_seq_len
        self.embedding = EmbeddingLayer(vocab_size, embed_dim, max_seq_len, rng=draws)
        self.blocks = [
            TransformerBlock(embed_dim, num_heads, dropout_prob=dropout_prob, rng=draws)
            for _ in range(num_layers)
        ]
        self.ln_f = LayerNorm(embed_dim)
        self.lm_head = output_head(embed_dim, vocab_size, rng=draws)

    def forward(self, tokens: Any) -> Tensor:
        """Tokens (B, T) -> logits (B, T, vocab_size). For T > max_seq_len the embedding raises a
        ValueError.

        >>> GPT(10, 8, num_layers=1, num_heads=2, rng=1).forward([[1, 2, 3]]).shape
        (1, 3, 10)
        """
        x = self.embedding(tokens)
        mask = create_causal_mask(x.shape[1])
        for block in self.blocks:
            x = block(x, mask)
        return self.lm_head(self.ln_f(x))

    def generate(
        self,
        prompt_tokens: Any,
        max_new_tokens: int = 50,
        temperature: float = 1.0,
        top_k: int | None = None,
        rng: Seed = None,
    ) -> np.ndarray:
        """The prompt (B, T) and what the model writes after it, (B, T + max_new_tokens)."""
        return generate(self, prompt_tokens, max_new_tokens, temperature, top_k, rng)


def next_distribution(
    logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None
) -> np.ndarray:
    """Probabilities (V,) in float64 from logits (V,). ValueError for a negative temperature.

    >>> next_distribution(np.float32([0, 3, 3, 3]), top_k=2).tolist()
    [0.0, 0.5, 0.5, 0.0]
    """
    if temperature < 0:
        raise ValueError(f"a temperature is at least 0, but got {temperature}")
    scores = np.array(logits, dtype=np.float64)
    kept = 1 if temperature == 0 else top_k
    if kept is not None:
        scores[np.argsort(-scores, kind="stable")[kept:]] = -np.inf
    powers = np.exp((scores - scores.max()) / (temperature or 1.0))
    return powers / powers.sum()


def next_token(
    logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None, rng: Seed = None
) -> int:
    """One token, drawn from `next_distribution` with the generator or seed `rng`.

    >>> next_token(np.float32([1, 5, 2]), temperature=0)
    1
    """
    probabilities = next_distribution(logits, temperature, top_k)
    return int(np.random.default_rng(rng).choice(len(probabilities), p=probabilities))


def generate(
    model: Any,
    prompt_tokens: Any,
    max_new_tokens: int = 50,
    temperature: float = 1.0,
    top_k: int | None = None,
    rng: Seed = None,
) -> np.ndarray:
    """The prompt (B, T) and what `model` writes after it, (B, T + max_new_tokens).

    >>> model = GPT(10, 8, num_layers=1, num_heads=2, max_seq_len=4, rng=1)
    >>> generate(model, [[1, 2, 3]], max_new_tokens=6, rng=1).shape
    (1, 9)
    """
    tokens, draws = as_array(prompt_tokens), np.random.default_rng(rng)
    was_training = model.training
    model.eval()
    try:
        with no_grad():
            for _ in range(max_new_tokens):
                logits = model(tokens[:, -model.max_seq_len :]).numpy()[:, -1]
                new = [next_token(row, temperature, top_k, draws) for row in logits]
                column = np.array(new, dtype=tokens.dtype).reshape(-1, 1)
                tokens = np.concatenate([tokens, column], axis=1)
    finally:
        model.train(was_training)
    return tokens
