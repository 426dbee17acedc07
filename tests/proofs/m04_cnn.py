"""Proofs for m04_cnn: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "cnn_models",
    "flattens all places instead of averaging them",
    {"AvgPool2d(7), Flatten(), Linear(c3,": "Flatten(), Linear(49 * c3,"},
)

wrong(
    "cnn_models",
    "leaves the normalization of the last block out",
    {
        "layers += [Conv2d(c2, c3, 3, padding=1, rng=rng), BatchNorm2d(c3)": "layers += [Conv2d(c2, c3, 3, padding=1, rng=rng)"
    },
)

wrong(
    "cnn_models",
    "counts the weights of the first layer only",
    {"round((parameters - classes) / (inputs + 1 + classes))": "round(parameters / inputs)"},
)

wrong(
    "cnn_models",
    "rounds down",
    {
        "round((parameters - classes) / (inputs + 1 + classes))": "(parameters - classes) // (inputs + 1 + classes)"
    },
)

wrong(
    "cnn_models",
    "leaves the last ReLU out",
    {"BatchNorm2d(c3), ReLU()]": "BatchNorm2d(c3)]"},
)

wrong(
    "cnn_models",
    "gives each layer the seed anew",
    {"rng, (c1, c2, c3) = np.random.default_rng(rng), channels": "c1, c2, c3 = channels"},
)

wrong(
    "cnn_models",
    "always the channels and classes of the default",
    {
        "rng, (c1, c2, c3) = np.random.default_rng(rng), channels": "rng, (c1, c2, c3), classes = np.random.default_rng(rng), (8, 16, 16), 10"
    },
)

wrong("cnn_models", "may answer with no hidden unit", {"max(1, round(": "(0 + round("})

wrong(
    "cnn_models",
    "the same network whatever the seed",
    {
        "rng, (c1, c2, c3) = np.random.default_rng(rng), channels": "rng, (c1, c2, c3) = np.random.default_rng(0), channels"
    },
)

wrong(
    "cnn_models",
    "averages before the last block",
    {
        "BatchNorm2d(c2), ReLU()]": "BatchNorm2d(c2), ReLU(), AvgPool2d(7)]",
        "AvgPool2d(7), Flatten()": "Flatten()",
    },
)

wrong(
    "cnn_models",
    "forgets what bends the hidden layer",
    {"Sequential(Flatten(), first, ReLU(), last)": "Sequential(Flatten(), first, last)"},
)


@right("cnn_models", "classes of their own, and a search over the units")
def _():
    class Block(Layer):
        def __init__(self, convolution, channels):
            self.convolution, self.norm, self.relu = convolution, BatchNorm2d(channels), ReLU()

        def forward(self, x):
            return self.relu(self.norm(self.convolution(x)))

    class Photographs(Layer):
        def __init__(self, channels, classes, rng):
            a, b, c = channels
            self.first = Block(Conv2d(1, a, 5, stride=2, padding=2, rng=rng), a)
            self.pool = MaxPool2d(2)
            self.second = Block(Conv2d(a, b, 3, padding=1, rng=rng), b)
            self.third = Block(Conv2d(b, c, 3, padding=1, rng=rng), c)
            self.out = Linear(c, classes, rng=rng)

        def children(self):
            blocks = [self.first.convolution, self.first.norm, self.first.relu]
            return [*blocks, self.pool, self.second, self.third, self.out]

        def forward(self, x):
            y = self.third(self.second(self.pool(self.first(x))))
            return self.out(Flatten()(AvgPool2d(7)(y)))

    def build_cnn(channels=(8, 16, 16), classes=10, rng=0):
        return Photographs(channels, classes, np.random.default_rng(rng))

    def build_mlp(hidden, inputs=784, classes=10, rng=0):
        rng = np.random.default_rng(rng)
        layers = [Flatten(), Linear(inputs, hidden, rng=rng), ReLU()]
        layers.append(Linear(hidden, classes, rng=rng))
        return Sequential(*layers)

    def hidden_units(parameters, inputs=784, classes=10):
        size = lambda h: inputs * h + h + h * classes + classes
        most = parameters // inputs + 2
        return min(range(1, most + 1), key=lambda h: abs(size(h) - parameters))


wrong(
    "fashion_training",
    "answers in training mode, by the mean of what else is in the batch",
    {"    model.eval()\n    with": "    with"},
)

wrong(
    "fashion_training",
    "reads the photographs in the order of the file",
    {"batch_size, shuffle=True, rng=rng)": "batch_size)"},
)

wrong(
    "fashion_training",
    "measures accuracy on what it trains on",
    {"trainer.evaluate(unseen)": "trainer.evaluate(batches)"},
)

wrong(
    "fashion_training",
    "notes the loss of the held-out part beside its accuracy, the wrong way round",
    {"trainer.evaluate(unseen)[1]": "trainer.evaluate(unseen)[0]"},
)

wrong("fashion_training", "always six epochs", {"for _ in range(epochs)": "for _ in range(6)"})

wrong(
    "fashion_training", "returns logits instead of classes", {".numpy().argmax(axis=1)": ".numpy()"}
)

wrong(
    "fashion_training",
    "takes the largest over the wrong axis",
    {"argmax(axis=1)": "argmax(axis=0)"},
)

wrong(
    "fashion_training",
    "trains on the held-out part",
    {"TensorDataset(*map(Tensor, train))": "TensorDataset(*map(Tensor, held_out))"},
)

wrong(
    "fashion_training",
    "puts softmax before a loss that wants logits",
    {
        "trainer = Trainer(model,": """from tinytorch import Softmax

    trainer = Trainer(Sequential(model, Softmax()),"""
    },
)


@right("fashion_training", "its own accuracy, and one photograph after the other")
def _():
    Part = tuple

    def predict(model, x):
        mode = model.training
        model.eval()
        classes = np.zeros(len(x), dtype=np.int64)
        with no_grad():
            for start in range(0, len(x), 100):
                logits = model(Tensor(x[start : start + 100])).numpy()
                classes[start : start + 100] = np.argmax(logits, axis=-1)
        model.train(mode)
        return classes

    def fit(model, train, held_out, epochs=6, max_lr=0.02, batch_size=32, rng=0):
        data = TensorDataset(Tensor(train[0]), Tensor(train[1]))
        loader = DataLoader(data, batch_size=batch_size, shuffle=True, rng=rng)
        schedule = CosineSchedule(max_lr, max_lr / 20, epochs)
        trainer = Trainer(model, Adam(model.parameters()), CrossEntropyLoss(), schedule)
        accuracy = []
        for _ in range(epochs):
            trainer.train_epoch(loader)
            accuracy.append(float(np.mean(predict(model, held_out[0]) == held_out[1])))
        return {"loss": trainer.history["train_loss"], "accuracy": accuracy}


@wrong("shift_accuracy", "rolls, so that what leaves comes back at the other side")
def _():
    Answer = Callable

    def shifted(images, down, right):
        return np.roll(images, (down, right), axis=(1, 2))

    def accuracy_by_shift(answer, images, labels, distance):
        steps = (-distance, 0, distance)
        moves = [(a, b) for a in steps for b in steps if (a, b) != (0, 0)] or [(0, 0)]
        return float(np.mean([np.mean(answer(shifted(images, *m)) == labels) for m in moves]))


wrong(
    "shift_accuracy",
    "four directions, without the diagonals",
    {"if (a, b) != (0, 0)] or": "if (a == 0) != (b == 0)] or"},
)

wrong(
    "shift_accuracy",
    "counts the place itself as a ninth direction",
    {"for b in steps if (a, b) != (0, 0)] or [(0, 0)]": "for b in steps]"},
)

wrong(
    "shift_accuracy",
    "has no accuracy in place",
    {" or [(0, 0)]": ""},
)

wrong(
    "shift_accuracy",
    "moves up where down was asked for",
    {"_, h, w = images.shape": "(_, h, w), down, right = images.shape, -down, -right"},
)

wrong(
    "shift_accuracy",
    "takes rows for columns",
    {"_, h, w = images.shape": "(_, h, w), (down, right) = images.shape, (right, down)"},
)

wrong(
    "shift_accuracy",
    "writes into the array it was given",
    {"np.zeros_like(images)": "images", "] = kept": "] = kept.copy()"},
)

wrong(
    "shift_accuracy",
    "takes all distances up to the one that was asked for",
    {"steps = (-distance, 0, distance)": "steps = range(-distance, distance + 1)"},
)

wrong(
    "shift_accuracy",
    "makes floats of the levels",
    {"np.zeros_like(images)": "np.zeros(images.shape)"},
)


@right("shift_accuracy", "pads and cuts a window, all directions in one batch")
def _():
    Answer = Callable

    def shifted(images, down, right):
        n, h, w = images.shape
        wide = np.pad(images, ((0, 0), (h, h), (w, w)))
        top, left = h - max(-h, min(h, down)), w - max(-w, min(w, right))
        return wide[:, top : top + h, left : left + w]

    def accuracy_by_shift(answer, images, labels, distance):
        if distance == 0:
            return float((answer(images) == labels).mean())
        total = 0.0
        for down in (-distance, 0, distance):
            for right in (-distance, 0, distance):
                if down or right:
                    total += float((answer(shifted(images, down, right)) == labels).mean())
        return total / 8


wrong(
    "confused_classes",
    "lets the diagonal win",
    {"for j in range(i + 1, k)": "for j in range(i, k)"},
)

wrong(
    "confused_classes",
    "looks at errors in one direction",
    {"errors, k = matrix + matrix.T, len(matrix)": "errors, k = matrix, len(matrix)"},
)


@wrong("confused_classes", "adds by index lists, where a repeated pair counts once")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=int)
        counts[truth, answers] += 1
        return counts

    def most_confused(matrix):
        errors, k = matrix + matrix.T, len(matrix)
        return max(((i, j) for i in range(k) for j in range(i + 1, k)), key=lambda p: errors[p])


wrong(
    "confused_classes",
    "puts the answers in the rows",
    {"truth * classes + answers": "answers * classes + truth"},
)

wrong(
    "confused_classes",
    "takes the number of classes from the data",
    {
        "counts = np.bincount": """classes = int(max(truth.max(initial=0), answers.max(initial=0))) + 1
    counts = np.bincount"""
    },
)


@wrong("confused_classes", "the place of the largest single entry, row before column")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=int)
        np.add.at(counts, (truth, answers), 1)
        return counts

    def most_confused(matrix):
        errors = matrix.copy()
        np.fill_diagonal(errors, 0)
        return np.unravel_index(errors.argmax(), errors.shape)


@wrong("confused_classes", "blanks the diagonal of the matrix that it was given")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=int)
        np.add.at(counts, (truth, answers), 1)
        return counts

    def most_confused(matrix):
        np.fill_diagonal(matrix, 0)
        i, j = np.unravel_index((matrix + matrix.T).argmax(), matrix.shape)
        return int(min(i, j)), int(max(i, j))


@right("confused_classes", "a loop over pairs, and one side of the table")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=np.int64)
        for t, a in zip(truth, answers):
            counts[t, a] += 1
        return counts

    def most_confused(matrix):
        errors = np.triu(matrix + matrix.T, k=1)
        errors[np.tril_indices(len(errors))] = -1
        i, j = np.unravel_index(np.argmax(errors), errors.shape)
        return int(i), int(j)
