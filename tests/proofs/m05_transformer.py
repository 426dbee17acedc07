"""Proofs for m05_transformer: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "sequence_data",
    "sorts down the columns",
    {"np.sort(digits, axis=1)": "np.sort(digits, axis=0)"},
)

wrong(
    "sequence_data",
    "reverses the batch instead of each sequence",
    {"digits[:, ::-1] if": "digits[::-1] if"},
)

wrong(
    "sequence_data",
    "sorts the array that came in",
    {
        "return np.sort(digits, axis=1)": """digits.sort(axis=1)
        return digits"""
    },
)

wrong(
    "sequence_data",
    "compares digit by digit with all held-out digits",
    {"equal.all(axis=2).any(axis=1)": "np.isin(digits, held_out).all(axis=1)"},
)

wrong(
    "sequence_data",
    "one equal digit is enough",
    {"equal.all(axis=2)": "equal.any(axis=2)"},
)

wrong(
    "sequence_data",
    "the same digits in any order",
    {
        "digits[:, np.newaxis, :] == held_out[np.newaxis, :, :]": "np.sort(digits)[:, np.newaxis] == np.sort(held_out)"
    },
)

wrong(
    "sequence_data",
    "makes a number of each sequence by adding its digits",
    {"equal.all(axis=2).any(axis=1)": "np.isin(digits.sum(axis=1), held_out.sum(axis=1))"},
)

wrong(
    "sequence_data",
    "says which held-out sequences were drawn",
    {"any(axis=1)": "any(axis=0)"},
)


@right("sequence_data", "a set of tuples, and sorted lists")
def _():
    def target(task, digits):
        rows = digits.tolist()
        if task == "reverse":
            rows = [row[::-1] for row in rows]
        elif task == "sort":
            rows = [sorted(row) for row in rows]
        return np.array(rows, dtype=digits.dtype).reshape(digits.shape)

    def is_held_out(digits, held_out):
        known = {tuple(row) for row in held_out.tolist()}
        return np.array([tuple(row) in known for row in digits.tolist()], dtype=bool)


@right("sequence_data", "one number for each sequence")
def _():
    def target(task, digits):
        answers = {"copy": digits, "reverse": np.flip(digits, 1), "sort": np.sort(digits)}
        return answers[task]

    def is_held_out(digits, held_out):
        powers = 10 ** np.arange(digits.shape[1])
        return np.isin(digits @ powers, held_out @ powers)


wrong(
    "sequence_scores",
    "counts digits twice",
    {"right.all(axis=1).mean()": "right.mean(axis=1).mean()"},
)

wrong(
    "sequence_scores",
    "asks whether the whole batch is right",
    {"right.all(axis=1).mean()": "right.all()"},
)

wrong(
    "sequence_scores",
    "asks for places that are right in all sequences",
    {"right.all(axis=1)": "right.all(axis=0)"},
)

wrong(
    "sequence_scores",
    "computes the second from the first, as if errors were independent",
    {"right.all(axis=1).mean()": "right.mean() ** right.shape[1]"},
)

wrong(
    "sequence_scores",
    "a sequence counts if one of its digits is right",
    {"right.all(axis=1)": "right.any(axis=1)"},
)

wrong(
    "sequence_scores",
    "one digit for the whole batch",
    {"np.arange(10)).sum(axis=1)": "np.arange(10)).sum(axis=1).mean(axis=0, keepdims=True)"},
)

wrong(
    "sequence_scores",
    "guesses among the different digits of a sequence",
    {"counts.max(axis=1).mean() / digits.shape[1]": "np.mean(1 / (counts > 0).sum(axis=1))"},
)

wrong(
    "sequence_scores",
    "does not divide by the length",
    {"counts.max(axis=1).mean() / digits.shape[1]": "counts.max(axis=1).mean()"},
)

wrong(
    "sequence_scores",
    "counts the digits from 1 on",
    {"np.arange(10)": "np.arange(1, 10)"},
)


@right("sequence_scores", "counted in loops")
def _():
    def accuracies(answers, targets):
        wrong = np.count_nonzero(answers != targets, axis=1)
        return 1 - wrong.sum() / answers.size, np.count_nonzero(wrong == 0) / len(wrong)

    def accuracy_without_places(digits):
        shares = []
        for row in digits:
            shares.append(np.bincount(row).max() / len(row))
        return sum(shares) / len(shares)


wrong(
    "attention_sources",
    "of equal digits only the first counts",
    {
        "return target(task, digits)[:, :, np.newaxis] == digits[:, np.newaxis, :]": "return np.argsort(digits, axis=1, kind='stable')[:, :, np.newaxis] == np.arange(digits.shape[1])"
    },
)

wrong(
    "attention_sources",
    "digits in the rows",
    {
        "target(task, digits)[:, :, np.newaxis] == digits[:, np.newaxis, :]": "target(task, digits)[:, np.newaxis, :] == digits[:, :, np.newaxis]"
    },
)

wrong(
    "attention_sources",
    "any place with the same digit, for copy and reverse too",
    {'if task == "sort":': "if True:"},
)

wrong(
    "attention_sources",
    "a share for each head, averaged afterwards",
    {
        "looked = weights.mean(axis=1).argmax(axis=-1)": """each = [weights[:, h].argmax(axis=-1) for h in range(weights.shape[1])]
    return float(np.mean([np.take_along_axis(sources, e[..., np.newaxis], 2) for e in each]))
    looked = each[0]"""
    },
)

wrong(
    "attention_sources",
    "the best head",
    {
        "looked = weights.mean(axis=1).argmax(axis=-1)": """each = [weights[:, h].argmax(axis=-1) for h in range(weights.shape[1])]
    return float(max(np.take_along_axis(sources, e[..., np.newaxis], 2).mean() for e in each))
    looked = each[0]"""
    },
)

wrong(
    "attention_sources",
    "the answer that looks most at each digit",
    {".argmax(axis=-1)": ".argmax(axis=1)"},
)

wrong(
    "attention_sources",
    "the weight at the sources instead of a share of answers",
    {
        "return float(np.take_along_axis(sources, looked[:, :, np.newaxis], axis=2).mean())": "return float((weights.mean(axis=1) * sources).sum(axis=-1).mean())"
    },
)

wrong(
    "attention_sources",
    "the largest weight over heads",
    {"weights.mean(axis=1)": "weights.max(axis=1)"},
)

wrong(
    "attention_sources",
    "one picture for the whole batch",
    {
        'return np.tile(one[::-1] if task == "reverse" else one, (n, 1, 1))': 'return one[::-1] if task == "reverse" else one'
    },
)


@right("attention_sources", "place by place")
def _():
    def source_places(task, digits):
        n, length = digits.shape
        sources = np.zeros((n, length, length), dtype=bool)
        for k in range(n):
            ordered = sorted(digits[k])
            for i in range(length):
                if task == "copy":
                    sources[k, i, i] = True
                elif task == "reverse":
                    sources[k, i, length - 1 - i] = True
                else:
                    sources[k, i] = digits[k] == ordered[i]
        return sources

    def share_at_sources(weights, sources):
        summed = weights.sum(axis=1)
        n, length, _ = summed.shape
        hits = [sources[k, i, np.argmax(summed[k, i])] for k in range(n) for i in range(length)]
        return sum(hits) / len(hits)


wrong(
    "sequence_model",
    "numbers the answers from L on",
    {"np.tile(np.arange(length), 2)": "np.arange(2 * length)"},
)

wrong(
    "sequence_model",
    "reads the logits at the digits",
    {"rows[:, length:]": "rows[:, :length]"},
)

wrong(
    "sequence_model",
    "hides what stands behind, as in a GPT",
    {"block(rows)": "block(rows, np.tri(2 * length))"},
)

wrong("sequence_model", "always uses the places", {" * switch": ""})

wrong(
    "sequence_model",
    "the switches the wrong way round",
    {"np.float32(self.places_at)": "np.float32(self.places_at[::-1])"},
)

wrong(
    "sequence_model",
    "switches every second place",
    {
        "np.repeat(np.float32(self.places_at), length)": "np.tile(np.float32(self.places_at), length)"
    },
)

wrong(
    "sequence_model",
    "no norm before the head",
    {"self.head(self.norm(rows[:, length:]))": "self.head(rows[:, length:])"},
)

wrong(
    "sequence_model",
    "the blanks in front of the digits",
    {"[digits, np.full_like(digits, BLANK)]": "[np.full_like(digits, BLANK), digits]"},
)

wrong(
    "sequence_model",
    "returns a row for each digit too",
    {"rows[:, length:]": "rows"},
)


@right("sequence_model", "places as an array of numbers, and logits cut at the end")
def _():
    BLANK = 10

    class SequenceModel(Layer):
        def __init__(self, width=32, blocks=1, heads=4, max_len=16, places_at=(True, True), rng=0):
            draws = np.random.default_rng(rng)
            self.places_at = places_at
            self.tokens = Embedding(BLANK + 1, width, rng=draws)
            self.places = Embedding(max_len, width, rng=draws)
            self.blocks = [
                TransformerBlock(width, heads, dropout_prob=0.0, rng=draws) for _ in range(blocks)
            ]
            self.norm, self.head = LayerNorm(width), Linear(width, 10, rng=draws)

        def forward(self, digits):
            n, length = digits.shape
            tokens = np.full((n, 2 * length), BLANK)
            tokens[:, :length] = digits
            on = np.zeros((2 * length, 1), dtype=np.float32)
            on[:length], on[length:] = self.places_at
            numbers = [*range(length), *range(length)]
            x = self.places(numbers) * Tensor(on) + self.tokens(tokens)
            for block in self.blocks:
                x = block.forward(x)
            return self.head(self.norm(x))[:, length:]


wrong(
    "sequence_training",
    "the loss of the last answer alone, as for the next token",
    {"logits.reshape(-1, 10), targets.reshape(-1)": "logits[:, -1], targets[:, -1]"},
)

wrong(
    "sequence_training",
    "adds the gradients of all steps",
    {"    optimizer.zero_grad()\n": ""},
)

wrong(
    "sequence_training",
    "draws what is held out, too",
    {"draw_unseen(batch, held_out, rng)": "rng.integers(0, 10, (batch, held_out.shape[1]))"},
)

wrong(
    "sequence_training",
    "the same batch in every step",
    {"draw_unseen(batch, held_out, rng)": "draw_unseen(batch, held_out, np.random.default_rng(0))"},
)

wrong(
    "sequence_training",
    "one rate for all steps",
    {"schedule.get_lr(step)": "max_lr"},
)

wrong(
    "sequence_training",
    "accuracies of the batch that was just trained on",
    {
        "accuracies(predict(model, held_out), target(task, held_out))": "accuracies(predict(model, digits), target(task, digits))"
    },
)

wrong(
    "sequence_training",
    "the two accuracies the wrong way round",
    {"token, whole = accuracies": "whole, token = accuracies"},
)

wrong(
    "sequence_training",
    "looks at steps 1, 21, 41",
    {"if (step + 1) % 20 == 0": "if step % 20 == 0"},
)

wrong(
    "sequence_training",
    "records for a gradient what is only read",
    {"with no_grad():": "if True:"},
)

wrong(
    "sequence_training",
    "the largest over places instead of digits",
    {"argmax(axis=2)": "argmax(axis=1)"},
)

wrong(
    "sequence_training",
    "always the same generator, whatever the seed",
    {"np.random.default_rng(rng), Adam": "np.random.default_rng(0), Adam"},
)

wrong(
    "sequence_training",
    "the rate of the default, whatever was asked for",
    {"max_lr=max_lr, min_lr=max_lr / 50": "max_lr=0.01, min_lr=0.01 / 50"},
)


@right("sequence_training", "answers in parts, the rate from its formula, lists at the end")
def _():
    def train_step(model, optimizer, digits, targets):
        optimizer.zero_grad()
        logits = model(digits)
        n, length, classes = logits.shape
        loss = CrossEntropyLoss()(logits.reshape(n * length, classes), Tensor(targets.ravel()))
        value = float(loss.numpy())
        loss.backward()
        optimizer.step()
        return value

    def predict(model, digits):
        parts = []
        with no_grad():
            for start in range(0, len(digits), 100):
                logits = np.asarray(model(digits[start : start + 100]).numpy())
                parts.append(np.argmax(logits, axis=-1))
        return np.concatenate(parts)

    def fit(model, task, held_out, steps=300, batch=32, max_lr=0.01, rng=0):
        generator = np.random.default_rng(rng)
        optimizer, losses, scores = Adam(model.parameters(), lr=max_lr), [], []
        for step in range(1, steps + 1):
            share = (1 + np.cos(np.pi * (step - 1) / steps)) / 2
            optimizer.lr = max_lr * (0.02 + 0.98 * share)
            rows = draw_unseen(batch, held_out, generator)
            losses.append(train_step(model, optimizer, rows, target(task, rows)))
            if step % 20 == 0:
                scores.append(accuracies(predict(model, held_out), target(task, held_out)))
        return {
            "loss": losses,
            "token": [token for token, _ in scores],
            "whole": [whole for _, whole in scores],
        }
