"""Layer normalisation and a whole GPT beside PyTorch: values, gradients and steps of Adam."""

import numpy as np
import pytest
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import Adam
from tinytorch.core.tensor import Tensor
from tinytorch.core.transformers import GPT, LayerNorm

torch = pytest.importorskip("torch", reason="PyTorch is not installed; to cross-check: make torch")
torch.set_num_threads(1)
F = torch.nn.functional
WIDTH, HEADS, LAYERS, VOCABULARY, LENGTH = 16, 4, 2, 11, 7


def numbers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(-2, 2, shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(6,), (3, 6), (2, 4, 6), (0, 6)], ids=str)
def test_layer_norm(shape):
    ours, theirs = LayerNorm(6, eps=1e-3), torch.nn.LayerNorm(6, eps=1e-3)
    for mine, other, seed in ((ours.gamma, theirs.weight, 1), (ours.beta, theirs.bias, 2)):
        mine.data[:] = numbers(6, seed=seed)
        other.data[:] = torch.tensor(mine.numpy())
    x, z_in = Tensor(numbers(*shape), requires_grad=True), torch.tensor(numbers(*shape))
    y, z = ours(x), theirs(z_in.requires_grad_())
    arriving = numbers(*shape, seed=3)
    y.backward(arriving)
    z.backward(torch.tensor(arriving))
    pairs = [(y.numpy(), z.detach()), (x.grad, z_in.grad)]
    pairs += [(ours.gamma.grad, theirs.weight.grad), (ours.beta.grad, theirs.bias.grad)]
    for mine, other in pairs:
        np.testing.assert_allclose(mine, other.numpy(), rtol=2e-5, atol=1e-5)


def torch_logits(parameters, tokens):
    """The GPT of chapter 13 with PyTorch's own operations, from parameters in their order."""
    table, places, *blocks, gamma, beta, head = parameters
    batch, length = tokens.shape
    x = table[tokens] + places[:length]
    for start in range(0, len(blocks), 16):
        g1, b1, g2, b2, wq, bq, wk, bk, wv, bv, wo, bo, w1, c1, w2, c2 = blocks[start : start + 16]
        n = F.layer_norm(x, (WIDTH,), g1, b1)
        q, k, v = (
            (n @ w + b).view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)
            for w, b in ((wq, bq), (wk, bk), (wv, bv))
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + mixed.transpose(1, 2).reshape(batch, length, WIDTH) @ wo + bo
        n = F.layer_norm(x, (WIDTH,), g2, b2)
        x = x + F.gelu(n @ w1 + c1, approximate="tanh") @ w2 + c2
    return F.layer_norm(x, (WIDTH,), gamma, beta) @ head


@pytest.fixture
def pair():
    rng = np.random.default_rng(5)
    ours = GPT(VOCABULARY, WIDTH, LAYERS, HEADS, max_seq_len=9, rng=rng)
    for p in ours.parameters():
        p.data += rng.normal(size=p.shape).astype(np.float32) / 10
    return ours, [torch.tensor(p.numpy(), requires_grad=True) for p in ours.parameters()]


def losses(ours, theirs, rows):
    tokens, target = rows[:, :-1], rows[:, 1:].reshape(-1)
    logits, their_logits = ours(tokens), torch_logits(theirs, torch.tensor(tokens))
    np.testing.assert_allclose(logits.numpy(), their_logits.detach().numpy(), rtol=1e-4, atol=2e-5)
    mine = CrossEntropyLoss()(logits.reshape(-1, VOCABULARY), target)
    other = F.cross_entropy(their_logits.reshape(-1, VOCABULARY), torch.tensor(target))
    assert mine.item() == pytest.approx(other.item(), rel=1e-5)
    return mine, other


def test_logits_loss_and_every_gradient_of_a_gpt(pair):
    ours, theirs = pair
    rows = np.random.default_rng(6).integers(0, VOCABULARY, (3, LENGTH + 1))
    for loss in losses(ours, theirs, rows):
        loss.backward()
    for p, q in zip(ours.parameters(), theirs, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=2e-3, atol=2e-6)


def test_three_steps_of_adam_end_where_those_of_pytorch_do(pair):
    ours, theirs = pair
    mine, other = Adam(ours.parameters(), lr=0.001, eps=1e-4), torch.optim.Adam(theirs, 1e-3)
    other.param_groups[0]["eps"] = 1e-4
    for seed in range(3):
        rows = np.random.default_rng(seed).integers(0, VOCABULARY, (2, LENGTH + 1))
        mine.zero_grad()
        other.zero_grad()
        for loss in losses(ours, theirs, rows):
            loss.backward()
        mine.step()
        other.step()
    for p, q in zip(ours.parameters(), theirs, strict=True):
        np.testing.assert_allclose(p.numpy(), q.detach().numpy(), rtol=1e-3, atol=2e-6)


def test_a_future_token_changes_no_past_logit(pair):
    ours, _ = pair
    tokens = np.random.default_rng(7).integers(0, VOCABULARY, (2, LENGTH))
    before = ours(tokens).numpy()
    for place in range(1, LENGTH):
        changed = tokens.copy()
        changed[:, place] = (changed[:, place] + 1) % VOCABULARY
        after = ours(changed).numpy()
        np.testing.assert_allclose(after[:, :place], before[:, :place], rtol=1e-5, atol=1e-5)
        assert np.abs(after[:, place:] - before[:, place:]).max() > 1e-3
