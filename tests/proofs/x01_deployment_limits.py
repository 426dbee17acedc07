"""Proofs for x01_deployment_limits: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("prediction", "leaves the example as it stands")
def _():
    prediction = {
        "h100_sxm": ...,
        "rpi5": ...,
        "rpi4": ...,
        "nrf52840": ...,
        "rpi4_over_h100": ...,
    }


wrong(
    "prediction",
    "writes sentences instead of the words",
    {'"compute"': '"too slow"', '"memory"': '"out of memory"'},
)

wrong("prediction", "leaves the ratio out", {'"rpi4_over_h100": 20_000,': ""})

wrong("prediction", "gives the ratio the other way round", {"20_000": "1 / 20_000"})


@right("prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("h100_sxm", "rpi5", "rpi4", "nrf52840"), "bandwidth")
    prediction["rpi4_over_h100"] = 3.5


wrong(
    "datasheet",
    "takes a KiB for a thousand bytes",
    {'"Ki": 2**10, "Mi": 2**20, "Gi": 2**30': '"Ki": 1e3, "Mi": 1e6, "Gi": 1e9'},
)

wrong(
    "datasheet",
    "believes the sparse peak",
    {'value / 2 if "sparse" in remarks else value': "value"},
)

wrong(
    "datasheet",
    "counts a MAC as one operation",
    {'2 * value if name == "MAC/s" else value': "value"},
)

wrong(
    "datasheet",
    "takes bits for bytes, because case does not matter",
    {'entry.replace(",", "")': 'entry.replace(",", "").replace("b", "B")'},
)

wrong(
    "datasheet",
    "stops at the comma that parts thousands",
    {'.replace(",", "")': "", "float(number)": 'float(number.split(",")[0])'},
)


@right("datasheet", "one regular expression")
def _():
    import re

    FACTORS = {
        "": 1,
        "k": 1e3,
        "M": 1e6,
        "G": 1e9,
        "T": 1e12,
        "Ki": 2**10,
        "Mi": 2**20,
        "Gi": 2**30,
    }
    UNITS = ("FLOP/s", "MAC/s", "OP/s", "B/s", "B")

    def si_value(entry):
        found = re.fullmatch(
            r"([\d.,]+) (|[kMGT]|[KMG]i)(FLOP/s|MAC/s|OP/s|B/s|B)( sparse)?", entry
        )
        if not found:
            raise ValueError(f"cannot read {entry}")
        number, factor, unit, sparse = found.groups()
        value = float(number.replace(",", "")) * FACTORS[factor]
        return value * {"MAC/s": 2}.get(unit, 1) * (0.5 if sparse else 1)


wrong(
    "fits",
    "adds flash and RAM into one memory",
    {
        "max(0, weights - int(device.flash_bytes)) + max(0, live - int(device.memory_bytes))": "max(0, weights + live - int(device.flash_bytes + device.memory_bytes))"
    },
    cell="fits-solution",
)

wrong(
    "fits",
    "counts all activations, not those alive at one time",
    {
        "net.live_elements, device": "net.activations, device",
        "ceil(net.live_elements": "ceil(net.activations",
    },
    cell="fits-solution",
)


@wrong("fits", "takes an unknown size for nothing", cell="fits-solution")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        weights = ceil((net.params or 0) * DTYPE_BYTES[dtype])
        live = ceil((net.live_elements or 0) * DTYPE_BYTES[dtype] * batch)
        memory = int(device.memory_bytes or 0)
        if device.flash_bytes is None:
            return max(0, weights + live - memory)
        return max(0, weights - int(device.flash_bytes)) + max(0, live - memory)


wrong(
    "fits",
    "stores the weights once per sample",
    {"ceil(net.params * DTYPE_BYTES[dtype])": "ceil(net.params * DTYPE_BYTES[dtype]) * batch"},
    cell="fits-solution",
)

wrong(
    "fits",
    "drops the half byte",
    {"weights = ceil(": "weights = int(", "live = ceil(": "live = int("},
    cell="fits-solution",
)

wrong(
    "fits",
    "lets free flash make up for missing RAM",
    {"int(device.flash_bytes)) + max(0, live": "int(device.flash_bytes) + live"},
    cell="fits-solution",
)


@right("fits", "a list of stores", cell="fits-solution")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if net.params is None or net.live_elements is None or device.memory_bytes is None:
            return None
        size = DTYPE_BYTES[dtype]
        weights, live = ceil(size * net.params), ceil(size * batch * net.live_elements)
        stores = [(weights + live, device.memory_bytes)]
        if device.flash_bytes is not None:
            stores = [(weights, device.flash_bytes), (live, device.memory_bytes)]
        return int(sum(need - there for need, there in stores if need > there))


wrong("fits", "follows one fallback only", {"while dtype not in": "if dtype not in"})

wrong("fits", "always falls back to fp32", {"dtype = device.fallback[dtype]": 'return "fp32"'})

wrong(
    "fits",
    "takes unknown for impossible",
    {
        'raise LookupError(f"the {dtype} rate of {device.name} is unknown: measure it")': "return None"
    },
)

wrong(
    "fits",
    "looks at the fallback before the peak",
    {"while dtype not in": "while dtype in device.fallback or dtype not in"},
)


@right("fits", "calls itself")
def _():
    def usable_dtype(device, dtype):
        if dtype is None or dtype in device.peak:
            return dtype
        try:
            wider = device.fallback[dtype]
        except KeyError:
            raise KeyError(f"{device.name}: {dtype}") from None
        return usable_dtype(device, wider)


wrong("latency_s", "counts a MAC as one operation", {"2 * net.macs": "net.macs"})

wrong(
    "latency_s",
    "reads the weights again for every sample",
    {"net.params + 2 * (net.activations or 0)": "(net.params + 2 * (net.activations or 0))"},
)

wrong(
    "latency_s",
    "moves each activation once",
    {"2 * (net.activations or 0)": "(net.activations or 0)"},
)

wrong(
    "latency_s",
    "stores numbers in the type it computes in",
    {"DTYPE_BYTES[dtype]": "DTYPE_BYTES[usable_dtype(device, dtype)]"},
)

wrong("latency_s", "counts four bytes for every type", {"DTYPE_BYTES[dtype]": "4"})

wrong(
    "latency_s",
    "gives up where the activations are unknown",
    {"if device.bandwidth else": "if device.bandwidth and net.activations else"},
)


@right("latency_s", "an infinite bandwidth where it is unknown")
def _():
    def times_s(net, device, dtype, batch=1):
        rate = device.peak[usable_dtype(device, dtype)]
        width = float("inf") if device.bandwidth is None else device.bandwidth
        activations = 0 if net.activations is None else 2 * batch * net.activations
        moved = DTYPE_BYTES[dtype] * (net.params + activations)
        return batch * net.macs / rate * 2, moved / width

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


wrong(
    "limit", "asks for memory before the type", {"if used is None": "if used is None and not short"}
)

wrong("limit", "takes an unknown size for a fit", {"short is None or ": ""})

wrong("limit", "names the shorter of the two times", {"computing >= moving": "computing < moving"})

wrong(
    "limit",
    "calls an unknown rate the first wall, though the bytes are missing",
    {'used = "unknown"': 'return "unknown"'},
)

wrong(
    "limit",
    "forgets the batch",
    {
        "missing_bytes(net, device, dtype, batch)": "missing_bytes(net, device, dtype)",
        "times_s(net, device, dtype, batch)": "times_s(net, device, dtype)",
    },
)

wrong("limit", "misses a deadline that is met exactly", {"<= deadline_s": "< deadline_s"})


@right("limit", "collects the walls in their order")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        short = missing_bytes(net, device, dtype, batch)
        try:
            used, known = usable_dtype(device, dtype), True
        except LookupError:
            used, known = dtype, False
        walls = []
        if used is None:
            walls.append("dtype")
        if short is not None and short > 0:
            walls.append("memory")
        if short is None or not known:
            walls.append("unknown")
        if walls:
            return walls[0]
        times = dict(zip(("compute", "bandwidth"), times_s(net, device, dtype, batch)))
        worst = max(times, key=times.get)
        return worst if times[worst] > deadline_s else "nothing"


wrong(
    "energy_j", "calls a counted figure a model", {"return value, method": 'return value, "model"'}
)

wrong(
    "energy_j",
    "takes unknown idle power for no idle power",
    {"device.tdp_w if device.idle_w is None else device.idle_w": "device.idle_w or 0"},
)

wrong(
    "energy_j",
    "multiplies full power by the utilisation and forgets the idle power",
    {"(idle_w + (device.tdp_w - idle_w) * utilisation)": "device.tdp_w * utilisation"},
)

wrong(
    "energy_j",
    "lets every sample of a batch pay the whole bill",
    {"seconds / batch * 1000": "seconds * 1000"},
)

wrong("energy_j", "calls an unknown price free", {"return None": "return 0"})

wrong(
    "energy_j",
    "does not believe a counter that says 0",
    {"counted is not None": "counted and counted[1]"},
)


@right("energy_j", "weighs the two powers")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[::-1]
        full = device.tdp_w
        if full is None:
            return floor_j(net, device, dtype), "model"
        idle = full if device.idle_w is None else device.idle_w
        return seconds * (utilisation * full + (1 - utilisation) * idle), "model"

    def usd_per_1000(device, seconds, batch=1):
        price = device.usd_per_hour
        return None if price is None else price * (1000 * seconds / batch) / 3600


@wrong("deployment_choice", "trusts the data sheet: full speed, full precision")
def _():
    choice = {"network": "resnet50", "device": "rpi5", "dtype": "fp32"}


@wrong("deployment_choice", "plays safe and gives accuracy away")
def _():
    choice = {"network": "mobilenet_v2", "device": "rpi5", "dtype": "int8"}


@wrong("deployment_choice", "takes the quantised network for the best one that holds")
def _():
    choice = {"network": "resnet50", "device": "rpi5", "dtype": "int8"}


@wrong("deployment_choice", "takes a device that is fast enough and draws too much")
def _():
    choice = {"network": "vit_b16", "device": "l4", "dtype": "fp32"}


@wrong("deployment_choice", "takes a board whose power nobody has published")
def _():
    choice = {"network": "efficientnet_b0", "device": "rpi4", "dtype": "fp32"}


@wrong("deployment_choice", "takes the most accurate network, in a type nobody has evaluated")
def _():
    choice = {"network": "vit_b16", "device": "rpi5", "dtype": "int8"}


@wrong(
    "deployment_choice", "takes a network for spoken words, whose accuracy is the highest figure"
)
def _():
    choice = {"network": "mlpt_kws", "device": "rpi5", "dtype": "fp32"}


@wrong("deployment_choice", "takes a device whose memory nobody has published")
def _():
    choice = {"network": "resnet50", "device": "coral_usb", "dtype": "int8"}


@right("deployment_choice", "found by hand")
def _():
    choice = {"dtype": "fp32", "device": "rpi5", "network": "efficientnet_b0"}


wrong(
    "gap",
    "takes the mean",
    {
        '"median_s": middle': '"median_s": np.mean(samples_s)',
        "amount / middle": "amount / np.mean(samples_s)",
    },
    cell="my_machine-solution",
)

wrong(
    "gap",
    "does not warm up",
    {"call()\n    samples_s = []": "samples_s = []"},
    cell="my_machine-solution",
)


@wrong("gap", "times all calls together and divides", cell="my_machine-solution")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError("at least seven")
        call()
        start = clock()
        for _ in range(repeats):
            call()
        each = (clock() - start) / repeats
        return {
            "samples_s": [each] * repeats,
            "median_s": each,
            "iqr_s": 0.0,
            "rate": amount / each,
        }


wrong(
    "gap",
    "takes the best of the samples for the rate",
    {"amount / middle": "amount / min(samples_s)"},
    cell="my_machine-solution",
)

wrong(
    "gap",
    "is content with three repeats",
    {"repeats < 7": "repeats < 3"},
    cell="my_machine-solution",
)


@right("gap", "a function for one sample, and the statistics module", cell="my_machine-solution")
def _():
    from statistics import median

    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError(f"{repeats} repeats are too few")

        def sample():
            start = clock()
            call()
            return clock() - start

        call()
        samples_s = [sample() for _ in range(repeats)]
        spread = float(np.subtract(*np.percentile(samples_s, [75, 25])))
        middle = median(samples_s)
        return dict(samples_s=samples_s, median_s=middle, iqr_s=spread, rate=amount / middle)


@right("gap", "times the warm-up too, and throws it away", cell="my_machine-solution")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError(f"{repeats} repeats are too few")
        ticks = []
        for _ in range(repeats + 1):
            ticks.append(clock())
            call()
        ticks.append(clock())
        samples = np.diff(ticks)[1:]
        low, middle, high = np.quantile(samples, (0.25, 0.5, 0.75))
        return {
            "samples_s": samples.tolist(),
            "median_s": middle,
            "iqr_s": high - low,
            "rate": amount / middle,
        }


wrong(
    "gap",
    "takes the difference from 1, so that a tenth seems near",
    {"abs(log(ratio(row)))": "abs(ratio(row) - 1)"},
)

wrong("gap", "turns the ratio over", {"ratio(worst)": "1 / ratio(worst)"})

wrong(
    "gap",
    "adds all three terms",
    {'max(row["compute_s"], row["moving_s"])': 'row["compute_s"] + row["moving_s"]'},
)

wrong(
    "gap",
    "takes the largest of the three as the prediction",
    {
        'max(row["compute_s"], row["moving_s"]) + row["overhead_s"]': 'max(row["compute_s"], row["moving_s"], row["overhead_s"])'
    },
)

wrong(
    "gap",
    "takes the slowest row for the worst predicted one",
    {"abs(log(ratio(row)))": 'row["measured_s"]'},
)


@right("gap", "sorts by the larger of the ratio and its inverse")
def _():
    def gap(trials):
        found = []
        for row in trials:
            terms = {term: row[term + "_s"] for term in ("compute", "moving", "overhead")}
            predicted = max(terms["compute"], terms["moving"]) + terms["overhead"]
            ratio = row["measured_s"] / predicted
            found.append((max(ratio, 1 / ratio), row["name"], ratio, max(terms, key=terms.get)))
        return sorted(found)[-1][1:]
