"""Proofs for m07_tinygpt: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "book_windows",
    "learns the merges from the whole text, the held-out part too",
    {"tokenizer.train(text[:cut])": "tokenizer.train(text)"},
)

wrong(
    "book_windows",
    "cuts by counting from the back, which keeps nothing back where nothing is held out",
    {
        "cut = len(text) - held_out": "cut = -held_out",
    },
)

wrong(
    "book_windows",
    "a row holds what is read, and not the last token that is asked for",
    {"np.arange(length + 1)": "np.arange(length)"},
)

wrong(
    "book_windows",
    "never starts at the last place",
    {"integers(0, len(ids) - length, rows)": "integers(0, len(ids) - length - 1, rows)"},
)

wrong(
    "book_windows",
    "cuts the text into rows that do not overlap and takes some of them",
    {
        "integers(0, len(ids) - length, rows)": "integers(0, (len(ids) - 1) // length, rows) * length"
    },
)

wrong(
    "book_windows",
    "makes the same generator in each call",
    {"np.random.default_rng(rng).integers(0,": "np.random.default_rng(0).integers(0,"},
)

wrong(
    "book_windows",
    "draws single tokens instead of pieces",
    {
        "return ids[starts[:, np.newaxis] + np.arange(length + 1)]": "return np.random.default_rng(rng).choice(ids, (rows, length + 1))"
    },
)


@right("book_windows", "a list of slices, and a cut that never counts from the back")
def _():
    def prepare(text, held_out, vocab_size):
        known, unseen = text[: len(text) - held_out], text[len(text) - held_out :]
        tokenizer = BPETokenizer()
        tokenizer.train([known], vocab_size)
        return tokenizer, *(np.array(tokenizer.encode(t), dtype=int) for t in (known, unseen))

    def draw_rows(ids, rows, length, rng=0):
        starts = np.random.default_rng(rng).integers(len(ids) - length, size=rows)
        return np.stack([ids[start : start + length + 1] for start in starts])


wrong(
    "code_lengths",
    "the whole table sums to 1, not each row",
    {
        "(pairs + smoothing).sum(axis=1, keepdims=True)": "(pairs + smoothing).sum()",
    },
)

wrong(
    "code_lengths",
    "leaves the smoothing out of the sum of a row",
    {
        "(pairs + smoothing).sum(axis=1, keepdims=True)": "np.maximum(pairs.sum(axis=1, keepdims=True), 1)",
    },
)

wrong(
    "code_lengths",
    "smooths only what was never seen",
    {
        "chances = (pairs + smoothing) / (pairs + smoothing).sum": "pairs = np.where(pairs == 0, smoothing, pairs)\n    chances = pairs / pairs.sum",
    },
)

wrong(
    "code_lengths",
    "has no smoothing at all",
    {
        "chances = (pairs + smoothing) / (pairs + smoothing).sum": "chances = pairs / np.maximum(pairs, 1e-300).sum",
    },
)

wrong(
    "code_lengths",
    "a column sums to 1: what came before a token",
    {"chances[ids[:-1], ids[1:]]": "chances.T[ids[:-1], ids[1:]]"},
)

wrong(
    "code_lengths",
    "the mean of a token instead of the total",
    {
        "return float(-np.log(chances[ids[:-1], ids[1:]]).sum())": "return float(-np.log(chances[ids[:-1], ids[1:]]).mean())"
    },
)

wrong(
    "code_lengths",
    "the first token costs, too",
    {"counts / counts.sum())[ids[1:]]": "counts / counts.sum())[ids]"},
)

wrong(
    "code_lengths",
    "takes bytes for bits",
    {"8 * math.log(2) * (long - short)": "math.log(2) * (long - short)"},
)

wrong(
    "code_lengths",
    "bits instead of nats",
    {"8 * math.log(2) * (long - short)": "8 * (long - short)"},
)

wrong(
    "code_lengths",
    "counts what the text before needs, too",
    {"(long - short)": "long"},
)


@right("code_lengths", "counters and loops, and zlib")
def _():
    from collections import Counter
    import zlib

    def single_nats(train, ids, size, smoothing=0.1):
        counts = Counter(train.tolist())
        n = len(train) + smoothing * size
        return sum(-math.log((counts[i] + smoothing) / n) for i in ids[1:].tolist())

    def pair_nats(train, ids, size, smoothing=0.1):
        first, both = Counter(train[:-1].tolist()), Counter(zip(train.tolist(), train[1:].tolist()))
        nats = 0.0
        for a, b in zip(ids.tolist(), ids[1:].tolist()):
            nats -= math.log((both[a, b] + smoothing) / (first[a] + smoothing * size))
        return nats

    def gzip_nats(before, text):
        packed = zlib.compress((before + text).encode("utf-8"), 9)
        bits = 8 * (len(packed) - len(zlib.compress(before.encode("utf-8"), 9)))
        return bits * math.log(2)


wrong(
    "character_nats",
    "nats per token",
    {"return nats / len(text)": "return nats / (len(ids) - 1)"},
)

wrong(
    "character_nats",
    "divides by the bytes of the text",
    {"return nats / len(text)": "return nats / len(text.encode())"},
)

wrong(
    "character_nats",
    "begins each window behind the one before, so that a token is never asked for",
    {"range(0, len(ids) - 1, length)": "range(0, len(ids) - 1, length + 1)"},
)

wrong(
    "character_nats",
    "leaves the short window at the end out",
    {"range(0, len(ids) - 1, length)": "range(0, len(ids) - length, length)"},
)

wrong(
    "character_nats",
    "adds means of windows, whatever their length",
    {"nats += (len(window) - 1) * CrossEntropyLoss()": "nats += length * CrossEntropyLoss()"},
)

wrong(
    "character_nats",
    "asks for the token that was just read",
    {"window[1:]).item()": "window[:-1]).item()"},
)

wrong(
    "character_nats",
    "windows that overlap by half count tokens twice",
    {"range(0, len(ids) - 1, length)": "range(0, len(ids) - 1, max(1, length // 2))"},
)

wrong(
    "character_nats",
    "answers in training mode",
    {"    model.eval()\n": ""},
)

wrong(
    "character_nats",
    "leaves the model in evaluation mode",
    {"    model.train(was_training)\n": ""},
)

wrong(
    "character_nats",
    "sets the model to training, whatever it was before",
    {"model.train(was_training)": "model.train()"},
)

wrong(
    "character_nats",
    "records a graph that nobody needs",
    {"with no_grad():\n        logits = model(tokens).numpy()": "logits = model(tokens).numpy()"},
)


@right("character_nats", "one batch of whole windows, then the rest, with its own softmax")
def _():
    Answer = Callable

    def model_logits(model, tokens):
        mode = model.training
        model.train(False)
        try:
            with no_grad():
                return np.array(model.forward(tokens).numpy())
        finally:
            model.train(mode)

    def nats_per_character(answer, ids, text, length):
        whole = (len(ids) - 1) // length * length
        parts = [(ids[:whole].reshape(-1, length), ids[1 : whole + 1].reshape(-1, length))]
        parts = [(x[i : i + 8], y[i : i + 8]) for x, y in parts for i in range(0, len(x), 8)]
        parts.append((ids[np.newaxis, whole:-1], ids[np.newaxis, whole + 1 :]))
        nats = 0.0
        for read, asked in parts:
            if read.size == 0:
                continue
            logits = np.asarray(answer(read), dtype=float)
            logits = logits - logits.max(axis=-1, keepdims=True)
            log_sum = np.log(np.exp(logits).sum(axis=-1))
            nats += (log_sum - np.take_along_axis(logits, asked[..., None], -1)[..., 0]).sum()
        return float(nats) / len(text)


wrong(
    "gpt_training",
    "each round counts its own steps and begins with a warm-up",
    {
        "for _ in range(count):": "for step in range(count):",
        "rate_at(optimizer.step_count, plan)": "rate_at(step, plan)",
    },
)

wrong(
    "gpt_training",
    "the first rate is 0",
    {"plan.max_lr * (step + 1) / plan.warmup": "plan.max_lr * step / plan.warmup"},
)

wrong(
    "gpt_training",
    "the cosine counts from the first step of the training",
    {"return fall.get_lr(step - plan.warmup)": "return fall.get_lr(step)"},
)

wrong(
    "gpt_training",
    "the cosine is as long as the whole training",
    {"max(1, plan.steps - plan.warmup))": "plan.steps)"},
)

wrong(
    "gpt_training",
    "clips before there are slopes",
    {
        "        loss.backward()\n        clip_grad_norm(optimizer.params, plan.max_norm)\n": "        clip_grad_norm(optimizer.params, plan.max_norm)\n        loss.backward()\n"
    },
)

wrong(
    "gpt_training",
    "keeps the slopes of all steps before",
    {"        optimizer.zero_grad()\n": ""},
)

wrong(
    "gpt_training",
    "makes a generator of the seed anew in each step, so that all steps see the same rows",
    {"rng, losses = np.random.default_rng(rng), []": "losses = []"},
)

wrong(
    "gpt_training",
    "trains in evaluation mode, without dropout",
    {
        "rng, losses = np.random.default_rng(rng), []": "rng, losses = np.random.default_rng(rng), []\n    model.eval()"
    },
)

wrong(
    "gpt_training",
    "asks for the token that was just read",
    {"rows[:, 1:].reshape(-1))": "rows[:, :-1].reshape(-1))"},
)

wrong(
    "gpt_training",
    "the rate of the optimizer stays as it was",
    {"        optimizer.lr = rate_at(optimizer.step_count, plan)\n": ""},
)

wrong(
    "gpt_training",
    "learns from the last place of each row only",
    {
        "logits.reshape(-1, logits.shape[-1]), rows[:, 1:].reshape(-1))": "logits[:, -1], rows[:, -1])"
    },
)


@right("gpt_training", "its own cosine, and rows that are flattened first")
def _():
    def rate_at(step, plan):
        if step + 1 <= plan.warmup:
            return (step + 1) * plan.max_lr / plan.warmup
        if step >= plan.steps:
            return plan.min_lr
        share = (step - plan.warmup) / (plan.steps - plan.warmup)
        return plan.min_lr + (plan.max_lr - plan.min_lr) * (1 + math.cos(math.pi * share)) / 2

    def train_steps(model, optimizer, ids, plan, count, rng=0):
        rng, loss_fn = np.random.default_rng(rng), CrossEntropyLoss()

        def step():
            rows = draw_rows(ids, plan.rows, plan.length, rng)
            read, asked = rows[:, :-1], rows[:, 1:].ravel()
            optimizer.zero_grad()
            logits = model(read)
            loss = loss_fn(logits.reshape(asked.size, -1), asked)
            nats = loss.item()
            loss.backward()
            clip_grad_norm(model.parameters(), max_norm=plan.max_norm)
            optimizer.lr = rate_at(optimizer.step_count, plan)
            optimizer.step()
            return nats

        return [step() for _ in range(count)]


wrong(
    "book_model",
    "a line through the numbers themselves",
    {"np.polyfit(np.log(x), np.log(y), 1)": "np.polyfit(x, y, 1)"},
)

wrong(
    "book_model",
    "b with the sign of the slope",
    {"float(-slope)": "float(slope)"},
)

wrong(
    "book_model",
    "the height stays a logarithm",
    {"float(np.exp(height))": "float(height)"},
)


@right("book_model", "the formulas of least squares")
def _():
    def power_law(x, y):
        u, v = np.log(x), np.log(y)
        b = -np.sum((u - u.mean()) * (v - v.mean())) / np.sum((u - u.mean()) ** 2)
        return float(np.exp(v.mean() + b * u.mean())), float(b)
