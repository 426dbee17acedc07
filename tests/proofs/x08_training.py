"""Proofs for x08_training: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("training_prediction", "leaves the example as it stands")
def _():
    prediction = {"optimizer_share": ..., "saved_small": ..., "saved_large": ...}


wrong("training_prediction", "answers in per cent", {"0.75": "75", "0.5,": "50,"})

wrong("training_prediction", "leaves the large batch out", {', "saved_large": 0.1': ""})

wrong("training_prediction", "expects that a larger batch needs more steps", {"0.1": "-0.1"})


@right("training_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict(saved_small=0, saved_large=0.9)
    prediction["optimizer_share"] = 1 / 3


wrong(
    "state_bytes",
    "divides the gradients in stage 1 already",
    {'"gradients": (2, 2)': '"gradients": (2, 1)'},
)

wrong(
    "state_bytes",
    "divides everything in stage 1",
    {"zero >= first_stage": "zero >= 1"},
)

wrong("state_bytes", "keeps gradients in 4 bytes", {'"gradients": (2, 2)': '"gradients": (4, 2)'})

wrong(
    "state_bytes",
    "forgets the exact copy of the weights",
    {'"optimizer": (12, 1)': '"optimizer": (8, 1)'},
)

wrong(
    "state_bytes",
    "divides the weights first and the optimizer state last",
    {'"weights": (2, 3)': '"weights": (2, 1)', '"optimizer": (12, 1)': '"optimizer": (12, 3)'},
)

wrong(
    "state_bytes",
    "divides one stage too late",
    {"zero >= first_stage": "zero > first_stage"},
)

wrong(
    "state_bytes",
    "divides whole bytes",
    {"each * params / (devices": "each * params // (devices"},
)


@right("state_bytes", "one line for each part")
def _():
    def state_bytes(params, devices=1, zero=0):
        shares = {"weights": 2.0 * params, "gradients": 2.0 * params, "optimizer": 12.0 * params}
        for stage, name in enumerate(("optimizer", "gradients", "weights"), 1):
            if stage <= zero:
                shares[name] /= devices
        return shares


wrong(
    "kept_activations",
    "drops the whole bracket's attention for every way to recompute",
    {'5 * net.heads * sequence / net.hidden if recompute == "none" else 0': "0"},
)

wrong(
    "kept_activations",
    "keeps attention when recomputing is selective",
    {'if recompute == "none" else 0': 'if recompute != "full" else 0'},
)

wrong(
    "kept_activations",
    "divides the inputs of full recomputing among the devices too",
    {"return 2 * inputs": "return 2 * inputs / tensor"},
)

wrong(
    "kept_activations",
    "divides only the linear part among the devices",
    {"inputs * (34 + attention) / tensor": "inputs * (34 / tensor + attention)"},
)

wrong("kept_activations", "counts one layer", {" * net.layers": ""})

wrong(
    "kept_activations",
    "forgets that attention grows with the sequence",
    {"5 * net.heads * sequence / net.hidden": "5 * net.heads / net.hidden"},
)

wrong("kept_activations", "forgets the micro-batch", {"sequence * micro_batch": "sequence"})

wrong("kept_activations", "keeps one byte for an input", {"return 2 * inputs": "return inputs"})


@right("kept_activations", "layer by layer")
def _():
    def kept_bytes(net, micro_batch, sequence, recompute="none", tensor=1):
        s, b, h, a = sequence, micro_batch, net.hidden, net.heads
        layer = {
            "none": (34 * s * b * h + 5 * a * s * s * b) / tensor,
            "selective": 34 * s * b * h / tensor,
            "full": 2 * s * b * h,
        }[recompute]
        return layer * net.layers


wrong(
    "ring_and_bubble",
    "sends the whole message to every other device",
    {"messages / devices * message_bytes": "(devices - 1) * message_bytes"},
)

wrong(
    "ring_and_bubble",
    "sends the whole message once, whatever the number of devices",
    {"messages / devices * message_bytes": "message_bytes"},
)

wrong(
    "ring_and_bubble",
    "goes around once, without sending the sums back",
    {"2 * (devices - 1)": "devices - 1"},
)

wrong(
    "ring_and_bubble",
    "pays one latency for all messages",
    {"messages * latency_s": "latency_s"},
)

wrong(
    "ring_and_bubble",
    "counts N messages instead of N-1",
    {"2 * (devices - 1)": "2 * devices"},
)

wrong(
    "ring_and_bubble",
    "lets the micro-batches make the bubble",
    {
        "(stages - 1) / (micro_batches + stages - 1)": "(micro_batches - 1) / (micro_batches + stages - 1)"
    },
)

wrong(
    "ring_and_bubble",
    "gives the bubble over the ideal time instead of all the time",
    {"(stages - 1) / (micro_batches + stages - 1)": "(stages - 1) / micro_batches"},
)

wrong(
    "ring_and_bubble",
    "forgets the one that never waits",
    {"(stages - 1) / (micro_batches + stages - 1)": "stages / (micro_batches + stages)"},
)


@right("ring_and_bubble", "adds up messages, and counts slots")
def _():
    def allreduce_s(message_bytes, devices, rate, latency_s=0.0):
        if devices == 1:
            return 0.0
        one = latency_s + message_bytes / devices / rate
        return (devices - 1) * one + (devices - 1) * one

    def bubble_share(stages, micro_batches):
        slots = micro_batches + stages - 1
        return 1 - micro_batches / slots


wrong(
    "run_hours",
    "believes the sparse peak",
    {"peak / 2 if is_sparse else peak": "peak"},
)

wrong(
    "run_hours",
    "halves the dense peak",
    {"peak / 2 if is_sparse else peak": "peak if is_sparse else peak / 2"},
)

wrong("run_hours", "counts the forward pass alone", {"6 * params": "2 * params"})

wrong("run_hours", "forgets the utilisation", {"(dense * mfu)": "dense"})

wrong("run_hours", "takes the work times the utilisation", {"/ (dense * mfu)": "/ dense * mfu"})

wrong("run_hours", "gives seconds", {" / 3600": ""})

wrong(
    "run_hours",
    "pays for the hours on the clock only",
    {"hours * usd_per_hour": "hours / devices * usd_per_hour"},
)

wrong(
    "run_hours",
    "pays every device for all hours",
    {"hours * usd_per_hour": "hours * devices * usd_per_hour"},
)

wrong(
    "run_hours",
    "gives days of one device",
    {"hours / devices / 24": "hours / 24"},
)


@right("run_hours", "one name for each quantity")
def _():
    def gpu_hours(params, tokens, peak, mfu, is_sparse=False):
        operations = (2 + 4) * params * tokens
        rate = mfu * peak * (0.5 if is_sparse else 1.0)
        return operations / (3600 * rate)

    def days_and_usd(hours, devices, usd_per_hour):
        dollars = usd_per_hour * hours
        clock_hours = hours / devices
        return (clock_hours / 24, dollars)


@wrong("training_plan", "takes the fastest plan of an idle network")
def _():
    plan = {
        "zero": 2,
        "micro_batch": 4,
        "accumulation": 2,
        "recompute": "selective",
        "tensor": 2,
        "pipeline": 1,
    }


@wrong("training_plan", "takes the same with stage 1, fast at 25 GB/s and slow at 10")
def _():
    plan = {
        "zero": 1,
        "micro_batch": 2,
        "accumulation": 4,
        "recompute": "selective",
        "tensor": 2,
        "pipeline": 1,
    }


@wrong("training_plan", "saves memory wherever it can")
def _():
    plan = {
        "zero": 3,
        "micro_batch": 1,
        "accumulation": 4,
        "recompute": "full",
        "tensor": 1,
        "pipeline": 1,
    }


@wrong("training_plan", "hopes that accumulation makes room")
def _():
    plan = {
        "zero": 1,
        "micro_batch": 1,
        "accumulation": 4,
        "recompute": "selective",
        "tensor": 1,
        "pipeline": 1,
    }


@wrong("training_plan", "forgets that the groups multiply the batch")
def _():
    plan = {
        "zero": 1,
        "micro_batch": 1,
        "accumulation": 1024,
        "recompute": "none",
        "tensor": 4,
        "pipeline": 1,
    }


@wrong("training_plan", "shares every layer among a whole node")
def _():
    plan = {
        "zero": 1,
        "micro_batch": 1,
        "accumulation": 32,
        "recompute": "selective",
        "tensor": 8,
        "pipeline": 1,
    }


@wrong("training_plan", "makes the pipeline long, and few micro-batches")
def _():
    plan = {
        "zero": 1,
        "micro_batch": 8,
        "accumulation": 4,
        "recompute": "full",
        "tensor": 1,
        "pipeline": 8,
    }


@right("training_plan", "a pipeline of two, and less memory")
def _():
    plan = {
        "pipeline": 2,
        "tensor": 2,
        "recompute": "selective",
        "accumulation": 16,
        "micro_batch": 1,
        "zero": 1,
    }


@right("training_plan", "larger micro-batches, chosen by hand")
def _():
    plan = dict(zero=1, micro_batch=4, recompute="selective", tensor=4, pipeline=1)
    plan["accumulation"] = 1024 // (4 * 256 // 4)


wrong(
    "ring_gap",
    "divides measured by predicted",
    {'predicted / row["measured_s"]': 'row["measured_s"] / predicted'},
)

wrong(
    "ring_gap",
    "keeps the sign of what is unexplained",
    {'abs(row["measured_s"] - predicted)': 'row["measured_s"] - predicted'},
)

wrong(
    "ring_gap",
    "knows two terms only",
    {"max(sizes, key=sizes.get)": 'max(("latency", "transfer"), key=sizes.get)'},
)

wrong(
    "ring_gap",
    "takes the measured time for the third term",
    {'abs(row["measured_s"] - predicted)': 'row["measured_s"]'},
)

wrong(
    "ring_gap",
    "counts the latency in both terms",
    {
        'allreduce_s(row["bytes"], row["workers"], row["rate"])': 'allreduce_s(row["bytes"], row["workers"], row["rate"], row["latency_s"])'
    },
)

wrong(
    "ring_gap",
    "leaves the latency out of the prediction",
    {"predicted = latency + transfer": "predicted = transfer"},
)

wrong(
    "ring_gap",
    "names the last of equal terms",
    {"max(sizes, key=sizes.get)": "max(reversed(TERMS), key=sizes.get)"},
)


@right("ring_gap", "writes the formula again")
def _():
    def gap(row):
        n, measured = row["workers"], row["measured_s"]
        latency = 2 * (n - 1) * row["latency_s"]
        transfer = 2 * (n - 1) / n * row["bytes"] / row["rate"]
        rest = abs(latency + transfer - measured)
        largest = max(latency, transfer, rest)
        if latency == largest:
            name = "latency"
        else:
            name = "transfer" if transfer == largest else "unexplained"
        return (latency + transfer) / measured, name
