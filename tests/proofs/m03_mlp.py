"""Proofs for m03_mlp: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "digit_split",
    "holds out the first of the file",
    {"np.random.default_rng(rng).permutation(count)": "np.arange(count)"},
)

wrong("digit_split", "draws with repetition", {"permutation(count)": "choice(count, count)"})

wrong(
    "digit_split",
    "shuffles the two parts apart, so that they overlap",
    {
        "order = np.random.default_rng(rng).permutation(count)": "rng = np.random.default_rng(rng)",
        "order[held_out:], order[:held_out]": "rng.permutation(count)[held_out:], rng.permutation(count)[:held_out]",
    },
)

wrong(
    "digit_split",
    "takes the share for what is trained on",
    {"order[held_out:], order[:held_out]": "order[:held_out], order[held_out:]"},
)

wrong("digit_split", "rounds down", {"round(share * count)": "int(share * count)"})

wrong("digit_split", "the same split whatever the seed", {"default_rng(rng)": "default_rng(0)"})

wrong(
    "digit_split",
    "counts from the end, which is all of it where nothing is held out",
    {"order[held_out:], order[:held_out]": "order[:-held_out], order[-held_out:]"},
)


@right("digit_split", "shuffles a list of numbers in place")
def _():
    def split_indices(count, share, rng=0):
        numbers = np.arange(count)
        np.random.default_rng(rng).shuffle(numbers)
        kept = count - round(share * count)
        return numbers[:kept], numbers[kept:]


@right("digit_split", "sorts random keys")
def _():
    def split_indices(count, share, rng=0):
        order = np.argsort(np.random.default_rng(rng).random(count))
        held_out, train = np.split(order, [round(share * count)])
        return train, held_out


wrong(
    "standardise",
    "divides by 0 where a pixel never changes",
    {"np.where(deviation > 0, deviation, 1)": "deviation"},
)

wrong(
    "standardise",
    "gives each part its own mean",
    {
        "(held_out - mean) / scale": "(held_out - held_out.mean(axis=0)) / np.where(held_out.std(axis=0) > 0, held_out.std(axis=0), 1)"
    },
)

wrong(
    "standardise",
    "takes one mean over all pixels",
    {"train.mean(axis=0), train.std(axis=0)": "train.mean(), train.std()"},
)

wrong(
    "standardise",
    "adds a small number to every deviation",
    {"np.where(deviation > 0, deviation, 1)": "deviation + 1e-8"},
)

wrong(
    "standardise",
    "learns from both parts",
    {
        "train.mean(axis=0)": "np.concatenate([train, held_out]).mean(axis=0)",
        "train.std(axis=0)": "np.concatenate([train, held_out]).std(axis=0)",
    },
)

wrong(
    "standardise",
    "leaves the result in float64",
    {"train.astype(np.float32), held_out.astype(np.float32)": "train, held_out"},
)

wrong(
    "standardise",
    "divides by the deviation of a sample, n - 1",
    {"train.std(axis=0)": "train.std(axis=0, ddof=min(1, len(train) - 1))"},
)


@right("standardise", "sets the zeros of the deviation to 1")
def _():
    def standardise(train, other):
        mean, scale = np.mean(train, axis=0), np.std(train, axis=0)
        scale[scale == 0] = 1.0
        return np.float32((train - mean) / scale), np.float32((other - mean) / scale)


@right("standardise", "column by column")
def _():
    def standardise(train, other):
        new = [np.zeros(part.shape, dtype=np.float32) for part in (train, other)]
        for k in range(train.shape[1]):
            column = train[:, k].astype(np.float64)
            scale = column.std() or 1.0
            for old, part in zip((train, other), new):
                part[:, k] = (old[:, k] - column.mean()) / scale
        return new[0], new[1]


wrong(
    "digit_training",
    "reads the digits in the order of the file",
    {"batch_size, shuffle=True, rng=rng)": "batch_size)"},
)

wrong("digit_training", "puts nothing that bends between the layers", {"ReLU(), ": ""})

wrong(
    "digit_training",
    "measures accuracy on what it trains on",
    {"trainer.evaluate(unseen)": "trainer.evaluate(batches)"},
)

wrong(
    "digit_training",
    "applies softmax before a loss that wants logits",
    {
        "model = Sequential(*layers)": """from tinytorch.core.activations import Softmax

    model = Sequential(*layers, Softmax())"""
    },
)

wrong(
    "digit_training",
    "has 64 pixels and 10 classes built in",
    {"train[0].shape[1], int(train[1].max()) + 1": "64, 10"},
)

wrong(
    "digit_training",
    "ignores the width that was asked for",
    {
        "Linear(inputs, hidden, rng=rng)": "Linear(inputs, 32, rng=rng)",
        "Linear(hidden, classes, rng=rng)": "Linear(32, classes, rng=rng)",
    },
)

wrong(
    "digit_training", "returns logits instead of classes", {".numpy().argmax(axis=1)": ".numpy()"}
)

wrong(
    "digit_training", "takes the largest over the wrong axis", {"argmax(axis=1)": "argmax(axis=0)"}
)


@right("digit_training", "a class for the network, accuracy by its own predict")
def _():
    class Reader(Layer):
        def __init__(self, inputs, hidden, classes, rng):
            self.hidden = Linear(inputs, hidden, rng=rng)
            self.relu = ReLU()
            self.out = Linear(hidden, classes, rng=rng)

        def forward(self, x):
            return self.out(self.relu(self.hidden(x)))

    def predict(model, x):
        return np.argmax(model(Tensor(x)).detach().numpy(), axis=-1)

    def train_mlp(train, held_out, hidden=32, epochs=15, batch_size=32, rng=0):
        generator = np.random.default_rng(rng)
        (x, y), (x_new, y_new) = train, held_out
        model = Reader(x.shape[1], hidden, len(np.unique(y)), generator)
        data = TensorDataset(Tensor(x), Tensor(y))
        loader = DataLoader(data, batch_size=batch_size, shuffle=True, rng=generator)
        optimizer = Adam(model.parameters(), lr=0.01)
        trainer = Trainer(
            model, optimizer, CrossEntropyLoss(), CosineSchedule(0.01, 0.0005, epochs)
        )
        accuracy = []
        for _ in range(epochs):
            trainer.train_epoch(loader)
            accuracy.append(float(np.mean(predict(model, x_new) == y_new)))
        return model, {"loss": trainer.history["train_loss"], "accuracy": accuracy}


@wrong("confusion_matrix", "adds by index lists, where a repeated pair counts once")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=int)
        counts[truth, answers] += 1
        return counts


wrong(
    "confusion_matrix",
    "puts the answers in the rows",
    {"truth * classes + answers": "answers * classes + truth"},
)

wrong(
    "confusion_matrix",
    "takes the number of classes from the data",
    {
        "counts = ": """classes = int(max(truth.max(initial=0), answers.max(initial=0))) + 1
    counts = """
    },
)


@wrong("confusion_matrix", "returns shares of each row")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes))
        np.add.at(counts, (truth, answers), 1)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@wrong("confusion_matrix", "counts what is right only")
def _():
    def confusion(truth, answers, classes):
        return np.diag(np.bincount(truth[truth == answers], minlength=classes))


@right("confusion_matrix", "a loop over pairs")
def _():
    def confusion(truth, answers, classes):
        counts = np.zeros((classes, classes), dtype=np.int64)
        for t, a in zip(truth, answers):
            counts[t, a] += 1
        return counts


@right("confusion_matrix", "a product of two one-hot tables")
def _():
    def confusion(truth, answers, classes):
        one = np.eye(classes, dtype=int)
        return one[truth].T @ one[answers]


@wrong("digit_shifts", "rolls, so that what leaves comes back at the other side")
def _():
    def shifted(images, down, right):
        return np.roll(images, (down, right), axis=(1, 2))

    def with_shifts(images, labels):
        moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
        return np.concatenate([shifted(images, *move) for move in moves]), np.tile(labels, 5)


wrong(
    "digit_shifts",
    "repeats each label five times in a row",
    {"np.tile(labels, len(moves))": "np.repeat(labels, len(moves))"},
)

wrong(
    "digit_shifts",
    "moves up where down was asked for",
    {"_, h, w = images.shape": "(_, h, w), down, right = images.shape, -down, -right"},
)

wrong("digit_shifts", "leaves the images in their own place out", {"(0, 0), (1, 0)": "(1, 0)"})

wrong(
    "digit_shifts",
    "takes rows for columns",
    {"_, h, w = images.shape": "(_, h, w), (down, right) = images.shape, (right, down)"},
)

wrong("digit_shifts", "moves down and right only", {"(-1, 0)": "(1, 0)", "(0, -1)]": "(0, 1)]"})

wrong(
    "digit_shifts",
    "writes into the array it was given",
    {"np.zeros_like(images)": "images", "] = kept": "] = kept.copy()"},
)


@right("digit_shifts", "pads with paper and cuts a window")
def _():
    def shifted(images, down, right):
        n, h, w = images.shape
        wide = np.pad(images, ((0, 0), (h, h), (w, w)))
        top, left = h - max(-h, min(h, down)), w - max(-w, min(w, right))
        return wide[:, top : top + h, left : left + w]

    def with_shifts(images, labels):
        moved, its_labels = [], []
        for move in ((0, -1), (0, 1), (0, 0), (-1, 0), (1, 0)):
            moved.append(shifted(images, *move))
            its_labels.append(labels)
        return np.vstack(moved), np.hstack(its_labels)


@right("digit_shifts", "rolls, then paints the rim")
def _():
    def shifted(images, down, right):
        n, h, w = images.shape
        rows, columns = np.arange(h) - down, np.arange(w) - right
        inside = ((rows >= 0) & (rows < h))[:, None] & ((columns >= 0) & (columns < w))
        return np.roll(images, (down, right), axis=(1, 2)) * inside.astype(images.dtype)

    def with_shifts(images, labels):
        moves = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if abs(a) + abs(b) < 2]
        return np.concatenate([shifted(images, *m) for m in moves]), np.concatenate([labels] * 5)


wrong("mlp_cost", "forgets the biases", {"(k + 1) * m": "k * m"})

wrong("mlp_cost", "three products in the first layer too", {" - sizes[0] * sizes[1]": ""})

wrong(
    "mlp_cost",
    "drops the last, smaller batch",
    {"-(-samples // batch_size)": "samples // batch_size"},
)

wrong(
    "mlp_cost",
    "counts one batch more than there is where they divide evenly",
    {"-(-samples // batch_size)": "samples // batch_size + 1"},
)

wrong("mlp_cost", "holds the weights only", {"4 * 4 * parameters": "4 * parameters"})

wrong(
    "mlp_cost",
    "counts the forward pass only",
    {"3 * sum(k * m for k, m in layers) - sizes[0] * sizes[1]": "sum(k * m for k, m in layers)"},
)

wrong(
    "mlp_cost",
    "knows two layers only",
    {
        "3 * sum(k * m for k, m in layers) - sizes[0] * sizes[1]": "2 * sizes[0] * sizes[1] + 3 * sizes[1] * sizes[-1]"
    },
)


@right("mlp_cost", "layer by layer, steps by ceil")
def _():
    from math import ceil

    @dataclass(frozen=True)
    class EpochCost:
        parameters: int
        flops: int
        steps: int
        bytes: int

    def mlp_cost(sizes, samples, batch_size):
        parameters = flops = 0
        for i in range(len(sizes) - 1):
            k, m = sizes[i], sizes[i + 1]
            parameters += k * m + m
            flops += 2 * k * m * samples * (3 if i else 2)
        return EpochCost(parameters, flops, ceil(samples / batch_size), 4 * 4 * parameters)
