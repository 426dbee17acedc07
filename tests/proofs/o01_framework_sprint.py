"""Proofs for o01_framework_sprint: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("epoch_operations", "6 for the first layer too", {" - 2 * layers[0]": ""})

wrong("epoch_operations", "forward only", {"6 * sum(layers) - 2 * layers[0]": "2 * sum(layers)"})

wrong(
    "epoch_operations",
    "a product counts as one operation",
    {"images * (6 * sum(layers) - 2 * layers[0])": "images * (3 * sum(layers) - layers[0])"},
)

wrong(
    "epoch_operations",
    "the last layer is the one that needs less",
    {"- 2 * layers[0]": "- 2 * layers[-1]"},
)

wrong("epoch_operations", "forgets the images", {"return images * ": "return "})


@right("epoch_operations", "forward, weights, inputs, one after the other")
def _():
    def epoch_operations(images, widths):
        sizes = np.array(widths, dtype=object)
        products = (sizes[:-1] * sizes[1:]).tolist()
        forward = of_weights = 2 * images * sum(products)
        of_inputs = 2 * images * sum(products[1:])
        return forward + of_weights + of_inputs


wrong("affine", "two new arrays", {"    sums += bias\n    return sums": "    return sums + bias"})

wrong("affine", "forgets the bias", {"    sums += bias\n": ""})

wrong(
    "affine",
    "writes into the bias",
    {
        "    sums += bias\n    return sums": "    bias += sums[0] if len(sums) else 0\n    return np.matmul(x, weight) + bias"
    },
)

wrong("affine", "the gradient of the bias for each image", {"return g.sum(axis=0)": "return g"})

wrong("affine", "the mean over the rows", {"g.sum(axis=0)": "g.mean(axis=0)"})

wrong("affine", "takes the weight and x in the wrong order", {"if wrt else": "if wrt == 0 else"})

wrong(
    "affine", "forgets to turn the weight round", {"np.matmul(g, weight.T)": "np.matmul(g, weight)"}
)


@right("affine", "with the place given to matmul, and one einsum for each gradient")
def _():
    def affine(x, weight, bias):
        place = np.empty((len(x), weight.shape[1]), np.result_type(x, weight))
        return np.add(np.matmul(x, weight, out=place), bias, out=place)

    def affine_gradient(g, x, weight, wrt):
        if wrt == 0:
            return np.dot(g, weight.transpose())
        if wrt == 1:
            return np.dot(x.transpose(), g)
        return np.add.reduce(g, axis=0)


@wrong("step_in_place", "makes an array for lr times the gradient")
def _():
    def step_in_place(parameters, lr):
        for p in parameters:
            if p.grad is not None:
                p.data -= np.float32(lr) * p.grad


@wrong("step_in_place", "puts a new array in the place of the old one")
def _():
    def step_in_place(parameters, lr):
        for p in parameters:
            if p.grad is not None:
                p.data = p.data - np.float32(lr) * p.grad


wrong(
    "step_in_place",
    "asks nothing of a parameter without a gradient",
    {
        "        if p.grad is not None:\n            np.multiply(p.grad, np.float32(lr), out=p.grad)\n            np.subtract(p.data, p.grad, out=p.data)": "        np.multiply(p.grad, np.float32(lr), out=p.grad)\n        np.subtract(p.data, p.grad, out=p.data)"
    },
)

wrong("step_in_place", "climbs", {"np.subtract(p.data": "np.add(p.data"})

wrong("step_in_place", "forgets lr", {"np.float32(lr)": "np.float32(1)"})

wrong(
    "step_in_place",
    "only the first parameter",
    {"for p in parameters:": "for p in parameters[:1]:"},
)


@right("step_in_place", "with operators")
def _():
    def step_in_place(parameters, lr):
        moving = [p for p in parameters if p.grad is not None]
        for p in moving:
            p.grad *= -lr
            p.data += p.grad


@wrong("score", "the ratio of the medians")
def _():
    def score(entry_s, reference_s):
        if len(entry_s) != len(reference_s) or not entry_s:
            raise ValueError(f"{len(entry_s)} and {len(reference_s)} times came")
        return float(np.clip(np.median(entry_s) / np.median(reference_s), 1 / 64, 64))


wrong("score", "the mean", {"np.median(np.clip": "np.mean(np.clip"})

wrong("score", "does not clip", {"np.clip(each, 1 / 64, 64)": "each"})

wrong(
    "score",
    "clips the median",
    {"float(np.median(np.clip(each, 1 / 64, 64)))": "float(np.clip(np.median(each), 1 / 64, 64))"},
)

wrong(
    "score",
    "reference over entry",
    {
        "np.array(entry_s, float) / np.array(reference_s, float)": "np.array(reference_s, float) / np.array(entry_s, float)"
    },
)

wrong("score", "no times are a score of NaN", {" or len(entry_s) == 0": ""})

wrong(
    "score",
    "throws away what has no partner",
    {
        "    if len(entry_s) != len(reference_s) or len(entry_s) == 0:\n": "    n = min(len(entry_s), len(reference_s))\n    entry_s, reference_s = entry_s[:n], reference_s[:n]\n    if n == 0:\n"
    },
)


@right("score", "sorts the ratios itself")
def _():
    def score(entry_s, reference_s):
        n = len(entry_s)
        if n == 0 or n != len(reference_s):
            raise ValueError(f"pairs are needed, but {n} and {len(reference_s)} times came")
        found = sorted(min(64, max(1 / 64, a / b)) for a, b in zip(entry_s, reference_s))
        return (found[n // 2] + found[-1 - n // 2]) / 2


@wrong("interval", "draws without replacement")
def _():
    def interval(ratios, rng):
        values = np.asarray(ratios, float)
        medians = [np.median(rng.permutation(values)) for _ in range(2000)]
        low, high = np.percentile(medians, (2.5, 97.5))
        return float(low), float(high)


wrong("interval", "the percentiles of the ratios", {"np.median(drawn, axis=1)": "drawn"})

wrong(
    "interval", "the interval of the mean", {"np.median(drawn, axis=1)": "np.mean(drawn, axis=1)"}
)

wrong("interval", "the lowest and the highest median", {"(2.5, 97.5)": "(0, 100)"})

wrong("interval", "half of the medians", {"(2.5, 97.5)": "(25, 75)"})


@wrong("interval", "draws half as many")
def _():
    def interval(ratios, rng):
        values = np.asarray(ratios, float)
        drawn = rng.choice(values, (2000, max(1, len(values) // 4)))
        low, high = np.percentile(np.median(drawn, axis=1), (2.5, 97.5))
        return float(low), float(high)


@right("interval", "one drawing after the other")
def _():
    def interval(ratios, rng):
        n, medians = len(ratios), []
        for _ in range(2000):
            medians.append(np.median([ratios[k] for k in rng.integers(0, n, n)]))
        medians.sort()
        return float(medians[50]), float(medians[1949])
