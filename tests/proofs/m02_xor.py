"""Proofs for m02_xor: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "best_linear",
    "looks only at lines through the origin",
    {"product(grid, repeat=3)": "product(grid, grid, [0.0])"},
)

wrong("best_linear", "fires at a score of 0", {"weights[:, 2] > 0": "weights[:, 2] >= 0"})

wrong("best_linear", "takes the count for the share", {"np.mean": "np.sum"})

wrong(
    "best_linear",
    "counts a unit that is always wrong as right, turned round",
    {
        "return float": """shares = np.maximum(shares, 1 - shares)
    return float"""
    },
)

wrong(
    "best_linear",
    "returns the last weights it tried",
    {"weights[shares.argmax()]": "weights[-1]"},
)


@right("best_linear", "three loops")
def _():
    def best_linear(x, y, grid):
        best, kept = -1.0, None
        for u in grid:
            for v in grid:
                for b in grid:
                    share = float(np.mean((u * x[:, 0] + v * x[:, 1] + b > 0) == (y == 1)))
                    if share > best:
                        best, kept = share, np.array([u, v, b])
        return best, kept


@right("best_linear", "a mesh of weights, the last of the best")
def _():
    def best_linear(x, y, grid):
        u, v, b = (part.ravel() for part in np.meshgrid(grid, grid, grid))
        right = (
            (np.outer(x[:, 0], u) + np.outer(x[:, 1], v) + b > 0) == y[:, None].astype(bool)
        ).sum(0)
        k = np.flatnonzero(right == right.max())[-1]
        return right[k] / len(x), np.stack([u, v, b])[:, k]


wrong(
    "no_line_proof",
    "takes numbers below 0",
    {"np.all(c >= 0) and np.any(c > 0)": "np.any(c != 0)"},
)

wrong("no_line_proof", "lets zeros prove anything", {" and np.any(c > 0)": ""})

wrong(
    "no_line_proof",
    "forgets the inequality of the bias",
    {"np.column_stack([x, np.ones(len(x))])": "x"},
)

wrong(
    "no_line_proof",
    "gives the label 0 the sign 0",
    {"np.where(y > 0, 1, -1)": "np.where(y > 0, 1, 0)"},
)

wrong(
    "no_line_proof",
    "adds up all coordinates, which may cancel each other",
    {"np.allclose(total, 0)": "np.isclose(np.sum(total), 0)"},
)

wrong(
    "no_line_proof",
    "asks for numbers above 0, all of them, and equal ones",
    {"(c * signs)": "signs", "np.all(c >= 0) and np.any(c > 0)": "np.all(c > 0)"},
)


@right("no_line_proof", "compares both classes' weighted sums")
def _():
    def proves_no_line(x, y, c):
        if np.min(c) < 0 or np.sum(c) == 0:
            return False
        on, off = y == 1, y == 0
        return bool(
            np.isclose(c[on].sum(), c[off].sum()) and np.allclose(c[on] @ x[on], c[off] @ x[off])
        )


wrong(
    "hand_made_xor",
    "adds the unit for both instead of taking it away",
    {"[1.0, -1.0]": "[1.0, 1.0]"},
)

wrong("hand_made_xor", "puts the first threshold on a corner", {"[-0.5, -1.5]": "[0.0, -1.0]"})

wrong(
    "hand_made_xor",
    "puts the last threshold on a hidden point",
    {"[1.0, -1.0]), -0.5": "[1.0, -1.0]), 0.0"},
)


@wrong("hand_made_xor", "writes one row for each hidden unit")
def _():
    def xor_by_hand():
        w1, b1 = np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([-0.5, 1.5])
        return w1, b1, np.array([1.0, 1.0]), -1.5


@right("hand_made_xor", "one unit for each of the two corners that fire")
def _():
    def xor_by_hand():
        w1 = np.array([[1.0, -1.0], [-1.0, 1.0]])
        return w1, np.array([-0.5, -0.5]), np.array([1.0, 1.0]), -0.5


@right("hand_made_xor", "at least one, and not both, on a larger scale")
def _():
    def xor_by_hand():
        w1 = np.array([[10, -10], [10, -10]])
        return w1, np.array([-5, 15]), np.array([2, 2]), -3


wrong(
    "hand_made_parity",
    "adds up all hidden units, which is: at least one is on",
    {"np.where(np.arange(inputs) % 2 == 0, 1.0, -1.0)": "np.ones(inputs)"},
)

wrong(
    "hand_made_parity",
    "puts the thresholds on the whole numbers",
    {"np.arange(inputs) + 0.5": "np.arange(inputs)"},
)

wrong("hand_made_parity", "starts with a minus, and answers even", {"1.0, -1.0)": "-1.0, 1.0)"})

wrong(
    "hand_made_parity", "puts the last threshold on a hidden point", {"signs, -0.5": "signs, 0.0"}
)


@wrong("hand_made_parity", "takes the network for two inputs for any number")
def _():
    def parity_by_hand(inputs):
        signs = np.zeros(inputs)
        signs[:2] = [1.0, -1.0][:inputs]
        return np.ones((inputs, inputs)), -np.arange(inputs) - 0.5, signs, -0.5


@wrong("hand_made_parity", "lets the last unit count how many are on, down by one each")
def _():
    def parity_by_hand(inputs):
        signs = 1.0 - np.arange(inputs)
        return np.ones((inputs, inputs)), -np.arange(inputs) - 0.5, signs, -0.5


@right("hand_made_parity", "counts the inputs that are off, from the other end")
def _():
    def parity_by_hand(inputs):
        most = np.arange(inputs) + 0.5
        signs = np.array([-2.0 if k % 2 == 0 else 2.0 for k in range(inputs)])
        return -4 * np.ones((inputs, inputs)), 4 * most, signs, 1.0 if inputs % 2 else -1.0


wrong(
    "xor_training",
    "forgets what bends: two linear layers are one",
    {"[Linear(2, hidden, rng=rng), Tanh()]": "[Linear(2, hidden, rng=rng)]"},
)

wrong(
    "xor_training",
    "starts every network from the same seed",
    {"default_rng(rng)": "default_rng(1)"},
)

wrong(
    "xor_training",
    "gives the optimizer the last layer only",
    {
        "Adam(model.parameters(), lr=0.1)": "SGD(model.parameters()[-2:], lr=0.1)",
        "def xor_probability": """from tinytorch.core.optimizers import SGD


def xor_probability""",
    },
)

wrong(
    "xor_training",
    "compares a column of outputs with a row of targets",
    {"xor[:, None]": "xor[None, :]"},
)

wrong(
    "xor_training",
    "notes the loss after its step",
    {"loss.item()": "loss_fn(model(inputs), targets).item()"},
)

wrong("xor_training", "returns a column", {".numpy()[:, 0]": ".numpy()"})


@right("xor_training", "a network class of its own, gradients cleared at the end")
def _():
    class Network(Layer):
        def __init__(self, hidden, rng):
            self.hidden = Linear(2, hidden, rng=rng)
            self.tanh = Tanh()
            self.last = Linear(hidden, 1, rng=rng)
            self.sigmoid = Sigmoid()

        def forward(self, x):
            return self.sigmoid(self.last(self.tanh(self.hidden(x))))

    def train_xor(hidden, rng=0, steps=200):
        generator = np.random.default_rng(rng)
        if hidden:
            model = Network(hidden, generator)
        else:
            model = Sequential([Linear(2, 1, rng=generator), Sigmoid()])
        optimizer = Adam(model.parameters(), lr=0.1)
        loss_fn = BinaryCrossEntropyLoss()
        losses = []
        for _ in range(steps):
            loss = loss_fn(model(Tensor(corners)), Tensor(xor.reshape(4, 1) * 1.0))
            losses.append(float(loss.item()))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        return model, losses

    def xor_probability(model, x):
        return model(Tensor(x)).detach().numpy().reshape(-1)


wrong(
    "xor_flops",
    "three products in every layer",
    {"return 2 * (": "return 3 * (", "2 * first": "3 * first"},
)

wrong(
    "xor_flops",
    "counts a product and a sum as one operation",
    {
        "(2 * batch * 2)": "(batch * 2)",
        "2 * batch * 2 * hidden, 2 * batch * hidden": "batch * 2 * hidden, batch * hidden",
    },
)

wrong(
    "xor_flops",
    "forgets that no hidden unit is a layer too",
    {"return 2 * (2 * batch * 2)": "pass"},
)

wrong(
    "xor_flops",
    "counts the forward pass only",
    {"2 * (2 * batch * 2)": "2 * batch * 2", "2 * first + 3 * last": "first + last"},
)

wrong(
    "xor_flops",
    "has a batch of four built in",
    {
        "if hidden == 0:": """batch = 4
    if hidden == 0:"""
    },
)


@right("xor_flops", "adds up shapes")
def _():
    def step_flops(hidden, batch=4):
        sizes = [2, hidden, 1] if hidden else [2, 1]
        total = 0
        for number, (k, m) in enumerate(zip(sizes, sizes[1:])):
            total += (2 if number == 0 else 3) * 2 * batch * k * m
        return total
