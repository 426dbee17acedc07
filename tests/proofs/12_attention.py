"""Proofs for 12_attention: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "masked_softmax",
    "blocks after the softmax",
    {
        "if mask is not None:\n        scores = np.where(mask, scores, -np.inf)\n    ": "",
        "return weights": "return weights if mask is None else (weights * mask).astype(scores.dtype)",
    },
)

wrong(
    "masked_softmax",
    "inverts the mask",
    {"np.where(mask, scores, -np.inf)": "np.where(mask, -np.inf, scores)"},
)

wrong(
    "masked_softmax",
    "adds -1e9, so that a row without places is even",
    {"np.where(mask, scores, -np.inf)": "scores + (1 - np.asarray(mask)) * np.float32(-1e9)"},
)

wrong(
    "masked_softmax",
    "divides by the sum where it is 0",
    {
        "np.where(total == 0, 1, total)": "total",
        "weights /= ": "weights = weights / ",
        "total = weights.sum": "np.seterr(all='ignore')\n    total = weights.sum",
    },
)

wrong(
    "masked_softmax",
    "subtracts no largest score",
    {"np.where(np.isfinite(largest), largest, 0)": "0"},
)

wrong(
    "masked_softmax",
    "sums over the whole array",
    {"weights.sum(axis=-1, keepdims=True)": "weights.sum()"},
)

wrong(
    "masked_softmax",
    "blocks in the scores themselves",
    {
        "scores = np.where(mask, scores, -np.inf)": "scores[np.broadcast_to(np.asarray(mask) == 0, scores.shape)] = -np.inf"
    },
)

wrong(
    "masked_softmax",
    "subtracts the largest score before it blocks",
    {
        "    if mask is not None:\n        scores = np.where(mask, scores, -np.inf)\n    largest = np.max(scores, axis=-1, keepdims=True, initial=-np.inf)\n": "    largest = np.max(scores, axis=-1, keepdims=True, initial=-np.inf)\n    if mask is not None:\n        scores = np.where(mask, scores, -np.inf)\n"
    },
)


@right("masked_softmax", "multiplies exponentials by the mask")
def _():
    def masked_softmax(scores, mask=None):
        if scores.size == 0:
            return np.zeros_like(scores)
        allowed = np.ones(scores.shape, bool) if mask is None else np.asarray(mask) != 0
        allowed = np.broadcast_to(allowed, scores.shape)
        lowest = np.where(allowed, scores, scores.min())
        weights = np.exp(lowest - lowest.max(axis=-1, keepdims=True)) * allowed
        total = weights.sum(axis=-1, keepdims=True)
        return np.divide(weights, total, out=np.zeros_like(weights), where=total != 0)


@right("masked_softmax", "uses masked arrays row by row")
def _():
    def masked_softmax(scores, mask=None):
        scores = np.asarray(scores)
        if scores.size == 0:
            return np.zeros_like(scores)
        flat = scores.reshape(-1, scores.shape[-1])
        full = np.broadcast_to(1 if mask is None else mask, scores.shape).reshape(flat.shape)
        rows = np.zeros_like(flat)
        for row, score, open_places in zip(rows, flat, full):
            places = np.flatnonzero(open_places)
            if len(places):
                e = np.exp(score[places] - score[places].max())
                row[places] = e / e.sum()
        return rows.reshape(scores.shape)


wrong(
    "attention_weights",
    "forgets the scale in the slope",
    {"(gradient - inner) * np.float32(scale)": "(gradient - inner)"},
)

wrong(
    "attention_weights",
    "treats the softmax as if each weight depended on its score only",
    {"output * (gradient - inner)": "output * (1 - output) * gradient"},
)

wrong(
    "attention_weights",
    "forgets to multiply by the weights",
    {"return output * (gradient - inner)": "return (gradient - inner)"},
)

wrong(
    "attention_weights",
    "sums over the queries",
    {
        "np.sum(gradient * output, axis=-1, keepdims=True)": "np.sum(gradient * output, axis=-2, keepdims=True)"
    },
)

wrong(
    "attention_weights",
    "scales the weights instead of the scores",
    {
        "masked_softmax(scores * np.float32(scale), mask)": "masked_softmax(scores, mask) * np.float32(scale)"
    },
)

wrong(
    "attention_weights",
    "does not block",
    {"np.float32(scale), mask)": "np.float32(scale))"},
)

wrong(
    "attention_weights",
    "makes float64 of the scores",
    {
        "scores * np.float32(scale)": "scores * np.float64(scale)",
        "* np.float32(scale)\n": "* np.float64(scale)\n",
    },
)

wrong(
    "attention_weights",
    "divides by the scale on the way back",
    {"(gradient - inner) * np.float32(scale)": "(gradient - inner) / np.float32(scale)"},
)


@right("attention_weights", "with the Jacobian of each row")
def _():
    class AttentionWeights(Function):
        @staticmethod
        def forward(scores, mask=None, scale=1.0):
            return masked_softmax(np.multiply(scores, scale, dtype=np.float32), mask)

        @staticmethod
        def backward(gradient, output, scores, mask=None, scale=1.0):
            jacobian = -output[..., :, None] * output[..., None, :]
            diagonal = np.arange(output.shape[-1])
            jacobian[..., diagonal, diagonal] += output
            slope = np.einsum("...ij,...j->...i", jacobian, gradient) * scale
            return slope.astype(np.float32)


@right("attention_weights", "in another order")
def _():
    class AttentionWeights(Function):
        @staticmethod
        def forward(scores, mask=None, scale=1.0):
            scaled = np.array(scores, dtype=np.float32)
            scaled *= scale
            return masked_softmax(scaled, mask)

        @staticmethod
        def backward(gradient, output, scores, mask=None, scale=1.0):
            product = (gradient * output * scale).astype(np.float32)
            return product - output * product.sum(axis=-1)[..., None]


wrong(
    "attention",
    "does not divide the scores",
    {"scale = 1 / math.sqrt(Q.shape[-1])": "scale = 1.0"},
)

wrong(
    "attention",
    "divides by D instead of its root",
    {"math.sqrt(Q.shape[-1])": "Q.shape[-1]"},
)

wrong(
    "attention",
    "takes the number of keys for D",
    {"math.sqrt(Q.shape[-1])": "math.sqrt(K.shape[-2])"},
)

wrong(
    "attention",
    "hands the tensor itself to the operation",
    {
        "blocked = mask.data if isinstance(mask, Tensor) else mask": "blocked = None if isinstance(mask, Tensor) else mask"
    },
)

wrong(
    "attention",
    "mixes the keys",
    {"return weights @ V, weights": "return weights @ K, weights"},
)

wrong(
    "attention",
    "computes with arrays, so that nothing is learned",
    {"Q @ K.transpose()": "Tensor(Q.data @ K.transpose().data)"},
)

wrong(
    "attention",
    "ignores the mask",
    {"mask=blocked": "mask=None"},
)


@right("attention", "scales the queries first")
def _():
    def scaled_dot_product_attention(Q, K, V, mask=None):
        if isinstance(mask, Tensor):
            mask = mask.numpy()
        scores = (Q * Q.shape[-1] ** -0.5) @ K.transpose(-2, -1)
        weights = AttentionWeights.apply(scores, mask=mask)
        answer = weights @ V
        return answer, weights


@right("attention", "with the operations of earlier chapters")
def _():
    def scaled_dot_product_attention(Q, K, V, mask=None):
        allowed = np.asarray(mask.data if isinstance(mask, Tensor) else 1 if mask is None else mask)
        scores = (Q @ K.transpose()) / math.sqrt(Q.shape[-1])
        weights = AttentionWeights.apply(scores, mask=allowed != 0, scale=1.0)
        return weights @ V, weights


wrong(
    "heads",
    "reshapes straight to the shape",
    {
        "x.reshape(batch, places, heads, width // heads).permute(0, 2, 1, 3)": "x.reshape(batch, heads, places, width // heads)",
        "x.permute(0, 2, 1, 3).reshape(batch, places, heads * size)": "x.reshape(batch, places, heads * size)",
    },
)

wrong(
    "heads",
    "merges without bringing the heads back",
    {
        "x.permute(0, 2, 1, 3).reshape(batch, places, heads * size)": "x.reshape(batch, places, heads * size)"
    },
)

wrong(
    "heads",
    "interleaves the heads",
    {
        "x.reshape(batch, places, heads, width // heads).permute(0, 2, 1, 3)": "x.reshape(batch, places, width // heads, heads).permute(0, 3, 1, 2)",
        "x.permute(0, 2, 1, 3).reshape(batch, places, heads * size)": "x.permute(0, 2, 3, 1).reshape(batch, places, heads * size)",
    },
)

wrong(
    "heads",
    "drops the numbers that are left over",
    {
        "if width % heads:": "if False:",
        "x.reshape(batch": "x[..., : width - width % heads].reshape(batch",
    },
)

wrong(
    "heads",
    "names no numbers in the error",
    {'f"{heads} heads cannot share a width of {width}"': '"these heads cannot share this width"'},
)

wrong(
    "heads",
    "cuts the graph",
    {
        "return x.reshape(batch, places, heads, width // heads)": "return Tensor(x.data).reshape(batch, places, heads, width // heads)"
    },
)


@right("heads", "with transpose")
def _():
    def split_heads(x, heads):
        batch, places, width = x.shape
        size, rest = divmod(width, heads)
        if rest != 0:
            raise ValueError(f"a width of {width} is not divisible by {heads}")
        return x.reshape((batch, places, heads, size)).transpose(1, 2)

    def merge_heads(x):
        batch, heads, places, size = x.shape
        return x.transpose(1, 2).reshape((batch, places, size * heads))


wrong(
    "multi_head",
    "keeps the weights as a tensor",
    {"self.weights = weights.numpy()": "self.weights = weights"},
)

wrong(
    "multi_head",
    "takes the same projection for queries and keys",
    {"(self.q_proj, self.k_proj, self.v_proj)": "(self.q_proj, self.q_proj, self.v_proj)"},
)

wrong(
    "multi_head",
    "attends over the whole width",
    {
        "split_heads(project(x), self.num_heads)": "split_heads(project(x), 1)",
        "self.weights = weights.numpy()": "self.weights = np.repeat(weights.numpy(), self.num_heads, axis=1)",
    },
)

wrong(
    "multi_head",
    "ignores the mask",
    {"scaled_dot_product_attention(q, k, v, mask)": "scaled_dot_product_attention(q, k, v)"},
)

wrong(
    "multi_head",
    "leaves out_proj out",
    {"return self.out_proj(merge_heads(answer))": "return merge_heads(answer)"},
)

wrong(
    "multi_head",
    "keeps no weights",
    {"self.weights = weights.numpy()": "pass"},
)

wrong(
    "multi_head",
    "swaps keys and values",
    {"scaled_dot_product_attention(q, k, v, mask)": "scaled_dot_product_attention(q, v, k, mask)"},
)


right(
    "multi_head",
    "step by step",
    {
        "projections = (self.q_proj, self.k_proj, self.v_proj)\n        q, k, v = (split_heads(project(x), self.num_heads) for project in projections)": "q = split_heads(self.q_proj(x), self.num_heads)\n        k = split_heads(self.k_proj.forward(x), self.num_heads)\n        v = split_heads(self.v_proj(x), self.num_heads)",
        "self.weights = weights.numpy()": "self.weights = weights.data",
    },
)

right(
    "multi_head",
    "keeps a copy of the weights",
    {"self.weights = weights.numpy()": "self.weights = np.array(weights.numpy())"},
)


wrong(
    "attention_cost",
    "forgets the layer that mixes the heads",
    {"4 * batch * length * width**2": "3 * batch * length * width**2"},
)

wrong(
    "attention_cost",
    "counts the scores without the mixture",
    {"2 * batch * length**2 * width": "batch * length**2 * width"},
)

wrong(
    "attention_cost",
    "multiplies the work of the scores by the heads",
    {"2 * batch * length**2 * width": "2 * batch * heads * length**2 * width"},
)

wrong(
    "attention_cost",
    "forgets the heads in the bytes",
    {"4 * batch * heads * length**2": "4 * batch * length**2"},
)

wrong(
    "attention_cost",
    "forgets the batch in the bytes",
    {"4 * batch * heads * length**2": "4 * heads * length**2"},
)

right(
    "attention_cost",
    "from the size of a head",
    {
        "square_macs=2 * batch * length**2 * width": "square_macs=batch * heads * 2 * length * length * width // heads"
    },
)
