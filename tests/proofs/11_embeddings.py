"""Proofs for 11_embeddings: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "lookup",
    "assigns the slopes, so that the last use of a token wins",
    {
        "np.add.at(full, indices.reshape(-1), gradient.reshape(-1, weight.shape[1]))": "full[indices] = gradient"
    },
)

wrong(
    "lookup",
    "adds with +=, which counts a repeated token once",
    {
        "np.add.at(full, indices.reshape(-1), gradient.reshape(-1, weight.shape[1]))": "full[indices] += gradient"
    },
)

wrong(
    "lookup",
    "adds the slopes of a single row of tokens only",
    {
        "np.add.at(full, indices.reshape(-1), gradient.reshape(-1, weight.shape[1]))": "for token, slope in zip(indices, gradient):\n            full[token] += slope"
    },
)

wrong(
    "lookup",
    "returns the slope in float64",
    {"np.zeros_like(weight)": "np.zeros(weight.shape)"},
)

wrong(
    "lookup",
    "lets negative tokens count from the end",
    {"(tokens < 0) | (tokens >= self.vocab_size)": "tokens >= self.vocab_size"},
)

wrong(
    "lookup",
    "takes the vocabulary's size itself for a token",
    {"tokens >= self.vocab_size": "tokens > self.vocab_size"},
)

wrong(
    "lookup",
    "cuts fractions off without a word",
    {'tokens.dtype.kind not in "iu"': "False"},
)

wrong(
    "lookup",
    "does not say which token is outside",
    {", but got {outside[0]}": ""},
)

wrong(
    "lookup",
    "returns rows that do not come from the leaf",
    {
        "return LookupFunction.apply(self.weight, indices=tokens.astype(np.int64))": "return Tensor(self.weight.data[tokens.astype(np.int64)])"
    },
)

wrong(
    "lookup",
    "hands the tokens over as an input that has a slope",
    {"apply(self.weight, indices=tokens": "apply(self.weight, tokens"},
)

wrong(
    "lookup",
    "takes booleans for whole numbers",
    {'tokens.dtype.kind not in "iu"': 'tokens.dtype.kind not in "iub"'},
)


@right("lookup", "sums sorted slopes, and checks with min and max")
def _():
    class LookupFunction(Function):
        @staticmethod
        def forward(weight, indices):
            return weight[indices]

        @staticmethod
        def backward(gradient, output, weight, indices):
            full, tokens = np.zeros_like(weight), indices.ravel()
            if tokens.size:
                order = np.argsort(tokens, kind="stable")
                kept = tokens[order]
                starts = np.flatnonzero(np.r_[True, kept[1:] != kept[:-1]])
                rows = gradient.reshape(tokens.size, -1)[order]
                full[kept[starts]] = np.add.reduceat(rows, starts, axis=0)
            return full

    def initial_rows(rows, dim, rng=None):
        numbers = np.random.default_rng(rng).standard_normal((rows, dim), dtype=np.float32)
        return numbers / np.float32(math.sqrt(max(dim, 1)))

    class Embedding(Layer):
        def __init__(self, vocab_size, embed_dim, rng=None):
            self.vocab_size, self.embed_dim = vocab_size, embed_dim
            self.weight = Tensor(initial_rows(vocab_size, embed_dim, rng), requires_grad=True)

        def forward(self, indices):
            tokens = np.array(indices.numpy() if isinstance(indices, Tensor) else indices)
            if tokens.size == 0:
                tokens = tokens.astype(int)
            if not np.issubdtype(tokens.dtype, np.integer):
                raise TypeError(f"whole numbers were needed, but came {tokens.dtype}")
            if tokens.size:
                for token in (int(tokens.min()), int(tokens.max())):
                    if not 0 <= token < self.vocab_size:
                        raise ValueError(f"no token {token} in a table of {self.vocab_size}")
            return LookupFunction.apply(self.weight, indices=tokens)


@right("lookup", "multiplies the slopes by one-hot rows")
def _():
    class LookupFunction(Function):
        @staticmethod
        def forward(weight, indices):
            return weight[indices]

        @staticmethod
        def backward(gradient, output, weight, indices):
            one_hot = np.eye(weight.shape[0], dtype=np.float32)[indices.reshape(-1)]
            return one_hot.T @ gradient.reshape(-1, weight.shape[1]).astype(np.float32)

    def initial_rows(rows, dim, rng=None):
        numbers = np.random.default_rng(rng).standard_normal((rows, dim), dtype=np.float32)
        return numbers / np.float32(math.sqrt(max(dim, 1)))

    class Embedding(Layer):
        def __init__(self, vocab_size, embed_dim, rng=None):
            self.vocab_size, self.embed_dim = vocab_size, embed_dim
            self.weight = Tensor(initial_rows(vocab_size, embed_dim, rng), requires_grad=True)

        def forward(self, indices):
            tokens = indices.data if isinstance(indices, Tensor) else np.asarray(indices)
            tokens = tokens if tokens.size else tokens.astype(np.int64)
            if tokens.dtype.kind not in "iu":
                raise TypeError("tokens are whole numbers")
            for token in tokens.reshape(-1).tolist():
                if token < 0 or token > self.vocab_size - 1:
                    raise ValueError(f"{token} is not in the table")
            return LookupFunction.apply(self.weight, indices=tokens)


wrong(
    "sinusoids",
    "puts all sines before all cosines",
    {
        "table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)": "table[:, : embed_dim // 2], table[:, embed_dim // 2 :] = np.sin(angles), np.cos(angles)"
    },
)

wrong(
    "sinusoids",
    "takes i / d for the exponent instead of 2i / d",
    {"-np.arange(0, embed_dim, 2)": "-np.arange(embed_dim // 2)"},
)

wrong(
    "sinusoids",
    "swaps sine and cosine",
    {"= np.sin(angles), np.cos(angles)": "= np.cos(angles), np.sin(angles)"},
)

wrong(
    "sinusoids",
    "computes far angles in float32",
    {
        "angles = np.arange(max_seq_len)[:, np.newaxis] * frequencies": "angles = (np.arange(max_seq_len)[:, np.newaxis] * frequencies + 1e-3).astype(np.float32)"
    },
)

wrong(
    "sinusoids",
    "counts places from 1",
    {"np.arange(max_seq_len)": "np.arange(1, max_seq_len + 1)"},
)

wrong("sinusoids", "trains the rows", {"Tensor(table)": "Tensor(table, requires_grad=True)"})

wrong(
    "sinusoids",
    "lets an odd width end in an error of NumPy",
    {"if embed_dim % 2:": "if False:"},
)


@right("sinusoids", "fills the table with two loops")
def _():
    def create_sinusoidal_embeddings(max_seq_len, embed_dim):
        if embed_dim % 2 == 1:
            raise ValueError(f"an even width was needed, but came {embed_dim}")
        table = np.zeros((max_seq_len, embed_dim))
        for place in range(max_seq_len):
            for i in range(embed_dim // 2):
                angle = place / math.pow(10000, 2 * i / embed_dim)
                table[place, 2 * i] = math.sin(angle)
                table[place, 2 * i + 1] = math.cos(angle)
        return Tensor(table)


@right("sinusoids", "takes the parts of a complex exponential")
def _():
    def create_sinusoidal_embeddings(max_seq_len, embed_dim):
        if embed_dim != 2 * (embed_dim // 2):
            raise ValueError(f"{embed_dim} is odd")
        powers = np.exp(-np.log(10000.0) * np.linspace(0, 1, embed_dim // 2, endpoint=False))
        hands = np.exp(1j * np.outer(np.arange(max_seq_len), powers))
        return Tensor(np.stack([hands.imag, hands.real], axis=2).reshape(max_seq_len, embed_dim))


wrong(
    "rotation",
    "turns the other way",
    {"[[cosine, -sine], [sine, cosine]]": "[[cosine, sine], [-sine, cosine]]"},
)

wrong(
    "rotation",
    "turns every clock by the angle of the first",
    {"10000.0 ** (-i / embed_dim)": "1.0"},
)

wrong(
    "rotation",
    "halves the exponent",
    {"10000.0 ** (-i / embed_dim)": "10000.0 ** (-(i // 2) / embed_dim)"},
)

wrong("rotation", "goes forward only", {"angle = offset *": "angle = abs(offset) *"})

wrong(
    "rotation",
    "forgets the sines",
    {"[[cosine, -sine], [sine, cosine]]": "[[cosine, 0.0], [0.0, cosine]]"},
)


@right("rotation", "writes the three diagonals")
def _():
    def shift_matrix(offset, embed_dim):
        angles = offset * 10000.0 ** (-np.arange(0, embed_dim, 2) / embed_dim)
        even = np.arange(0, embed_dim, 2)
        matrix = np.diag(np.repeat(np.cos(angles), 2))
        matrix[even, even + 1] = -np.sin(angles)
        matrix[even + 1, even] = np.sin(angles)
        return matrix


@right("rotation", "solves for the matrix from rows of the table")
def _():
    def shift_matrix(offset, embed_dim):
        angles = 10000.0 ** (-np.arange(0, embed_dim, 2) / embed_dim)
        matrix = np.zeros((embed_dim, embed_dim))
        for i, frequency in enumerate(angles):
            rows = [
                [math.sin(frequency * p), math.cos(frequency * p)] for p in (0, 0.5 / frequency)
            ]
            goal = [
                [math.sin(frequency * (p + offset)), math.cos(frequency * (p + offset))]
                for p in (0, 0.5 / frequency)
            ]
            matrix[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = np.linalg.solve(rows, goal)
        return matrix


wrong("positions", "ignores start_pos", {"table[start_pos:end]": "table[: x.shape[-2]]"})

wrong(
    "positions",
    "cuts where the places do not suffice",
    {
        "if start_pos < 0 or end > table.shape[0]:": "if False:",
        "return x + table[start_pos:end]": "return x + table[max(start_pos, 0) : end][-x.shape[-2] :]",
    },
)

wrong(
    "positions",
    "lets a negative start count from the end",
    {
        "if start_pos < 0 or end > table.shape[0]:": "if end > table.shape[0]:",
        "table[start_pos:end]": "table[start_pos:]",
    },
)

wrong(
    "positions",
    "adds arrays, so that the places are not trained",
    {"x + table[start_pos:end]": "x + Tensor(table.data[start_pos:end])"},
)

wrong(
    "positions",
    "allows one place too few",
    {"end > table.shape[0]": "end >= table.shape[0]"},
)

wrong(
    "positions",
    "takes the first dimension for the length",
    {"x.shape[-2]": "x.shape[0]"},
)


@right("positions", "looks the rows up one by one")
def _():
    def add_positions(x, table, start_pos=0):
        length, places = x.shape[-2], table.shape[0]
        if not (0 <= start_pos and start_pos + length <= places):
            raise ValueError(f"{length} places from {start_pos} on were needed, {places} are there")
        return x + table[np.arange(start_pos, start_pos + length)]

    class PositionalEncoding(Layer):
        def __init__(self, max_seq_len, embed_dim, rng=None):
            rows = initial_rows(max_seq_len, embed_dim, rng)
            self.position_embeddings = Tensor(rows, requires_grad=True)

        def forward(self, x, start_pos=0):
            return add_positions(x, self.position_embeddings, start_pos)


@right("positions", "adds the other way round")
def _():
    def add_positions(x, table, start_pos=0):
        stop = start_pos + x.shape[x.ndim - 2]
        if start_pos < 0 or stop > len(table.data):
            raise ValueError(
                f"only {len(table.data)} places, but {start_pos}:{stop} were asked for"
            )
        return table[slice(start_pos, stop)] + x

    class PositionalEncoding(Layer):
        def __init__(self, max_seq_len, embed_dim, rng=None):
            self.position_embeddings = Tensor(
                initial_rows(max_seq_len, embed_dim, rng), requires_grad=True
            )

        def forward(self, x, start_pos=0):
            return add_positions(x, self.position_embeddings, start_pos)


wrong(
    "embedding_layer",
    "scales the sum of token and place",
    {
        "x = x * math.sqrt(self.embed_dim)": "return add_positions(x, self.positions, start_pos) * math.sqrt(self.embed_dim)"
        " if self.positions is not None else x * math.sqrt(self.embed_dim)"
    },
)

wrong(
    "embedding_layer",
    "scales always",
    {"if self.scale_embeddings:": "if True:"},
)

wrong(
    "embedding_layer",
    "scales by d instead of its root",
    {"math.sqrt(self.embed_dim)": "self.embed_dim"},
)

wrong("embedding_layer", "forgets start_pos", {"self.positions, start_pos)": "self.positions)"})

wrong(
    "embedding_layer",
    "adds no places",
    {
        "return x if self.positions is None else add_positions(x, self.positions, start_pos)": "return x"
    },
)

wrong(
    "embedding_layer",
    "fails where there are no places",
    {
        "return x if self.positions is None else add_positions(x, self.positions, start_pos)": "return add_positions(x, self.positions, start_pos)"
    },
)

wrong(
    "embedding_layer",
    "divides by the root",
    {"x = x * math.sqrt": "x = x / math.sqrt"},
)


right(
    "embedding_layer",
    "with a factor that is 1 where nothing is scaled",
    {
        "x = self.token_embedding(tokens)": "factor = self.embed_dim**0.5 if self.scale_embeddings else 1.0\n        x = self.token_embedding(tokens) * factor",
        "if self.scale_embeddings:\n            x = x * math.sqrt(self.embed_dim)\n        ": "",
    },
)

right(
    "embedding_layer",
    "returns early, and multiplies by an array",
    {
        "x = self.token_embedding(tokens)": "x = self.token_embedding.forward(np.asarray(tokens))",
        "x = x * math.sqrt(self.embed_dim)": "x = x * np.float32(np.sqrt(self.embed_dim))",
        "return x if self.positions is None else add_positions(x, self.positions, start_pos)": "if self.positions is not None:\n            x = add_positions(x, self.positions, start_pos)\n        return x",
    },
)

wrong(
    "embedding_cost",
    "forgets that the slope has every row",
    {"(2 + remembered)": "(1 + remembered)"},
)

wrong(
    "embedding_cost",
    "counts the rows that are read only",
    {"2 * 4 * tokens * embed_dim": "4 * tokens * embed_dim"},
)

wrong(
    "embedding_cost",
    "counts numbers instead of bytes",
    {"4 * vocab_size * embed_dim": "vocab_size * embed_dim"},
)

wrong(
    "embedding_cost",
    "counts a product and a sum as one operation",
    {"product_flops=2 * tokens": "product_flops=tokens"},
)

wrong(
    "embedding_cost",
    "takes Adam for every optimizer",
    {"(2 + remembered)": "4"},
)


right(
    "embedding_cost",
    "in the order of the fields, from the number of parameters",
    {
        "table_bytes = 4 * vocab_size * embed_dim": "numbers = vocab_size * embed_dim\n    table_bytes = numbers * 4",
        "product_flops=2 * tokens * vocab_size * embed_dim": "product_flops=numbers * tokens * 2",
    },
)
