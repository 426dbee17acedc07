"""Proofs for d03_dataset: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("wire_hz", "eight bits a byte", {"baud / 10 ": "baud / 8 "})

wrong("wire_hz", "forgets the end of the line", {"\\r\\n": ""})

wrong(
    "wire_hz", "takes the first row for all", {"sum(map(len, lines)) / len(lines)": "len(lines[0])"}
)

wrong(
    "wire_hz",
    "the mean of rates, not of bytes",
    {
        "return baud / 10 / (sum(map(len, lines)) / len(lines))": "return sum(baud / 10 / len(line) for line in lines) / len(lines)"
    },
)


@right("wire_hz", "counts bytes without building the line")
def _():
    def wire_hz(samples, baud):
        total = 0
        for each in samples:
            total += 6 + len(str(each.sequence)) + sum(1 + len(str(v)) for v in each.values)
        return len(samples) * baud / (10 * total)


wrong(
    "dataset_manifest",
    "the keys are numbers, which JSON turns into text",
    {"takes[take] = takes.get(take, 0) + 1": "takes[int(take)] = takes.get(int(take), 0) + 1"},
)

wrong(
    "dataset_manifest",
    "counts takes, not rows, of a label",
    {
        "counts[label] = counts.get(label, 0) + 1": "counts[label] = len({t for t, n, _ in rows if n == label})"
    },
)

wrong(
    "dataset_manifest",
    "the order goes on over the border of takes",
    {"last.get(take, -1)": "last.get(0, -1)", "last[take] = sequence": "last[0] = sequence"},
)

wrong(
    "dataset_manifest",
    "a gap is disorder",
    {"sequence <= last.get(take, -1)": "sequence != last.get(take, sequence - 1) + 1"},
)

wrong(
    "dataset_manifest",
    "the SHA-256 is enough",
    {
        'return [key for key in ("sha256", "rows", "takes", "counts", "order") if faults[key]]': 'return ["sha256"] if faults["sha256"] else []'
    },
)

wrong(
    "dataset_manifest",
    "a number that stands twice is in order",
    {"sequence <= last": "sequence < last"},
)


@right("dataset_manifest", "with Counter and groups")
def _():
    from collections import Counter
    from itertools import pairwise

    def manifest(data, board, rate_hz):
        rows = rows_of(data)[0]
        return dict(
            board=board,
            rate_hz=rate_hz,
            takes=dict(Counter(row[0] for row in rows)),
            counts=dict(Counter(row[1] for row in rows)),
            sha256=hashlib.sha256(data).hexdigest(),
        )

    def verify(data, told):
        rows, broken = rows_of(data)
        true, faults = manifest(data, None, None), []
        if true["sha256"] != told.get("sha256"):
            faults.append("sha256")
        if broken:
            faults.append("rows")
        faults += [key for key in ("takes", "counts") if true[key] != told.get(key)]
        for take in true["takes"]:
            numbers = [n for t, _, n in rows if t == take]
            if any(b <= a for a, b in pairwise(numbers)) and "order" not in faults:
                faults.append("order")
        return faults


wrong(
    "odd_takes",
    "mean and standard deviation",
    {
        "np.abs(values - np.median(values))": "np.abs(values - np.mean(values))",
        "factor * np.median(distance)": "3 * np.std(values)",
    },
)


wrong(
    "odd_takes",
    "divides by the MAD",
    {"distance > factor * np.median(distance)": "distance / max(np.median(distance), 1) > factor"},
)

wrong("odd_takes", "from the limit on", {"distance > factor": "distance >= factor"})


wrong("odd_takes", "saturation upwards only", {"np.abs(readings) >= limit": "readings >= limit"})

wrong("odd_takes", "saturation is only beyond the limit", {">= limit": "> limit"})


@right("odd_takes", "sorted lists in plain Python")
def _():
    from statistics import median

    def odd_takes(values, factor=10.0):
        numbers = [float(v) for v in values]
        middle = median(numbers)
        mad = median(abs(v - middle) for v in numbers)
        return [k for k, v in enumerate(numbers) if abs(v - middle) > factor * mad]

    def saturated(readings, limit):
        flat = np.asarray(readings).ravel().astype(int)
        return sum(not -limit < v < limit for v in flat) / len(flat)


wrong(
    "window_starts",
    "windows over the border of two takes",
    {
        "for number in np.unique(take):": "for number in [0]:",
        "np.flatnonzero(take == number)": "np.arange(max(len(take), 1))",
    },
)

wrong(
    "window_starts",
    "windows over gaps",
    {"np.all(np.diff(sequence[start : start + length]) == 1)": "True"},
)

wrong(
    "window_starts",
    "compares the ends only",
    {
        "np.all(np.diff(sequence[start : start + length]) == 1)": "sequence[start + length - 1] - sequence[start] == length - 1"
    },
)

wrong(
    "window_starts",
    "leaves the last window out",
    {"rows[-1] + 2 - length": "rows[-1] + 1 - length"},
)

wrong(
    "window_starts",
    "steps are counted from the first row of the table",
    {
        "range(rows[0], rows[-1] + 2 - length, step)": "range(-(-rows[0] // step) * step, rows[-1] + 2 - length, step)"
    },
)


@right("window_starts", "one pass with counters")
def _():
    def window_starts(take, sequence, length, step):
        starts, first, run = [], 0, 0
        for row in range(len(take)):
            if row == 0 or take[row] != take[row - 1]:
                first, run = row, 1
            else:
                run = run + 1 if sequence[row] - sequence[row - 1] == 1 else 1
            start = row - length + 1
            if run >= length and start >= first and (start - first) % step == 0:
                starts.append(start)
        return starts


@wrong("split_takes", "shares out windows at random")
def _():
    def split_takes(take, label, share, rng):
        return rng.random(len(take)) < share


wrong(
    "split_takes",
    "draws takes whatever their label",
    {"its_takes = np.unique(take[label == each])": "its_takes = np.unique(take)"},
)

wrong(
    "split_takes",
    "may leave a label without a test",
    {"max(1, round(share * len(its_takes)))": "round(share * len(its_takes))"},
)

wrong(
    "split_takes",
    "may leave a label without training",
    {
        "min(max(1, round(share * len(its_takes))), len(its_takes) - 1)": "max(1, round(share * len(its_takes)))"
    },
)

wrong(
    "split_takes",
    "always the first takes",
    {"drawn.extend(rng.choice(its_takes, size, replace=False))": "drawn.extend(its_takes[:size])"},
)

wrong("split_takes", "its own generator", {"rng.choice": "np.random.default_rng(0).choice"})

wrong("split_takes", "draws with replacement", {"replace=False": "replace=True"})


@right("split_takes", "permutes the takes of each label")
def _():
    def split_takes(take, label, share, rng):
        takes_of = {}
        for number, name in zip(take.tolist(), label.tolist()):
            takes_of.setdefault(name, set()).add(number)
        test = set()
        for name in sorted(takes_of):
            order = rng.permutation(sorted(takes_of[name])).tolist()
            count = int(round(share * len(order)))
            test |= set(order[: max(1, min(count, len(order) - 1))])
        return np.array([number in test for number in take.tolist()], dtype=bool)


wrong(
    "balanced_accuracy",
    "the plain accuracy",
    {"float(np.mean(shares))": "float(np.mean(predicted == labels))"},
)

wrong(
    "balanced_accuracy",
    "shares of what was predicted",
    {
        "np.mean(predicted[labels == each] == each)": "np.mean(labels[predicted == each] == each) if np.any(predicted == each) else 0.0"
    },
)

wrong(
    "balanced_accuracy",
    "counts classes that were only predicted",
    {
        "shares = [np.mean(predicted[labels == each] == each) for each in np.unique(labels)]": "shares = [np.sum((predicted == each) & (labels == each)) / max(1, np.sum(labels == each)) for each in np.unique([*labels, *predicted])]"
    },
)


@right("balanced_accuracy", "weighs each window by one over its class")
def _():
    def balanced_accuracy(labels, predicted):
        names, number, counts = np.unique(labels, return_inverse=True, return_counts=True)
        weights = 1 / counts[number.ravel()]
        return float(weights[labels == predicted].sum() / len(names))
