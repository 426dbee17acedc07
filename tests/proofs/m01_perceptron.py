"""Proofs for m01_perceptron: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("threshold_unit", "takes the first weight for the bias")
def _():
    def fires(w, x):
        return np.where(x @ w[1:] + w[0] > 0, 1, -1)


@wrong("threshold_unit", "np.sign gives 0 for a score of 0")
def _():
    def fires(w, x):
        return np.sign(x @ w[:-1] + w[-1])


@wrong("threshold_unit", "fires at a score of 0")
def _():
    def fires(w, x):
        return np.where(x @ w[:-1] + w[-1] >= 0, 1, -1)


@wrong("threshold_unit", "answers 0 and 1")
def _():
    def fires(w, x):
        return (x @ w[:-1] + w[-1] > 0).astype(int)


@wrong("threshold_unit", "squeezes a single point to a number")
def _():
    def fires(w, x):
        return np.where(np.squeeze(x @ w[:-1, None] + w[-1]) > 0, 1, -1)


@right("threshold_unit", "widens the points with a column of ones")
def _():
    def fires(w, x):
        widened = np.concatenate([x, np.ones((len(x), 1))], axis=1)
        return 2 * (widened @ w > 0).astype(int) - 1


@right("threshold_unit", "one point after the other")
def _():
    def fires(w, x):
        return np.array([1 if float(w[-1] + np.dot(w[:-1], row)) > 0 else -1 for row in x])


@wrong("perceptron_step", "learns from every point, right or wrong")
def _():
    def perceptron_step(w, x, y):
        return w + y * np.append(x, 1.0), bool(fires(w, x[None])[0] != y)


@wrong("perceptron_step", "changes the array it was given")
def _():
    def perceptron_step(w, x, y):
        if fires(w, x[None])[0] == y:
            return w, False
        w += y * np.append(x, 1.0)
        return w, True


@wrong("perceptron_step", "forgets the bias")
def _():
    def perceptron_step(w, x, y):
        if fires(w, x[None])[0] == y:
            return w, False
        return w + y * np.append(x, 0.0), True


@wrong("perceptron_step", "moves by the error, which is 2 and not 1")
def _():
    def perceptron_step(w, x, y):
        error = y - fires(w, x[None])[0]
        return w + error * np.append(x, 1.0), bool(error)


@wrong("perceptron_step", "takes a product of exactly 0 for a mistake of either label")
def _():
    def perceptron_step(w, x, y):
        wide = np.append(x, 1.0)
        if y * (w @ wide) > 0:
            return w, False
        return w + y * wide, True


@wrong("perceptron_step", "adds the point whatever its label")
def _():
    def perceptron_step(w, x, y):
        if fires(w, x[None])[0] == y:
            return w, False
        return w + np.append(x, 1.0), True


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


@wrong("perceptron_run", "keeps the same array in every row of the path")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        while len(mistakes) < max_epochs and 0 not in mistakes:
            mistakes.append(0)
            for point, label in zip(x, y):
                new, wrong = perceptron_step(w, point, label)
                if wrong:
                    w[:] = new
                    path.append(w)
                    mistakes[-1] += 1
        return np.array(path), mistakes


@wrong("perceptron_run", "leaves the clean epoch out")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        for _ in range(max_epochs):
            count = 0
            for point, label in zip(x, y):
                w, wrong = perceptron_step(w, point, label)
                if wrong:
                    path.append(w)
                    count += 1
            if count == 0:
                break
            mistakes.append(count)
        return np.array(path), mistakes


@wrong("perceptron_run", "stops at the first point that is right")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        while len(mistakes) < max_epochs and 0 not in mistakes:
            mistakes.append(0)
            for point, label in zip(x, y):
                w, wrong = perceptron_step(w, point, label)
                if not wrong:
                    break
                path.append(w)
                mistakes[-1] += 1
        return np.array(path), mistakes


@wrong("perceptron_run", "notes the weights after every point")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        while len(mistakes) < max_epochs and 0 not in mistakes:
            mistakes.append(0)
            for point, label in zip(x, y):
                w, wrong = perceptron_step(w, point, label)
                path.append(w)
                mistakes[-1] += wrong
        return np.array(path), mistakes


@wrong("perceptron_run", "goes on to the limit although nothing changes")
def _():
    def perceptron_run(x, y, max_epochs=100):
        w = np.zeros(x.shape[1] + 1)
        path, mistakes = [w], []
        for _ in range(max_epochs):
            mistakes.append(0)
            for point, label in zip(x, y):
                w, wrong = perceptron_step(w, point, label)
                if wrong:
                    path.append(w)
                    mistakes[-1] += 1
        return np.array(path), mistakes


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


@wrong("mistake_bound", "forgets the square")
def _():
    def mistake_bound(x, y, u):
        widened = np.column_stack([x, np.ones(len(x))])
        margins = y * (widened @ u) / np.linalg.norm(u)
        if np.any(margins <= 0):
            raise ValueError(f"{np.sum(margins <= 0)} points are not separated")
        return float(np.linalg.norm(widened, axis=1).max() / margins.min())


@wrong("mistake_bound", "measures the points without the constant 1")
def _():
    def mistake_bound(x, y, u):
        margins = y * (x @ u[:-1] + u[-1]) / np.linalg.norm(u)
        if np.any(margins <= 0):
            raise ValueError(f"{np.sum(margins <= 0)} points are not separated")
        return float((np.linalg.norm(x, axis=1).max() / margins.min()) ** 2)


@wrong("mistake_bound", "divides the margin by the length of u without its bias")
def _():
    def mistake_bound(x, y, u):
        widened = np.column_stack([x, np.ones(len(x))])
        margins = y * (widened @ u) / np.linalg.norm(u[:-1])
        if np.any(margins <= 0):
            raise ValueError(f"{np.sum(margins <= 0)} points are not separated")
        return float((np.linalg.norm(widened, axis=1).max() / margins.min()) ** 2)


@wrong("mistake_bound", "does not divide by the length of u")
def _():
    def mistake_bound(x, y, u):
        widened = np.column_stack([x, np.ones(len(x))])
        margins = y * (widened @ u)
        if np.any(margins <= 0):
            raise ValueError(f"{np.sum(margins <= 0)} points are not separated")
        return float((np.linalg.norm(widened, axis=1).max() / margins.min()) ** 2)


@wrong("mistake_bound", "takes distances without the side")
def _():
    def mistake_bound(x, y, u):
        widened = np.column_stack([x, np.ones(len(x))])
        margins = np.abs(widened @ u) / np.linalg.norm(u)
        return float((np.linalg.norm(widened, axis=1).max() / margins.min()) ** 2)


@right("mistake_bound", "sums of squares, and one division at the end")
def _():
    def mistake_bound(x, y, u):
        scores = y * (x @ u[:-1] + u[-1])
        left = int(np.count_nonzero(scores <= 0))
        if left:
            raise ValueError(f"u does not separate: {left} of {len(x)} points")
        longest = np.max(np.sum(x**2, axis=1) + 1)
        return float(longest * np.sum(u**2) / np.min(scores) ** 2)


@wrong("linear_by_gradient", "never clears the gradients")
def _():
    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        optimizer, loss_fn = SGD(model.parameters(), lr=lr), BinaryCrossEntropyLoss()
        inputs, targets = Tensor(x), Tensor((y[:, None] + 1) / 2)
        losses = []
        for _ in range(epochs):
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


@wrong("linear_by_gradient", "leaves the labels -1 and +1 as targets")
def _():
    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        optimizer, loss_fn = SGD(model.parameters(), lr=lr), BinaryCrossEntropyLoss()
        inputs, targets = Tensor(x), Tensor(y[:, None] * 1.0)
        losses = []
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


@wrong("linear_by_gradient", "turns the caller's labels into targets")
def _():
    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        y[y < 0] = 0
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        optimizer, loss_fn = SGD(model.parameters(), lr=lr), BinaryCrossEntropyLoss()
        inputs, targets = Tensor(x), Tensor(y[:, None] * 1.0)
        losses = []
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


@wrong("linear_by_gradient", "compares a column of predictions with a row of targets")
def _():
    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        optimizer, loss_fn = SGD(model.parameters(), lr=lr), BinaryCrossEntropyLoss()
        inputs, targets = Tensor(x), Tensor((y[None, :] + 1) / 2)
        losses = []
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


@wrong("linear_by_gradient", "descends the squared error")
def _():
    from tinytorch.core.losses import MSELoss

    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        optimizer, loss_fn = SGD(model.parameters(), lr=lr), MSELoss()
        inputs, targets = Tensor(x), Tensor((y[:, None] + 1) / 2)
        losses = []
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


@wrong("linear_by_gradient", "computes gradients and takes no step")
def _():
    def train_linear(x, y, epochs=300, lr=1.0, rng=0):
        model = Sequential(Linear(x.shape[1], 1, rng=rng), Sigmoid())
        loss_fn = BinaryCrossEntropyLoss()
        inputs, targets = Tensor(x), Tensor((y[:, None] + 1) / 2)
        losses = []
        for _ in range(epochs):
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            losses.append(loss.item())
        return model, losses

    def probability(model, x):
        with no_grad():
            return model(Tensor(x)).numpy()[:, 0]


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
