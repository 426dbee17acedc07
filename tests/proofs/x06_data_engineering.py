"""Proofs for x06_data_engineering: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("pipeline_prediction", "leaves the example as it stands")
def _():
    prediction = {"fastest": ..., "times": ..., "threads": ..., "deeper": ...}


wrong("pipeline_prediction", "leaves the threads out", {', "threads": 1.0': ""})

wrong("pipeline_prediction", "writes a sentence", {'"raw"': '"the raw file"'})

wrong("pipeline_prediction", "says slower instead of faster", {"100": "0.01"})


@right("pipeline_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict(deeper="yes", threads=2, times=1, fastest="files")


wrong(
    "steady_rate",
    "lets workers share every stage",
    {"(workers if parallel else 1)": "workers"},
    cell="stage_rates-solution",
)

wrong(
    "steady_rate",
    "takes the time of a batch for that of a sample",
    {'(batch if unit == "batch" else 1)': "1"},
    cell="stage_rates-solution",
)

wrong(
    "steady_rate",
    "counts batches a second",
    {
        '(batch if unit == "batch" else 1)': '(1 if unit == "batch" else 1 / batch)',
    },
    cell="stage_rates-solution",
)

wrong(
    "steady_rate",
    "forgets that a second has 1,000 ms",
    {"1000 * samples": "samples"},
    cell="stage_rates-solution",
)

wrong(
    "steady_rate",
    "leaves a stage out that has nothing to do",
    {"if ms else inf": "if ms else 0.0"},
    cell="stage_rates-solution",
)

wrong(
    "steady_rate",
    "takes the mean of the stages",
    {"rates[slowest] if overlap": "sum(rates.values()) / len(rates) if overlap"},
)

wrong(
    "steady_rate",
    "takes the fastest stage for the bottleneck",
    {"min(rates, key=rates.get)": "max(rates, key=rates.get)"},
)

wrong(
    "steady_rate",
    "adds rates instead of seconds where stages work in turn",
    {"1 / sum(1 / each for each in rates.values())": "sum(rates.values()) / len(rates)"},
)

wrong(
    "steady_rate",
    "forgets that stages may work in turn",
    {
        "rates[slowest] if overlap else 1 / sum(1 / each for each in rates.values())": "rates[slowest]"
    },
)

wrong(
    "steady_rate",
    "turns the utilisation upside down",
    {'rate / rates["train"]': 'rates["train"] / rate'},
)


@wrong("steady_rate", "takes the last of equal stages")
def _():
    def steady(rates, overlap=True):
        slowest = min(reversed(list(rates)), key=lambda name: rates[name])
        rate = rates[slowest] if overlap else 1 / sum(1 / each for each in rates.values())
        return slowest, rate, rate / rates["train"]


@right("steady_rate", "reckons in seconds")
def _():
    def stage_rates(stages, batch, workers):
        rates = {}
        for name, ms, unit, parallel in stages:
            seconds = ms / 1000
            if unit == "batch":
                seconds /= batch
            if parallel:
                seconds /= workers
            rates[name] = float("inf") if seconds == 0 else 1 / seconds
        return rates

    def steady(rates, overlap=True):
        seconds = {name: 1 / rate for name, rate in rates.items()}
        slowest = max(seconds, key=lambda name: seconds[name])
        total = max(seconds.values()) if overlap else sum(seconds.values())
        return slowest, 1 / total, seconds["train"] / total


wrong(
    "prefetch",
    "gives a place back only when training has ended",
    {"started[i - depth] if i >= depth": "trained[i - depth + 1] if i >= depth"},
    cell="finish_times-solution",
)

wrong(
    "prefetch",
    "has one place too many",
    {"started[i - depth] if i >= depth": "started[i - depth - 1] if i > depth"},
    cell="finish_times-solution",
)

wrong(
    "prefetch",
    "lets the buffer grow without end",
    {"started[i - depth] if i >= depth else 0": "0"},
    cell="finish_times-solution",
)

wrong(
    "prefetch",
    "loads the batches of a buffer at the same time",
    {"max(loaded[-1], free) + load)": "free + load)"},
    cell="finish_times-solution",
)

wrong(
    "prefetch",
    "starts to train before the batch before is done",
    {"max(loaded[-1], trained[-1])": "loaded[-1]"},
    cell="finish_times-solution",
)

wrong(
    "prefetch",
    "overlaps without a buffer too",
    {"trained[-1] if depth == 0": "(started[i - 1] if i else 0) if depth == 0"},
    cell="finish_times-solution",
)

wrong("prefetch", "begins at a depth of one", {"range(deepest + 1)": "range(1, deepest + 1)"})

wrong("prefetch", "leaves the deepest buffer out", {"range(deepest + 1)": "range(deepest)"})

wrong("prefetch", "wants more than the target", {">= target": "> target"})

wrong(
    "prefetch", "names the deepest buffer where none is enough", {"return None": "return deepest"}
)


@wrong("prefetch", "reckons the depth from the mean times")
def _():
    def smallest_depth(load_s, train_s, target, deepest=64):
        busy = sum(train_s) / max(sum(load_s), sum(train_s))
        if busy < target:
            return None
        return min(deepest, int(np.ceil(max(load_s) / max(train_s[0], 1e-9))))


@wrong("prefetch", "takes the loading times for the training times")
def _():
    def smallest_depth(load_s, train_s, target, deepest=64):
        for depth in range(deepest + 1):
            if sum(load_s) / finish_times(load_s, train_s, depth)[1][-1] >= target:
                return depth
        return None


@right("prefetch", "keeps the places in a queue of moments")
def _():
    def finish_times(load_s, train_s, depth):
        from collections import deque

        places, loader, accelerator = deque([0.0] * depth), 0.0, 0.0
        loaded, trained = [], []
        for load, train in zip(load_s, train_s):
            begin = max(loader, places.popleft() if depth else accelerator)
            loader = begin + load
            start = max(loader, accelerator)
            accelerator = start + train
            if depth:
                places.append(start)
            loaded.append(loader)
            trained.append(accelerator)
        return loaded, trained

    def smallest_depth(load_s, train_s, target, deepest=64):
        enough = [
            depth
            for depth in range(0, deepest + 1)
            if sum(train_s) / finish_times(load_s, train_s, depth)[1][-1] >= target
        ]
        return min(enough, default=None)


@wrong("pipeline_plan", "raw pictures, because they need no decoder")
def _():
    plan = {"form": "raw", "workers": 6, "depth": 4}


@wrong("pipeline_plan", "single files, because every project begins with them")
def _():
    plan = {"form": "files", "workers": 6, "depth": 4}


@wrong("pipeline_plan", "enough workers only where every number is right")
def _():
    plan = {"form": "archive", "workers": 4, "depth": 4}


@wrong("pipeline_plan", "no room for loading times that scatter")
def _():
    plan = {"form": "archive", "workers": 6, "depth": 1}


@wrong("pipeline_plan", "a buffer that does not fit into the memory")
def _():
    plan = {"form": "archive", "workers": 6, "depth": 8}


@wrong("pipeline_plan", "more workers than there are cores")
def _():
    plan = {"form": "archive", "workers": 8, "depth": 4}


@wrong("pipeline_plan", "depth instead of workers")
def _():
    plan = {"form": "archive", "workers": 2, "depth": 4}


@right("pipeline_plan", "found by trying all plans")
def _():
    def smallest(plan):
        corner = {"read": 0.8, "decode": 0.8, "augment": 0.8, "transfer": 0.8, "train": 1.2}
        return min(outcome(plan, corner, seed) for seed in range(4))

    plans = [
        {"form": form, "workers": workers, "depth": depth}
        for form in OPTIONS["form"]
        for workers in OPTIONS["workers"]
        for depth in OPTIONS["depth"]
        if 2 * workers <= 12 and depth * 128 * SAMPLE_BYTES <= 400e6
    ]
    plan = max(plans, key=smallest)


@right("pipeline_plan", "the same by hand, in another order")
def _():
    plan = dict(depth=4, workers=6, form="archive")


wrong(
    "split_leak",
    "compares before normalising",
    {"196 * blocks > blocks.sum(axis=(1, 2), keepdims=True)": "blocks > 50"},
    cell="leaked-solution",
)


@wrong("split_leak", "looks for equal bytes", cell="leaked-solution")
def _():
    def leaked(train, test, most_bits=0):
        known = {picture.tobytes() for picture in train}
        return [i for i, picture in enumerate(test) if picture.tobytes() in known]


@wrong("split_leak", "looks for equal pixels", cell="leaked-solution")
def _():
    def leaked(train, test, most_bits=0):
        return [
            i
            for i, picture in enumerate(test)
            if (np.asarray(train) != picture).sum(axis=(1, 2)).min() <= most_bits
        ]


wrong(
    "split_leak",
    "counts a bit where the block equals the mean",
    {"blocks > blocks": "blocks >= blocks"},
    cell="leaked-solution",
)

wrong(
    "split_leak",
    "takes fewer bits than allowed",
    {"count <= most_bits": "count < most_bits"},
    cell="leaked-solution",
)

wrong(
    "split_leak",
    "takes the mean distance of all training pictures",
    {".sum(axis=(1, 2)).min()": ".sum(axis=(1, 2)).mean()"},
    cell="leaked-solution",
)

wrong(
    "split_leak",
    "names the training pictures",
    {
        "one in bits(test)": "one in known",
        "known = bits(train)": "known = bits(train)\n    seen = bits(test)",
        "(known != one)": "(seen != one)",
    },
    cell="leaked-solution",
)

wrong(
    "split_leak",
    "compares each test picture with the training picture of its place",
    {
        ".sum(axis=(1, 2)).min() for one in bits(test)": ".sum(axis=(1, 2))[i % len(known)] for i, one in enumerate(bits(test))"
    },
    cell="leaked-solution",
)


@wrong("split_leak", "shuffles the pictures")
def _():
    def group_split(groups, share, rng):
        order = rng.permutation(len(groups)).tolist()
        count = int(np.ceil(share * len(groups)))
        return sorted(order[count:]), sorted(order[:count])


@wrong("split_leak", "takes the share of the groups")
def _():
    def group_split(groups, share, rng):
        names = rng.permutation(np.unique(groups)).tolist()
        chosen = set(names[: int(np.ceil(share * len(names)))])
        test = [i for i, group in enumerate(groups) if group in chosen]
        return [i for i, group in enumerate(groups) if group not in chosen], test


wrong(
    "split_leak",
    "takes the groups in their order",
    {"rng.permutation(np.unique(groups))": "np.unique(groups)"},
)

wrong(
    "split_leak",
    "stops one group too early",
    {
        "if len(test) >= share * len(groups):": "if len(test) + (groups == group).sum() > share * len(groups):",
    },
)

wrong(
    "split_leak",
    "moves one group too many",
    {"if len(test) >= share * len(groups):": "if len(test) > share * len(groups):"},
)

wrong(
    "split_leak",
    "seeds its own chance",
    {"rng.permutation(np.unique": "np.random.default_rng().permutation(np.unique"},
)

wrong(
    "split_leak",
    "returns the test set first",
    {
        "[i for i in range(len(groups)) if i not in set(test)], sorted(test)": "sorted(test), [i for i in range(len(groups)) if i not in set(test)]"
    },
)


@right("split_leak", "loops over pictures and blocks, and over a list of names")
def _():
    def leaked(train, test, most_bits=0):
        def fingerprint(picture):
            picture = np.asarray(picture, float)
            means = [
                picture[r : r + 2, c : c + 2].sum() * 196
                for r in range(0, 28, 2)
                for c in range(0, 28, 2)
            ]
            return np.array(means) > picture.sum()

        known = [fingerprint(picture) for picture in train]
        found = []
        for i, picture in enumerate(test):
            mine = fingerprint(picture)
            if any(np.count_nonzero(mine != other) <= most_bits for other in known):
                found.append(i)
        return found

    def group_split(groups, share, rng):
        names = sorted(set(groups))
        rng.shuffle(names)
        inside = set()
        for name in names:
            if sum(group in inside for group in groups) < share * len(groups):
                inside.add(name)
        test = [i for i, group in enumerate(groups) if group in inside]
        train = [i for i, group in enumerate(groups) if group not in inside]
        return train, test


wrong(
    "pipeline_gap",
    "divides measured by predicted",
    {"predicted_s / measured_s": "measured_s / predicted_s"},
)

wrong(
    "pipeline_gap",
    "divides by the run in turn",
    {"predicted_s / measured_s": "predicted_s / in_turn_s"},
)

wrong(
    "pipeline_gap",
    "takes the whole gap for the overlap",
    {"measured_s - predicted_s - stages": "measured_s - predicted_s"},
)

wrong(
    "pipeline_gap",
    "compares the terms with their signs",
    {"abs(stages) >= abs(overlap)": "stages >= overlap"},
)

wrong(
    "pipeline_gap",
    "gives equal terms to the overlap",
    {"abs(stages) >= abs(overlap)": "abs(stages) > abs(overlap)"},
)

wrong(
    "pipeline_gap",
    "adds the first term instead of taking it away",
    {"measured_s - predicted_s - stages": "measured_s - predicted_s + stages"},
)


@right("pipeline_gap", "puts the terms into a dictionary")
def _():
    def gap(parts_s, in_turn_s, predicted_s, measured_s):
        terms = {"stages": in_turn_s - parts_s}
        terms["overlap"] = (measured_s - predicted_s) - (in_turn_s - parts_s)
        return predicted_s / measured_s, max(terms, key=lambda name: abs(terms[name]))
