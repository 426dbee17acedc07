"""Embeddings and attention beside PyTorch: values and gradients with the same weights."""

import numpy as np
import pytest
from tinytorch.core.attention import MultiHeadAttention, scaled_dot_product_attention
from tinytorch.core.embeddings import Embedding
from tinytorch.core.tensor import Tensor

torch = pytest.importorskip("torch", reason="PyTorch is not installed; to cross-check: make torch")
torch.set_num_threads(1)

CLOSE = {"rtol": 2e-5, "atol": 2e-6}
CAUSAL = np.tril(np.ones((5, 5), dtype=bool))


def numbers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(-2, 2, shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 0)], ids=str)
def test_an_embedding_and_the_gradient_of_its_table(shape):
    ours, table = Embedding(6, 4, rng=1), torch.nn.Embedding(6, 4)
    table.weight.data[:] = torch.tensor(ours.weight.numpy())
    tokens = np.random.default_rng(2).integers(0, 6, shape)
    y, z = ours(tokens), table(torch.tensor(tokens))
    np.testing.assert_array_equal(y.numpy(), z.detach().numpy())
    arriving = numbers(*y.shape)
    y.backward(arriving)
    z.backward(torch.tensor(arriving))
    np.testing.assert_allclose(ours.weight.grad, table.weight.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("mask", [None, CAUSAL], ids=["no mask", "causal"])
@pytest.mark.parametrize("front", [(), (2,), (2, 3)], ids=str)
def test_scaled_dot_product_attention(front, mask):
    arrays = [numbers(*front, 5, size, seed=size) for size in (4, 4, 6)]
    arrays[1] = numbers(*front, 5, 4, seed=9)
    mine = [Tensor(a, requires_grad=True) for a in arrays]
    other = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, _ = scaled_dot_product_attention(*mine, mask)
    z = torch.nn.functional.scaled_dot_product_attention(
        *other, attn_mask=None if mask is None else torch.tensor(mask)
    )
    np.testing.assert_allclose(y.numpy(), z.detach().numpy(), **CLOSE)
    arriving = numbers(*y.shape, seed=3)
    y.backward(arriving)
    z.backward(torch.tensor(arriving))
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("mask", [None, CAUSAL], ids=["no mask", "causal"])
@pytest.mark.parametrize("heads", [1, 2, 8])
def test_multi_head_attention_with_the_same_weights(heads, mask):
    ours = MultiHeadAttention(8, heads, rng=4)
    theirs = torch.nn.MultiheadAttention(8, heads, batch_first=True)
    inputs = (ours.q_proj, ours.k_proj, ours.v_proj)
    theirs.in_proj_weight.data[:] = torch.tensor(
        np.concatenate([p.weight.numpy().T for p in inputs])
    )
    theirs.in_proj_bias.data[:] = torch.tensor(np.concatenate([p.bias.numpy() for p in inputs]))
    theirs.out_proj.weight.data[:] = torch.tensor(ours.out_proj.weight.numpy().T)
    theirs.out_proj.bias.data[:] = torch.tensor(ours.out_proj.bias.numpy())
    array = numbers(3, 5, 8)
    x, z_in = Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    y = ours(x, mask)
    z, weights = theirs(
        *[z_in] * 3,
        attn_mask=None if mask is None else torch.tensor(~mask),
        average_attn_weights=False,
    )
    np.testing.assert_allclose(y.numpy(), z.detach().numpy(), rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(ours.weights, weights.detach().numpy(), **CLOSE)
    arriving = numbers(*y.shape, seed=5)
    y.backward(arriving)
    z.backward(torch.tensor(arriving))
    np.testing.assert_allclose(x.grad, z_in.grad.numpy(), rtol=2e-4, atol=2e-5)
    slopes = np.concatenate([p.weight.grad.T for p in inputs])
    np.testing.assert_allclose(slopes, theirs.in_proj_weight.grad.numpy(), rtol=2e-4, atol=2e-5)
    np.testing.assert_allclose(
        ours.out_proj.weight.grad.T, theirs.out_proj.weight.grad.numpy(), rtol=2e-4, atol=2e-5
    )
