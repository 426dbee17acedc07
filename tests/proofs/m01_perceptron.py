"""Proofs for m01_perceptron: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong("threshold_unit", "takes the first weight for the bias", {"w[:-1] + w[-1]": "w[1:] + w[0]"})

wrong(
    "threshold_unit",
    "np.sign gives 0 for a score of 0",
    {"np.where(": "np.sign(", " > 0, 1, -1": ""},
)

wrong("threshold_unit", "fires at a score of 0", {"> 0": ">= 0"})

wrong("threshold_unit", "answers 0 and 1", {"> 0, 1, -1": "> 0, 1, 0"})

wrong(
    "threshold_unit",
    "squeezes a single point to a number",
    {"x @ w[:-1] + w[-1]": "np.squeeze(x @ w[:-1, None] + w[-1])"},
)


@right("threshold_unit", "widens the points with a column of ones")
def _():
    def fires(w, x):
        widened = np.concatenate([x, np.ones((len(x), 1))], axis=1)
        return 2 * (widened @ w > 0).astype(int) - 1


@right("threshold_unit", "one point after the other")
def _():
    def fires(w, x):
        return np.array([1 if float(w[-1] + np.dot(w[:-1], row)) > 0 else -1 for row in x])


wrong(
    "perceptron_step",
    "learns from every point, right or wrong",
    {"return w, False": "return w + y * np.append(x, 1.0), False"},
)

wrong(
    "perceptron_step",
    "changes the array it was given",
    {"return w + y * np.append(x, 1.0), True": "w += y * np.append(x, 1.0)\n    return w, True"},
)

wrong("perceptron_step", "forgets the bias", {"np.append(x, 1.0)": "np.append(x, 0.0)"})

wrong(
    "perceptron_step",
    "moves by the error, which is 2 and not 1",
    {"w + y *": "w + (y - fires(w, x[None])[0]) *"},
)

wrong(
    "perceptron_step",
    "takes a product of exactly 0 for a mistake of either label",
    {"fires(w, x[None])[0] == y": "y * (w @ np.append(x, 1.0)) > 0"},
)

wrong(
    "perceptron_step", "adds the point whatever its label", {"w + y * np.append": "w + np.append"}
)


@right("perceptron_step", "half the error times the widened point")
def _():
    def perceptron_step(w, x, y):
        error = (y - (1 if x @ w[:-1] + w[-1] > 0 else -1)) / 2
        return w + error * np.array([*x, 1.0]), error != 0


@right("perceptron_step", "copies, then changes the copy")
def _():
    def perceptron_step(w, x, y):
        new = w.copy()
        wrong = bool(fires(w, x.reshape(1, -1))[0] != y)
        if wrong:
            new[:-1] += y * x
            new[-1] += y
        return new, wrong


@wrong("perceptron_run", "judges a whole epoch with the weights from its start")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        while len(mistakes) < max_epochs and 0 not in mistakes:
            bad = fires(w, x) != y
            for point, label in zip(x[bad], y[bad]):
                w = w + label * np.append(point, 1.0)
                path.append(w)
            mistakes.append(int(bad.sum()))
        return np.array(path), mistakes


wrong(
    "perceptron_run",
    "keeps the same array in every row of the path",
    {"w, wrong = perceptron_step": "w[:], wrong = perceptron_step"},
)

wrong(
    "perceptron_run",
    "leaves the clean epoch out",
    {"np.array(path), mistakes": "np.array(path), [m for m in mistakes if m > 0]"},
)

wrong(
    "perceptron_run",
    "stops at the first point that is right",
    {"mistakes[-1] += 1": "mistakes[-1] += 1\n            else:\n                break"},
)

wrong(
    "perceptron_run",
    "notes the weights after every point",
    {"if wrong:\n                path.append(w)": "path.append(w)\n            if wrong:"},
)

wrong(
    "perceptron_run",
    "goes on to the limit although nothing changes",
    {" and 0 not in mistakes": ""},
)


@right("perceptron_run", "a for loop that leaves on a clean epoch, with the rule written out")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w.copy()], []
        for _ in range(max_epochs):
            before = len(path)
            for i in range(len(x)):
                wide = np.append(x[i], 1.0)
                if (1 if w @ wide > 0 else -1) != y[i]:
                    w = w + y[i] * wide
                    path.append(w.copy())
            mistakes.append(len(path) - before)
            if mistakes[-1] == 0:
                return np.stack(path), mistakes
        return np.stack(path), mistakes


wrong(
    "mistake_bound",
    "forgets the square",
    {"(longest / margins.min()) ** 2": "longest / margins.min()"},
)

wrong(
    "mistake_bound",
    "measures the points without the constant 1",
    {"np.linalg.norm(widened, axis=1)": "np.linalg.norm(x, axis=1)"},
)

wrong(
    "mistake_bound",
    "divides the margin by the length of u without its bias",
    {"np.linalg.norm(u)": "np.linalg.norm(u[:-1])"},
)

wrong("mistake_bound", "does not divide by the length of u", {" / np.linalg.norm(u)": ""})

wrong(
    "mistake_bound",
    "takes distances without the side",
    {"y * (widened @ u)": "np.abs(widened @ u)"},
)


@right("mistake_bound", "sums of squares, and one division at the end")
def _():
    def mistake_bound(x, y, u):
        scores = y * (x @ u[:-1] + u[-1])
        left = int(np.count_nonzero(scores <= 0))
        if left:
            raise ValueError(f"u does not separate: {left} of {len(x)} points")
        longest = np.max(np.sum(x**2, axis=1) + 1)
        return float(longest * np.sum(u**2) / np.min(scores) ** 2)


wrong("linear_by_gradient", "never clears the gradients", {"optimizer.zero_grad()": "pass"})

wrong(
    "linear_by_gradient",
    "leaves the labels -1 and +1 as targets",
    {"(y[:, None] + 1) / 2": "y[:, None] * 1.0"},
)

wrong(
    "linear_by_gradient",
    "turns the caller's labels into targets",
    {
        "inputs, targets =": "y[y < 0] = 0\n    inputs, targets =",
        "(y[:, None] + 1) / 2": "y[:, None] * 1.0",
    },
)

wrong(
    "linear_by_gradient",
    "compares a column of predictions with a row of targets",
    {"y[:, None]": "y[None, :]"},
)

wrong(
    "linear_by_gradient",
    "descends the squared error",
    {"loss_fn(model(inputs), targets)": "((model(inputs) - targets) ** 2).mean()"},
)

wrong("linear_by_gradient", "computes gradients and takes no step", {"optimizer.step()": "pass"})


@right("linear_by_gradient", "keeps layer and sigmoid apart, clears gradients after the step")
def _():
    class Unit(Layer):
        def __init__(self, inputs, rng):
            self.linear, self.sigmoid = Linear(inputs, 1, rng=rng), Sigmoid()

        def forward(self, x):
            return self.sigmoid(self.linear(x))

    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model, loss_fn = Unit(x.shape[1], rng), BinaryCrossEntropyLoss()
        optimizer = SGD(model.parameters(), lr)
        targets = Tensor((y == 1).astype(np.float32).reshape(-1, 1))
        losses = []
        for _ in range(epochs):
            loss = loss_fn(model(Tensor(x)), targets)
            losses.append(float(loss.item()))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        return model, losses

    def probability(model, x):
        return model(Tensor(x)).detach().numpy().reshape(-1)
