"""Proofs for x03_dl_primer: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("where_prediction", "leaves the example as it stands")
def _():
    prediction = {"params": ..., "macs": ..., "activations": ..., "training_over_inference": ...}


wrong(
    "where_prediction",
    "names the kind of layer instead of the layer",
    {'"dense1"': '"dense"', '"conv3"': '"convolution"', '"conv1"': '"convolution"'},
)

wrong("where_prediction", "leaves the ratio out", {'"training_over_inference": 3,': ""})

wrong(
    "where_prediction",
    "gives the ratio the other way round",
    {'"training_over_inference": 3': '"training_over_inference": 1 / 3'},
)


@right("where_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("params", "macs", "activations"), "dense2")
    prediction["training_over_inference"] = 40.5


wrong("dense_counts", "counts a bias as a MAC", {'"macs": weights': '"macs": params'})

wrong("dense_counts", "forgets the biases", {"weights + outputs if bias else weights": "weights"})

wrong("dense_counts", "counts operations", {'"macs": weights': '"macs": 2 * weights'})

wrong("dense_counts", "has a bias for each input", {"weights + outputs": "weights + inputs"})

wrong("dense_counts", "always has a bias", {" if bias else weights": ""})

wrong(
    "dense_counts",
    "counts what the layer reads as well",
    {'"elements": outputs': '"elements": inputs + outputs'},
)


@right("dense_counts", "takes the bias for one more input that is always 1")
def _():
    def dense_counts(inputs, outputs, bias=True):
        return dict(params=(inputs + int(bias)) * outputs, macs=outputs * inputs, elements=outputs)


wrong(
    "conv_counts",
    "divides by the groups twice",
    {
        "outputs * (of_one + 1) if bias else outputs * of_one": "outputs // groups * of_one + (outputs if bias else 0)",
        "elements * of_one": "elements // groups * of_one",
    },
)

wrong("conv_counts", "divides into fractions", {"channels // groups": "channels / groups"})

wrong("conv_counts", "pays no heed to the groups", {"channels // groups": "channels"})

wrong(
    "conv_counts",
    "divides the weights by the groups and forgets the MACs",
    {"elements * of_one": "elements * channels * kernel[0] * kernel[1]"},
)

wrong("conv_counts", "pads one side only", {"2 * p": "p"})

wrong(
    "conv_counts",
    "rounds the number of places up",
    {"(n + 2 * p - k) // s + 1": "-(-(n + 2 * p - k) // s) + 1"},
)

wrong("conv_counts", "forgets the place at 0", {"// s + 1": "// s"})

wrong("conv_counts", "counts a bias as a MAC", {"elements * of_one": "elements * (of_one + 1)"})

wrong("conv_counts", "counts operations", {"elements * of_one": "2 * elements * of_one"})

wrong(
    "conv_counts",
    "has a bias at each place",
    {"outputs * (of_one + 1)": "outputs * of_one + elements"},
)

wrong(
    "conv_counts",
    "counts the places of the input",
    {"elements * of_one": "outputs * size[0] * size[1] * of_one"},
)

wrong(
    "conv_counts",
    "takes every kernel for a square",
    {"size, padding, kernel, stride": "size, padding, kernel[:1] * 2, stride"},
)

wrong(
    "conv_counts",
    "gives each output channel one flat kernel",
    {"channels // groups * kernel[0]": "kernel[0]"},
)


@right("conv_counts", "counts the places with a range, the weights from a shape")
def _():
    def conv_counts(shape, outputs, kernel, stride=(1, 1), padding=(0, 0), groups=1, bias=True):
        places = 1
        for axis in (0, 1):
            last = shape[1 + axis] + 2 * padding[axis] - kernel[axis]
            places *= len(range(0, last + 1, stride[axis]))
        weights = prod((outputs, shape[0] // groups, *kernel))
        return {
            "params": weights + (outputs if bias else 0),
            "macs": weights * places,
            "elements": places * outputs,
        }


wrong(
    "live_elements",
    "keeps each array twice, as it is made and as it is read",
    {
        "pairs[0][0] + sum(makes for _, makes in pairs)": "sum(reads + makes for reads, makes in pairs)"
    },
)

wrong("live_elements", "forgets the input of the network", {"pairs[0][0] + sum(": "sum("})

wrong(
    "live_elements",
    "forgets what the last layer makes",
    {"pairs[0][0] + sum(makes for _, makes in pairs)": "sum(reads for reads, _ in pairs)"},
)

wrong(
    "live_elements",
    "takes the largest array instead of the largest pair",
    {"max(reads + makes for": "max(max(reads, makes) for"},
)

wrong("live_elements", "counts only what is made", {"max(reads + makes for": "max(makes for"})

wrong("live_elements", "keeps everything in inference too", {"if training": "if True"})


@wrong("live_elements", "adds the two largest arrays, neighbours or not")
def _():
    def live_elements(pairs, training):
        sizes = [pairs[0][0]] + [makes for _, makes in pairs]
        return sum(sizes) if training else sum(sorted(sizes)[-2:])


@wrong("live_elements", "takes arrays of equal size for one array")
def _():
    def live_elements(pairs, training):
        if training:
            return sum({size for pair in pairs for size in pair})
        return max(reads + makes for reads, makes in pairs)


@right("live_elements", "a list of sizes and its neighbours")
def _():
    def live_elements(pairs, training):
        sizes = [pairs[0][0]]
        largest = 0
        for reads, makes in pairs:
            sizes.append(makes)
            if reads + makes > largest:
                largest = reads + makes
        return sum(sizes) if training else largest


wrong("step_bytes", "gives Adam one state", {'"adam": 2': '"adam": 1'})

wrong("step_bytes", "gives momentum none", {'"momentum": 1': '"momentum": 0'})

wrong("step_bytes", "counts the gradients as a state of SGD", {'"sgd": 0': '"sgd": 1'})

wrong("step_bytes", "forgets the batch", {"elements * batch": "elements"})

wrong(
    "step_bytes",
    "has the weights once for each sample",
    {"params * number_bytes": "params * batch * number_bytes"},
)

wrong(
    "step_bytes",
    "has gradients for each sample",
    {"0 if optimizer is None else weights": "0 if optimizer is None else weights * batch"},
)

wrong(
    "step_bytes", "makes gradients in inference", {"0 if optimizer is None else weights": "weights"}
)

wrong("step_bytes", "counts four bytes for every number", {"params * number_bytes": "params * 4"})

wrong(
    "step_bytes",
    "takes an unknown optimizer for SGD",
    {
        'raise ValueError(f"the optimizer {optimizer!r} is not sgd, momentum, adam or None")': 'optimizer = "sgd"'
    },
)


@right("step_bytes", "a case for each optimizer")
def _():
    def step_bytes(params, elements, batch, optimizer, number_bytes=4):
        if optimizer is None:
            gradients, state = 0, 0
        elif optimizer == "sgd":
            gradients, state = params, 0
        elif optimizer == "momentum":
            gradients, state = params, params
        elif optimizer == "adam":
            gradients, state = params, 2 * params
        else:
            raise ValueError("unknown optimizer: " + str(optimizer))
        counted = dict(weights=params, gradients=gradients, state=state)
        counted["activations"] = batch * elements
        return {name: number_bytes * count for name, count in counted.items()}


@wrong("batch_choice", "trusts its count: no margin")
def _():
    choice = {"channels": 200, "batch": 64}


@wrong("batch_choice", "plays safe and leaves a third of the memory free")
def _():
    choice = {"channels": 128, "batch": 64}


@wrong("batch_choice", "takes a smaller batch than is asked for, and a wider network")
def _():
    choice = {"channels": 216, "batch": 32}


@wrong("batch_choice", "takes a batch that is no power of two")
def _():
    choice = {"channels": 144, "batch": 96}


@wrong("batch_choice", "counts the memory of inference")
def _():
    choice = {"channels": 256, "batch": 256}


@wrong("batch_choice", "enlarges the activations only")
def _():
    choice = {"channels": 176, "batch": 64}


@wrong("batch_choice", "finds the channels for a batch of 256 and keeps half of it")
def _():
    choice = {"channels": 72, "batch": 128}


@right("batch_choice", "a large batch, found by hand")
def _():
    choice = {"batch": 256, "channels": 72}


@right("batch_choice", "all choices that no other one beats, and the one in the middle")
def _():
    front = []
    for batch in (64, 128, 256, 512, 1024):
        channels = 8
        while True:
            parts = memory_of(small_cnn(4, channels + 8), batch, "adam")
            needed = 1.4 * parts.pop("activations") + 1.1 * sum(parts.values())
            if needed > 250e6:
                break
            channels += 8
        front.append({"channels": channels, "batch": batch})
    choice = front[1]


wrong(
    "step_gap",
    "counts a MAC as one operation",
    {"2 * forward * batch, 2 * backward * batch": "forward * batch, backward * batch"},
    cell="step_operations-solution",
)

wrong(
    "step_gap",
    "takes backward for twice forward in the first layer too",
    {"2 * sum(macs) - macs[0]": "2 * sum(macs)"},
    cell="step_operations-solution",
)

wrong(
    "step_gap",
    "makes no gradients in the first layer",
    {"2 * sum(macs) - macs[0]": "2 * sum(macs[1:])"},
    cell="step_operations-solution",
)

wrong(
    "step_gap",
    "spares the last layer, where the way backward begins",
    {"macs[0]": "macs[-1]"},
    cell="step_operations-solution",
)

wrong(
    "step_gap",
    "adds forward to backward",
    {"2 * backward * batch": "2 * (forward + backward) * batch"},
    cell="step_operations-solution",
)

wrong(
    "step_gap",
    "forgets the batch",
    {"2 * forward * batch, 2 * backward * batch": "2 * forward, 2 * backward"},
    cell="step_operations-solution",
)


@right("step_gap", "layer by layer", cell="step_operations-solution")
def _():
    def step_operations(macs, batch=1):
        there = back = 0
        for number, count in enumerate(macs):
            there += 2 * count
            back += 2 * count if number == 0 else 4 * count
        return there * batch, back * batch


wrong(
    "step_gap",
    "turns the ratio over",
    {'predicted / row["measured"]': 'row["measured"] / predicted'},
)

wrong(
    "step_gap",
    "adds every number of the row",
    {"sum(row[part] for part in parts)": "sum(row.values()) - row['measured']"},
)

wrong(
    "step_gap",
    "returns the bytes of the largest part",
    {"max(parts, key=row.get)": "max(row[part] for part in parts)"},
)

wrong("step_gap", "counts bytes instead of numbers", {" / 4 / row": " / row"})

wrong("step_gap", "gives what is missing for the whole batch", {' / 4 / row["batch"]': " / 4"})

wrong(
    "step_gap",
    "takes a count that is too high for a perfect one",
    {'missing = (row["measured"] - predicted)': 'missing = max(0, row["measured"] - predicted)'},
)


@right("step_gap", "NumPy")
def _():
    def memory_gap(row):
        names = ["weights", "gradients", "state", "activations"]
        sizes = np.array([row[name] for name in names], dtype=float)
        total = float(sizes.sum())
        missing = (row["measured"] - total) / (4 * row["batch"])
        return total / row["measured"], names[int(sizes.argmax())], missing
