"""Proofs for 13_transformers: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "layer_norm",
    "treats mean and deviation as constants",
    {"(h - h.mean(axis=-1, keepdims=True) - rows * inner) / deviation": "h / deviation"},
)

wrong(
    "layer_norm",
    "forgets that the deviation moves",
    {" - rows * inner)": ")"},
)

wrong(
    "layer_norm",
    "takes mean and variance over the batch",
    {
        "x - x.mean(axis=-1, keepdims=True)": "x - x.mean(axis=0, keepdims=True)",
        "(centred * centred).mean(axis=-1, keepdims=True)": "(centred * centred).mean(axis=0, keepdims=True)",
    },
)

wrong(
    "layer_norm",
    "divides by n - 1",
    {
        "(centred * centred).mean(axis=-1, keepdims=True)": "(centred * centred).sum(axis=-1, keepdims=True) / np.float32(max(x.shape[-1] - 1, 1))"
    },
)

wrong(
    "layer_norm",
    "adds eps outside of the root",
    {"np.sqrt(variance + np.float32(eps))": "np.sqrt(variance) + np.float32(eps)"},
)

wrong(
    "layer_norm",
    "forgets eps",
    {"np.sqrt(variance + np.float32(eps))": "np.sqrt(variance)"},
)

wrong(
    "layer_norm",
    "forgets gamma in the slope of x",
    {"h = gradient * gamma": "h = gradient"},
)

wrong(
    "layer_norm",
    "takes x for the slope of gamma",
    {"return gradient * rows": "return gradient * x"},
)

wrong(
    "layer_norm",
    "returns the variance",
    {"return centred / deviation, deviation": "return centred / deviation, variance"},
)

wrong(
    "layer_norm",
    "takes the second axis, which is not always the last",
    {
        "x - x.mean(axis=-1, keepdims=True)": "x - x.mean(axis=min(1, x.ndim - 1), keepdims=True)",
        "(centred * centred).mean(axis=-1, keepdims=True)": "(centred * centred).mean(axis=min(1, x.ndim - 1), keepdims=True)",
    },
)

wrong(
    "layer_norm",
    "goes back with the eps of the default",
    {"rows, deviation = standardized(x, eps)": "rows, deviation = standardized(x)"},
)


@right("layer_norm", "with std, sums and a slope that is summed at once")
def _():
    def standardized(x, eps=1e-5):
        deviation = np.sqrt(x.var(axis=-1, keepdims=True) + eps).astype(x.dtype)
        return (x - x.mean(axis=-1)[..., None]) / deviation, deviation

    class LayerNormFunction(Function):
        @staticmethod
        def forward(x, gamma, beta, eps=1e-5):
            return gamma * standardized(x, eps)[0] + beta

        @staticmethod
        def backward(gradient, output, x, gamma, beta, wrt, eps=1e-5):
            rows, deviation = standardized(x, eps)
            if wrt > 0:
                full = gradient if wrt == 2 else gradient * rows
                return full.reshape(-1, full.shape[-1]).sum(axis=0)
            h, size = gradient * gamma, x.shape[-1]
            total = h.sum(axis=-1, keepdims=True)
            inner = np.einsum("...d,...d->...", h, rows)[..., None]
            return (size * h - total - rows * inner) / (size * deviation)


@right("layer_norm", "with the Jacobian of each row")
def _():
    def standardized(x, eps=1e-5):
        mean = x.sum(axis=-1, keepdims=True) / np.float32(x.shape[-1])
        square = ((x - mean) ** 2).sum(axis=-1, keepdims=True) / np.float32(x.shape[-1])
        deviation = (square + np.float32(eps)) ** np.float32(0.5)
        return (x - mean) / deviation, deviation

    class LayerNormFunction(Function):
        @staticmethod
        def forward(x, gamma, beta, eps=1e-5):
            rows, deviation = standardized(x, eps)
            return np.add(np.multiply(rows, gamma), beta)

        @staticmethod
        def backward(gradient, output, x, gamma, beta, wrt, eps=1e-5):
            rows, deviation = standardized(x, eps)
            if wrt == 0:
                size = x.shape[-1]
                jacobian = np.eye(size) - 1 / size - rows[..., :, None] * rows[..., None, :] / size
                return np.einsum("...i,...ij->...j", gradient * gamma, jacobian) / deviation
            return [gradient * rows, gradient][wrt - 1]


wrong(
    "transformer_block",
    "inverts the mask",
    {
        "np.tril(np.ones((seq_len, seq_len), dtype=bool))": "~np.tril(np.ones((seq_len, seq_len), dtype=bool))"
    },
)

wrong(
    "transformer_block",
    "blocks the own place too",
    {
        "np.tril(np.ones((seq_len, seq_len), dtype=bool))": "np.tril(np.ones((seq_len, seq_len), dtype=bool), -1)"
    },
)

wrong(
    "transformer_block",
    "puts the norm behind the sum",
    {
        "x = x + self.dropout(self.attention(self.ln1(x), mask))": "x = self.ln1(x + self.dropout(self.attention(x, mask)))",
        "return x + self.mlp(self.ln2(x))": "return self.ln2(x + self.mlp(x))",
    },
)

wrong(
    "transformer_block",
    "standardises x itself",
    {
        "x = x + self.dropout(self.attention(self.ln1(x), mask))": "x = self.ln1(x)\n        x = x + self.dropout(self.attention(x, mask))",
    },
)

wrong(
    "transformer_block",
    "leaves out the sum of the attention",
    {"x = x + self.dropout(": "x = self.dropout("},
)

wrong(
    "transformer_block",
    "leaves out the sum of the small network",
    {"return x + self.mlp(": "return self.mlp("},
)

wrong(
    "transformer_block",
    "forgets the second norm",
    {"self.mlp(self.ln2(x))": "self.mlp(x)"},
)

wrong(
    "transformer_block",
    "forgets the mask",
    {"self.attention(self.ln1(x), mask)": "self.attention(self.ln1(x))"},
)

wrong(
    "transformer_block",
    "feeds both branches from the input",
    {
        "x = x + self.dropout(self.attention(self.ln1(x), mask))": "attended = x + self.dropout(self.attention(self.ln1(x), mask))",
        "return x + self.mlp(self.ln2(x))": "return attended + self.mlp(self.ln2(x))",
    },
)

wrong(
    "transformer_block",
    "drops numbers of x itself",
    {
        "x = x + self.dropout(self.attention(self.ln1(x), mask))": "x = self.dropout(x + self.attention(self.ln1(x), mask))"
    },
)

wrong(
    "transformer_block",
    "forgets the dropout behind the attention",
    {"self.dropout(self.attention(self.ln1(x), mask))": "self.attention(self.ln1(x), mask)"},
)

wrong(
    "transformer_block",
    "drops what the small network returns twice",
    {"return x + self.mlp(self.ln2(x))": "return x + self.dropout(self.mlp(self.ln2(x)))"},
)

wrong(
    "transformer_block",
    "drops what goes into the attention",
    {
        "self.dropout(self.attention(self.ln1(x), mask))": "self.attention(self.dropout(self.ln1(x)), mask)"
    },
)


@right("transformer_block", "step by step")
def _():
    def create_causal_mask(seq_len):
        places = np.arange(seq_len)
        return places[None, :] <= places[:, None]

    class TransformerBlock(Layer):
        def __init__(self, embed_dim, num_heads, mlp_ratio=4, dropout_prob=0.1, rng=None):
            draws = np.random.default_rng(rng)
            self.ln1, self.ln2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
            self.attention = MultiHeadAttention(embed_dim, num_heads, rng=draws)
            self.mlp = MLP(embed_dim, mlp_ratio * embed_dim, dropout_prob, rng=draws)
            self.dropout = Dropout(dropout_prob, rng=draws)

        def forward(self, x, mask=None):
            normed = self.ln1.forward(x)
            attended = self.attention.forward(normed, mask=mask)
            middle = self.dropout(attended) + x
            return self.mlp(self.ln2(middle)) + middle


wrong(
    "gpt_forward",
    "starts with a large head",
    {"    head.weight.data *= np.float32(0.1 / math.sqrt(2))\n": ""},
)

wrong(
    "gpt_forward",
    "takes 0.1 for the numbers of the weight",
    {
        "head.weight.data *= np.float32(0.1 / math.sqrt(2))": "head.weight.data *= np.float32(0.1 / head.weight.data.std())"
    },
)

wrong(
    "gpt_forward",
    "starts with a head of zeros",
    {"head.weight.data *= np.float32(0.1 / math.sqrt(2))": "head.weight.data *= np.float32(0)"},
)

wrong(
    "gpt_forward",
    "gives the head a bias",
    {"bias=False, rng=rng": "rng=rng"},
)

wrong(
    "gpt_forward",
    "forgets the last norm",
    {"self.lm_head(self.ln_f(x))": "self.lm_head(x)"},
)

wrong(
    "gpt_forward",
    "has no mask",
    {"x = block(x, mask)": "x = block(x)"},
)

wrong(
    "gpt_forward",
    "runs the first block only",
    {"for block in self.blocks:": "for block in self.blocks[:1]:"},
)

wrong(
    "gpt_forward",
    "forgets the places",
    {"x = self.embedding(tokens)": "x = self.embedding.token_embedding(tokens)"},
)

wrong(
    "gpt_forward",
    "returns probabilities",
    {
        "return self.lm_head(self.ln_f(x))": "powers = self.lm_head(self.ln_f(x)).exp()\n        return powers / powers.sum(axis=-1, keepdims=True)"
    },
)

wrong(
    "gpt_forward",
    "cuts the graph behind the blocks",
    {"self.lm_head(self.ln_f(x))": "self.lm_head(self.ln_f(Tensor(x.data)))"},
)

wrong(
    "gpt_forward",
    "cuts a text that is too long",
    {"x = self.embedding(tokens)": "x = self.embedding(as_array(tokens)[:, -self.max_seq_len :])"},
)

right(
    "gpt_forward",
    "with a new weight, and a mask for each block",
    {
        "head.weight.data *= np.float32(0.1 / math.sqrt(2))": "start = np.random.default_rng(rng).normal(size=(embed_dim, vocab_size)) * 0.1 / embed_dim**0.5\n    head.weight = Tensor(start, requires_grad=True)",
        "mask = create_causal_mask(x.shape[1])\n        ": "",
        "x = block(x, mask)": "x = block(x, create_causal_mask(x.shape[-2]))",
        "return self.lm_head(self.ln_f(x))": "x = self.ln_f.forward(x)\n        return self.lm_head.forward(x)",
    },
)


wrong(
    "next_token",
    "multiplies by the temperature",
    {
        "(scores - scores.max()) / (temperature or 1.0)": "(scores - scores.max()) * (temperature or 1.0)"
    },
)

wrong(
    "next_token",
    "removes tokens after the softmax",
    {
        'scores[np.argsort(-scores, kind="stable")[kept:]] = -np.inf\n    powers': 'removed = np.argsort(-scores, kind="stable")[kept:]\n    powers',
        "return powers / powers.sum()": "powers /= powers.sum()\n    if kept is not None:\n        powers[removed] = 0\n    return powers",
    },
)

wrong(
    "next_token",
    "keeps all that are equal to the k-th",
    {
        'scores[np.argsort(-scores, kind="stable")[kept:]] = -np.inf': "scores[scores < np.sort(scores)[-min(kept, len(scores))]] = -np.inf"
    },
)

wrong(
    "next_token",
    "keeps the last of equal ones",
    {
        'np.argsort(-scores, kind="stable")[kept:]': 'np.argsort(scores, kind="stable")[: max(len(scores) - kept, 0)]'
    },
)

wrong(
    "next_token",
    "divides by a temperature of 0",
    {
        "kept = 1 if temperature == 0 else top_k": "np.seterr(all='ignore')\n    kept = top_k",
        "(temperature or 1.0)": "np.float64(temperature)",
    },
)

wrong(
    "next_token",
    "subtracts no largest logit",
    {"np.exp((scores - scores.max()) / ": "np.exp(scores / "},
)

wrong(
    "next_token",
    "computes in float32",
    {"np.array(logits, dtype=np.float64)": "np.array(logits, dtype=np.float32)"},
)

wrong(
    "next_token",
    "makes a generator of its own",
    {"np.random.default_rng(rng).choice": "np.random.default_rng(0).choice"},
)

wrong(
    "next_token",
    "takes the likeliest token always",
    {
        "int(np.random.default_rng(rng).choice(len(probabilities), p=probabilities))": "int(probabilities.argmax())"
    },
)

wrong(
    "next_token",
    "forgets top_k when it draws",
    {
        "probabilities = next_distribution(logits, temperature, top_k)": "probabilities = next_distribution(logits, temperature)"
    },
)

wrong(
    "next_token",
    "changes the logits",
    {"scores = np.array(logits, dtype=np.float64)": "scores = logits"},
)

wrong(
    "next_token",
    "takes a negative temperature",
    {"if temperature < 0:": "if False:"},
)


@right("next_token", "with sorted and cumulated probabilities")
def _():
    def next_distribution(logits, temperature=1.0, top_k=None):
        if temperature < 0:
            raise ValueError(f"no temperature: {temperature}")
        logits = np.asarray(logits)
        probabilities = np.zeros(len(logits))
        if temperature == 0:
            probabilities[np.argmax(logits)] = 1
            return probabilities
        order = sorted(range(len(logits)), key=lambda token: (-logits[token], token))[:top_k]
        scores = logits[order].astype(float) / temperature
        powers = np.exp(scores - scores[0])
        probabilities[order] = powers / np.sum(powers)
        return probabilities

    def next_token(logits, temperature=1.0, top_k=None, rng=None):
        steps = np.cumsum(next_distribution(logits, temperature, top_k))
        place = np.random.default_rng(rng).random() * steps[-1]
        return int(np.searchsorted(steps, place, side="right"))


right(
    "next_token",
    "draws once from a multinomial",
    {
        "int(np.random.default_rng(rng).choice(len(probabilities), p=probabilities))": "int(np.random.default_rng(rng).multinomial(1, probabilities).argmax())"
    },
)


wrong(
    "generate",
    "does not crop",
    {"model(tokens[:, -model.max_seq_len :])": "model(tokens)"},
)

wrong(
    "generate",
    "keeps the first tokens instead of the last",
    {"tokens[:, -model.max_seq_len :]": "tokens[:, : model.max_seq_len]"},
)

wrong(
    "generate",
    "takes the first place",
    {".numpy()[:, -1]": ".numpy()[:, 0]"},
)

wrong(
    "generate",
    "seeds a generator for each draw",
    {"next_token(row, temperature, top_k, draws)": "next_token(row, temperature, top_k, rng)"},
)

wrong(
    "generate",
    "seeds a generator for each step",
    {
        "new = [next_token": "draws = np.random.default_rng(rng)\n                new = [next_token",
    },
)

wrong(
    "generate",
    "leaves dropout on",
    {"    model.eval()\n": ""},
)

wrong(
    "generate",
    "leaves the model in training",
    {"model.train(was_training)": "model.train()"},
)

wrong(
    "generate",
    "leaves the model out of training",
    {"model.train(was_training)": "pass"},
)

wrong(
    "generate",
    "forgets the mode where an error stops it",
    {
        "    finally:\n        model.train(was_training)\n": "    except ZeroDivisionError:\n        pass\n    model.train(was_training)\n"
    },
)

wrong(
    "generate",
    "records a graph",
    {"with no_grad():": "if True:"},
)

wrong(
    "generate",
    "returns only what is new",
    {"    return tokens": "    return tokens[:, as_array(prompt_tokens).shape[1] :]"},
)

wrong(
    "generate",
    "forgets the temperature",
    {"next_token(row, temperature, top_k, draws)": "next_token(row, top_k=top_k, rng=draws)"},
)

wrong(
    "generate",
    "gives every text of the batch the token of the first",
    {"for row in logits]": "for row in logits[:1]] * len(logits)"},
)


@right("generate", "with an array that is filled")
def _():
    def generate(model, prompt_tokens, max_new_tokens=50, temperature=1.0, top_k=None, rng=None):
        prompt = np.array(
            prompt_tokens.data if isinstance(prompt_tokens, Tensor) else prompt_tokens
        )
        batch, length = prompt.shape
        text = np.zeros((batch, length + max_new_tokens), dtype=np.int64)
        text[:, :length] = prompt
        if temperature < 0:
            raise ValueError(f"a temperature is not negative, and {temperature} is")
        rng, before = np.random.default_rng(rng), model.training
        model.train(False)
        try:
            for end in range(length, length + max_new_tokens):
                with no_grad():
                    context = text[:, max(end - model.max_seq_len, 0) : end]
                    logits = model.forward(Tensor(context)).numpy()
                for number in range(batch):
                    text[number, end] = next_token(logits[number, -1], temperature, top_k, rng)
        finally:
            model.train(before)
        return text


right(
    "generate",
    "returns a tensor",
    {"    return tokens": "    return Tensor(tokens)"},
)


wrong(
    "gpt_cost",
    "counts the weights of the blocks only",
    {"12 * embed_dim**2 + 13 * embed_dim": "12 * embed_dim**2"},
)

wrong(
    "gpt_cost",
    "forgets the norms of a block",
    {"13 * embed_dim": "9 * embed_dim"},
)

wrong(
    "gpt_cost",
    "forgets the last norm",
    {"tables_and_head + 2 * embed_dim": "tables_and_head"},
)

wrong(
    "gpt_cost",
    "gives the head a bias",
    {
        "(2 * vocab_size + max_seq_len) * embed_dim": "(2 * vocab_size + max_seq_len) * embed_dim + vocab_size"
    },
)

wrong(
    "gpt_cost",
    "counts the table of tokens once",
    {"(2 * vocab_size + max_seq_len)": "(vocab_size + max_seq_len)"},
)

wrong(
    "gpt_cost",
    "counts a product and its sum as one",
    {
        "8 * embed_dim**2 + 4 * length * embed_dim": "4 * embed_dim**2 + 2 * length * embed_dim",
        "num_layers * 16 *": "num_layers * 8 *",
        "tokens * 2 * embed_dim": "tokens * embed_dim",
    },
)

wrong(
    "gpt_cost",
    "forgets the scores and the mixture",
    {"(8 * embed_dim**2 + 4 * length * embed_dim)": "8 * embed_dim**2"},
)

wrong(
    "gpt_cost",
    "counts the scores without the mixture",
    {"4 * length * embed_dim": "2 * length * embed_dim"},
)

wrong(
    "gpt_cost",
    "counts the head for one token of a text",
    {"head=tokens * 2": "head=batch * 2"},
)

right(
    "gpt_cost",
    "array by array",
    {
        "block = 12 * embed_dim**2 + 13 * embed_dim": "attention = 4 * (embed_dim * embed_dim + embed_dim)\n    network = 2 * embed_dim * 4 * embed_dim + 5 * embed_dim\n    block = attention + network + 4 * embed_dim",
        "attention=tokens * num_layers * (8 * embed_dim**2 + 4 * length * embed_dim)": "attention=2 * num_layers * batch * (4 * length * embed_dim**2 + 2 * length**2 * embed_dim)",
    },
)
