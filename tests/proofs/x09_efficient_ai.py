"""Proofs for x09_efficient_ai: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("efficient_prediction", "leaves the example as it stands")
def _():
    prediction = {"board": ..., "gpu": ..., "frontier": ..., "times": ...}


wrong("efficient_prediction", "leaves the times out", {', "times": 20': ""})

wrong("efficient_prediction", "writes the name as the paper does", {'"resnet18"': '"ResNet-18"'})

wrong(
    "efficient_prediction", "gives a share of the twelve", {'"frontier": 7': '"frontier": 7 / 12'}
)


@right("efficient_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("board", "gpu"), "mobilenet_v2")
    prediction.update(frontier=1, times=430.0)


wrong(
    "pareto",
    "forgets that something has to be better",
    {" & (worth > point).any(axis=1)": ""},
)

wrong(
    "pareto",
    "wants everything to be better",
    {"(worth >= point).all(axis=1) & (worth > point).any(axis=1)": "(worth > point).all(axis=1)"},
)

wrong(
    "pareto",
    "lets any better number dominate",
    {"(worth >= point).all(axis=1) & (worth > point).any(axis=1)": "(worth > point).any(axis=1)"},
)

wrong("pareto", "takes more for better everywhere", {'1 if direction == "max" else -1': "1"})

wrong(
    "pareto",
    "takes the first objective up and the others down",
    {
        '[1 if direction == "max" else -1 for direction in directions]': "[1] + [-1] * (len(directions) - 1)"
    },
)


@wrong("pareto", "sorts by accuracy and keeps what is faster than all before")
def _():
    def pareto(points, directions):
        signs = [1 if d == "max" else -1 for d in directions]
        worth = [[s * v for s, v in zip(signs, p)] for p in points]
        order = sorted(range(len(points)), key=lambda i: -worth[i][0])
        front, best = [], float("-inf")
        for i in order:
            if len(signs) == 1:
                front += [i] if worth[i][0] == worth[order[0]][0] else []
            elif worth[i][1] > best:
                front.append(i)
                best = worth[i][1]
        return sorted(front)


@wrong("pareto", "looks at the first two objectives only")
def _():
    def pareto(points, directions):
        signs = np.array([1 if d == "max" else -1 for d in directions])[:2]
        worth = signs * np.reshape([p[:2] for p in points], (-1, len(signs)))
        return [
            i
            for i, p in enumerate(worth)
            if not ((worth >= p).all(axis=1) & (worth > p).any(axis=1)).any()
        ]


@wrong("pareto", "drops the second of two equal points")
def _():
    def pareto(points, directions):
        signs = np.array([1 if d == "max" else -1 for d in directions])
        worth = signs * np.reshape(points, (-1, len(signs)))
        return [
            i
            for i, p in enumerate(worth)
            if not ((worth >= p).all(axis=1) & (worth > p).any(axis=1)).any()
            and not (worth[:i] == p).all(axis=1).any()
        ]


@wrong("pareto", "returns the frontier in the order of the first objective")
def _():
    def pareto(points, directions):
        signs = np.array([1 if d == "max" else -1 for d in directions])
        worth = signs * np.reshape(points, (-1, len(signs)))
        front = [
            i
            for i, p in enumerate(worth)
            if not ((worth >= p).all(axis=1) & (worth > p).any(axis=1)).any()
        ]
        return sorted(front, key=lambda i: worth[i][0])


@wrong("pareto", "rounds to whole numbers before it compares")
def _():
    def pareto(points, directions):
        signs = np.array([1 if d == "max" else -1 for d in directions])
        worth = signs * np.round(np.reshape(points, (-1, len(signs))))
        return [
            i
            for i, p in enumerate(worth)
            if not ((worth >= p).all(axis=1) & (worth > p).any(axis=1)).any()
        ]


@right("pareto", "compares each pair with plain loops")
def _():
    def pareto(points, directions):
        front = []
        for i, point in enumerate(points):
            beaten = False
            for other in points:
                worse = better = False
                for a, b, direction in zip(other, point, directions):
                    if direction == "min":
                        a, b = -a, -b
                    worse = worse or a < b
                    better = better or a > b
                beaten = beaten or (better and not worse)
            if not beaten:
                front.append(i)
        return front


@right("pareto", "one array of all pairs")
def _():
    def pareto(points, directions):
        if not points:
            return []
        worth = np.array(points, dtype=float)
        worth[:, [d == "min" for d in directions]] *= -1
        not_worse = (worth[:, None] >= worth[None]).all(axis=2)
        better = (worth[:, None] > worth[None]).any(axis=2)
        return np.flatnonzero(~(not_worse & better).any(axis=0)).tolist()


wrong("picture_energy", "counts each operation as a MAC", {"ops / 2": "ops"})

wrong("picture_energy", "leaves the floor to the whole batch", {"floor_j / batch": "floor_j"})

wrong("picture_energy", "leaves the ceiling to the whole batch", {"latency_s / batch": "latency_s"})

wrong(
    "picture_energy",
    "takes an unknown full power for none",
    {"None if full_w is None else 1e3 * full_w": "1e3 * (full_w or 0.0)"},
)

wrong(
    "picture_energy",
    "takes an unknown idle power for full power",
    {"idle_w or 0.0": "idle_w or full_w"},
)

wrong("picture_energy", "forgets the idle power", {" + (idle_w or 0.0) * latency_s": ""})

wrong("picture_energy", "takes a pJ for a thousandth of a nJ too much", {"1e-12": "1e-9"})

wrong(
    "picture_energy",
    "returns joules",
    {"1e3 * floor_j / batch": "floor_j / batch", "1e3 * full_w": "full_w"},
)

wrong(
    "picture_energy",
    "shares the bytes twice",
    {"moved_bytes * PJ_PER_BYTE": "moved_bytes / batch * PJ_PER_BYTE"},
)


@right("picture_energy", "adds up millijoules")
def _():
    def picture_energy(ops, moved_bytes, latency_s, batch, idle_w, full_w):
        idle_mj = 0.0 if idle_w is None else idle_w * latency_s * 1000
        floor = ops / 2 * 0.077 * 1e-9 + moved_bytes * 31.25 * 1e-9 + idle_mj
        if full_w is None:
            return floor / batch, None
        return floor / batch, full_w * latency_s * 1000 / batch


wrong(
    "choose_network",
    "takes an unknown energy for none",
    {
        'row["energy_mj"] is not None\n        and row["latency_ms"]': 'row["latency_ms"]',
        'and row["energy_mj"] <= energy_mj': 'and (row["energy_mj"] or 0) <= energy_mj',
    },
)

wrong(
    "choose_network",
    "wants to stay below the budget of time",
    {'row["latency_ms"] <= latency_ms': 'row["latency_ms"] < latency_ms'},
)

wrong(
    "choose_network",
    "wants to be above the floor",
    {'row["top1"] >= least_top1': 'row["top1"] > least_top1'},
)

wrong(
    "choose_network",
    "looks at the budget of time only",
    {'        and row["energy_mj"] <= energy_mj\n': ""},
)

wrong(
    "choose_network",
    "buys the fastest",
    {
        '-row["top1"], row["latency_ms"], row["energy_mj"]': 'row["latency_ms"], -row["top1"], row["energy_mj"]'
    },
)

wrong(
    "choose_network",
    "leaves equal accuracies to the order of the rows",
    {'-row["top1"], row["latency_ms"], row["energy_mj"]': '(-row["top1"],)'},
)

wrong(
    "choose_network",
    "prefers the lower energy among equal accuracies",
    {
        '-row["top1"], row["latency_ms"], row["energy_mj"]': '-row["top1"], row["energy_mj"], row["latency_ms"]'
    },
)

wrong("choose_network", "returns an index where nothing is left", {"default=None": "default=-1"})


@wrong("choose_network", "takes the frontier of two objectives first")
def _():
    def choose(rows, latency_ms, energy_mj, least_top1=0.0):
        front = pareto([(r["top1"], r["latency_ms"]) for r in rows], ("max", "min")) if rows else []
        left = [
            i
            for i in front
            if rows[i]["energy_mj"] is not None
            and rows[i]["latency_ms"] <= latency_ms
            and rows[i]["energy_mj"] <= energy_mj
            and rows[i]["top1"] >= least_top1
        ]
        return max(left, key=lambda i: rows[i]["top1"], default=None)


@right("choose_network", "sorts the indices of what is allowed")
def _():
    def choose(rows, latency_ms, energy_mj, least_top1=0.0):
        left = []
        for i, row in enumerate(rows):
            energy = row["energy_mj"]
            if energy is None or energy > energy_mj or row["latency_ms"] > latency_ms:
                continue
            if row["top1"] >= least_top1:
                left.append((-row["top1"], row["latency_ms"], energy, i))
        return sorted(left)[0][-1] if left else None


@right("choose_network", "keeps the best so far")
def _():
    def choose(rows, latency_ms, energy_mj, least_top1=0.0):
        best = None
        for i, row in enumerate(rows):
            e = float("inf") if row["energy_mj"] is None else row["energy_mj"]
            if row["latency_ms"] > latency_ms or e > energy_mj or row["top1"] < least_top1:
                continue
            if best is None or (row["top1"], -row["latency_ms"], -e) > best[1]:
                best = i, (row["top1"], -row["latency_ms"], -e)
        return best[0] if best else None


@wrong("efficient_plan", "the best at the given numbers")
def _():
    plan = {"network": "efficientnet_b0", "dtype": "fp32", "device": "t4", "batch": 8}


@wrong("efficient_plan", "the largest batch, because it needs the least energy")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "t4", "batch": 64}


@wrong("efficient_plan", "a batch that is late when pictures come slowly")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "t4", "batch": 16}


@wrong("efficient_plan", "one picture at a time, over the energy when that is 20 % less")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "t4", "batch": 1}


@wrong("efficient_plan", "the most accurate network, whatever it needs")
def _():
    plan = {"network": "vit_b16", "dtype": "fp32", "device": "t4", "batch": 8}


@wrong("efficient_plan", "the network with the fewest MACs")
def _():
    plan = {"network": "mobilenet_v3_large", "dtype": "int8", "device": "t4", "batch": 8}


@wrong("efficient_plan", "a top-1 that nobody published in int8")
def _():
    plan = {"network": "efficientnet_b0", "dtype": "int8", "device": "t4", "batch": 8}


@wrong("efficient_plan", "the device of the least power")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "rpi5", "batch": 4}


@wrong("efficient_plan", "a device that another one dominates")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "l4", "batch": 4}


@right("efficient_plan", "a batch of four, chosen by hand")
def _():
    plan = {"batch": 4, "device": "t4", "dtype": "int8", "network": "resnet50"}


@right("efficient_plan", "a batch of eight, which needs less energy")
def _():
    plan = {"network": "resnet50", "dtype": "int8", "device": "t4", "batch": 8}


wrong(
    "frontier_gap",
    "divides measured by predicted",
    {"return predicted / measured": "return measured / predicted"},
)

wrong(
    "frontier_gap",
    "trusts the order of the rows",
    {
        '(pick(rows, key=lambda row: row["macs"]) for pick in (min, max))': "(rows[at] for at in (0, -1))"
    },
)

wrong(
    "frontier_gap",
    "takes the fastest and the slowest",
    {'key=lambda row: row["macs"]': 'key=lambda row: row["seconds"]'},
)

wrong("frontier_gap", "compares the rest with its sign", {"abs(rest)": "rest"})

wrong("frontier_gap", "pays one call for all layers", {'small["layers"] * call_s': "call_s"})

wrong(
    "frontier_gap",
    "looks for the dominant term of the larger network",
    {
        'small["layers"] * call_s': 'large["layers"] * call_s',
        'small["macs"] * mac_s': 'large["macs"] * mac_s',
        'small["seconds"] - calls': 'large["seconds"] - calls',
    },
)

wrong(
    "frontier_gap",
    "counts the calls in the rest",
    {'small["seconds"] - calls - arithmetic': 'small["seconds"] - arithmetic'},
)


@right("frontier_gap", "sorts the rows and the sizes")
def _():
    def gap(rows, call_s, mac_s):
        ordered = sorted(rows, key=lambda row: row["macs"])
        a, b = ordered[0], ordered[-1]
        sizes = [a["layers"] * call_s, a["macs"] * mac_s]
        sizes.append(abs(a["seconds"] - sum(sizes)))
        ratio = b["macs"] * a["seconds"] / (a["macs"] * b["seconds"])
        return ratio, ("calls", "arithmetic", "rest")[int(np.argmax(sizes))]
