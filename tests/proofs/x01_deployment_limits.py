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


@wrong("prediction", "writes sentences instead of the words")
def _():
    prediction = {
        "h100_sxm": "fast",
        "rpi5": "a bit slow",
        "rpi4": "too slow",
        "nrf52840": "out of memory",
        "rpi4_over_h100": 1000,
    }


@wrong("prediction", "leaves the ratio out")
def _():
    prediction = {
        "h100_sxm": "nothing",
        "rpi5": "nothing",
        "rpi4": "compute",
        "nrf52840": "memory",
    }


@wrong("prediction", "gives the ratio the other way round")
def _():
    prediction = {
        "h100_sxm": "nothing",
        "rpi5": "nothing",
        "rpi4": "compute",
        "nrf52840": "memory",
        "rpi4_over_h100": 0.001,
    }


@right("prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("h100_sxm", "rpi5", "rpi4", "nrf52840"), "bandwidth")
    prediction["rpi4_over_h100"] = 3.5


@wrong("datasheet", "takes a KiB for a thousand bytes")
def _():
    FACTORS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1e3, "Mi": 1e6, "Gi": 1e9}
    UNITS = ("FLOP/s", "MAC/s", "OP/s", "B/s", "B")

    def si_value(entry):
        number, unit, *remarks = entry.replace(",", "").split()
        name = next((u for u in UNITS if unit.endswith(u)), None)
        if name is None or unit.removesuffix(name) not in FACTORS:
            raise ValueError(f"the unit of {entry!r} is unknown")
        value = float(number) * FACTORS[unit.removesuffix(name)] * (2 if name == "MAC/s" else 1)
        return value / 2 if "sparse" in remarks else value


@wrong("datasheet", "believes the sparse peak")
def _():
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
        number, unit, *remarks = entry.replace(",", "").split()
        name = next((u for u in UNITS if unit.endswith(u)), None)
        if name is None or unit.removesuffix(name) not in FACTORS:
            raise ValueError(f"the unit of {entry!r} is unknown")
        return float(number) * FACTORS[unit.removesuffix(name)] * (2 if name == "MAC/s" else 1)


@wrong("datasheet", "counts a MAC as one operation")
def _():
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
        number, unit, *remarks = entry.replace(",", "").split()
        name = next((u for u in UNITS if unit.endswith(u)), None)
        if name is None or unit.removesuffix(name) not in FACTORS:
            raise ValueError(f"the unit of {entry!r} is unknown")
        return float(number) * FACTORS[unit.removesuffix(name)] / (2 if "sparse" in remarks else 1)


@wrong("datasheet", "takes bits for bytes, because case does not matter")
def _():
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
        number, unit, *remarks = entry.replace(",", "").replace("b", "B").split()
        name = next((u for u in UNITS if unit.endswith(u)), None)
        if name is None or unit.removesuffix(name) not in FACTORS:
            raise ValueError(f"the unit of {entry!r} is unknown")
        value = float(number) * FACTORS[unit.removesuffix(name)] * (2 if name == "MAC/s" else 1)
        return value / 2 if "sparse" in remarks else value


@wrong("datasheet", "stops at the comma that parts thousands")
def _():
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
        number, unit, *remarks = entry.split()
        name = next((u for u in UNITS if unit.endswith(u)), None)
        if name is None or unit.removesuffix(name) not in FACTORS:
            raise ValueError(f"the unit of {entry!r} is unknown")
        value = float(number.split(",")[0]) * FACTORS[unit.removesuffix(name)]
        value *= 2 if name == "MAC/s" else 1
        return value / 2 if "sparse" in remarks else value


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


@wrong("fits", "adds flash and RAM into one memory")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if None in (net.params, net.live_elements, device.memory_bytes):
            return None
        need = ceil((net.params + net.live_elements * batch) * DTYPE_BYTES[dtype])
        return max(0, need - int(device.memory_bytes + (device.flash_bytes or 0)))


@wrong("fits", "counts all activations, not those alive at one time")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if None in (net.params, net.activations, device.memory_bytes):
            return None
        weights = ceil(net.params * DTYPE_BYTES[dtype])
        live = ceil(net.activations * DTYPE_BYTES[dtype] * batch)
        if device.flash_bytes is None:
            return max(0, weights + live - int(device.memory_bytes))
        return max(0, weights - int(device.flash_bytes)) + max(0, live - int(device.memory_bytes))


@wrong("fits", "takes an unknown size for nothing")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        weights = ceil((net.params or 0) * DTYPE_BYTES[dtype])
        live = ceil((net.live_elements or 0) * DTYPE_BYTES[dtype] * batch)
        memory = int(device.memory_bytes or 0)
        if device.flash_bytes is None:
            return max(0, weights + live - memory)
        return max(0, weights - int(device.flash_bytes)) + max(0, live - memory)


@wrong("fits", "stores the weights once per sample")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if None in (net.params, net.live_elements, device.memory_bytes):
            return None
        weights = ceil(net.params * DTYPE_BYTES[dtype]) * batch
        live = ceil(net.live_elements * DTYPE_BYTES[dtype] * batch)
        if device.flash_bytes is None:
            return max(0, weights + live - int(device.memory_bytes))
        return max(0, weights - int(device.flash_bytes)) + max(0, live - int(device.memory_bytes))


@wrong("fits", "drops the half byte")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if None in (net.params, net.live_elements, device.memory_bytes):
            return None
        weights = int(net.params * DTYPE_BYTES[dtype])
        live = int(net.live_elements * DTYPE_BYTES[dtype] * batch)
        if device.flash_bytes is None:
            return max(0, weights + live - int(device.memory_bytes))
        return max(0, weights - int(device.flash_bytes)) + max(0, live - int(device.memory_bytes))


@wrong("fits", "lets free flash make up for missing RAM")
def _():
    def missing_bytes(net, device, dtype, batch=1):
        if None in (net.params, net.live_elements, device.memory_bytes):
            return None
        weights = ceil(net.params * DTYPE_BYTES[dtype]) - int(device.flash_bytes or 0)
        live = ceil(net.live_elements * DTYPE_BYTES[dtype] * batch) - int(device.memory_bytes)
        return max(0, weights + live)


@right("fits", "a list of stores")
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


@wrong("usable_dtype", "follows one fallback only")
def _():
    def usable_dtype(device, dtype):
        if dtype in device.peak:
            return dtype
        if dtype not in device.fallback:
            raise LookupError(f"{dtype} on {device.name} is unknown")
        return device.fallback[dtype]


@wrong("usable_dtype", "always falls back to fp32")
def _():
    def usable_dtype(device, dtype):
        if dtype in device.peak:
            return dtype
        if dtype in device.fallback and device.fallback[dtype] is None:
            return None
        if dtype not in device.fallback:
            raise LookupError(f"{dtype} on {device.name} is unknown")
        return "fp32"


@wrong("usable_dtype", "takes unknown for impossible")
def _():
    def usable_dtype(device, dtype):
        while dtype is not None and dtype not in device.peak:
            dtype = device.fallback.get(dtype)
        return dtype


@wrong("usable_dtype", "looks at the fallback before the peak")
def _():
    def usable_dtype(device, dtype):
        while dtype in device.fallback:
            dtype = device.fallback[dtype]
        if dtype is not None and dtype not in device.peak:
            raise LookupError(f"{dtype} on {device.name} is unknown")
        return dtype


@right("usable_dtype", "calls itself")
def _():
    def usable_dtype(device, dtype):
        if dtype is None or dtype in device.peak:
            return dtype
        try:
            wider = device.fallback[dtype]
        except KeyError:
            raise KeyError(f"{device.name}: {dtype}") from None
        return usable_dtype(device, wider)


@wrong("latency_s", "counts a MAC as one operation")
def _():
    def times_s(net, device, dtype, batch=1):
        computing = net.macs * batch / device.peak[usable_dtype(device, dtype)]
        elements = net.params + 2 * (net.activations or 0) * batch
        moving = elements * DTYPE_BYTES[dtype] / device.bandwidth if device.bandwidth else 0.0
        return computing, moving

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


@wrong("latency_s", "reads the weights again for every sample")
def _():
    def times_s(net, device, dtype, batch=1):
        computing = 2 * net.macs * batch / device.peak[usable_dtype(device, dtype)]
        elements = (net.params + 2 * (net.activations or 0)) * batch
        moving = elements * DTYPE_BYTES[dtype] / device.bandwidth if device.bandwidth else 0.0
        return computing, moving

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


@wrong("latency_s", "moves each activation once")
def _():
    def times_s(net, device, dtype, batch=1):
        computing = 2 * net.macs * batch / device.peak[usable_dtype(device, dtype)]
        elements = net.params + (net.activations or 0) * batch
        moving = elements * DTYPE_BYTES[dtype] / device.bandwidth if device.bandwidth else 0.0
        return computing, moving

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


@wrong("latency_s", "stores numbers in the type it computes in")
def _():
    def times_s(net, device, dtype, batch=1):
        used = usable_dtype(device, dtype)
        computing = 2 * net.macs * batch / device.peak[used]
        elements = net.params + 2 * (net.activations or 0) * batch
        moving = elements * DTYPE_BYTES[used] / device.bandwidth if device.bandwidth else 0.0
        return computing, moving

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


@wrong("latency_s", "counts four bytes for every type")
def _():
    def times_s(net, device, dtype, batch=1):
        computing = 2 * net.macs * batch / device.peak[usable_dtype(device, dtype)]
        elements = net.params + 2 * (net.activations or 0) * batch
        return computing, elements * 4 / device.bandwidth if device.bandwidth else 0.0

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


@wrong("latency_s", "gives up where the activations are unknown")
def _():
    def times_s(net, device, dtype, batch=1):
        computing = 2 * net.macs * batch / device.peak[usable_dtype(device, dtype)]
        if device.bandwidth is None or net.activations is None:
            return computing, 0.0
        moved = (net.params + 2 * net.activations * batch) * DTYPE_BYTES[dtype]
        return computing, moved / device.bandwidth

    def latency_s(net, device, dtype, batch=1):
        return max(times_s(net, device, dtype, batch))


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


@wrong("limit", "asks for memory before the type")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        short = missing_bytes(net, device, dtype, batch)
        if short:
            return "memory"
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            return "unknown"
        if used is None:
            return "dtype"
        if short is None:
            return "unknown"
        computing, moving = times_s(net, device, dtype, batch)
        if max(computing, moving) <= deadline_s:
            return "nothing"
        return "compute" if computing >= moving else "bandwidth"


@wrong("limit", "takes an unknown size for a fit")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            used = "unknown"
        if used is None:
            return "dtype"
        if missing_bytes(net, device, dtype, batch):
            return "memory"
        if used == "unknown":
            return "unknown"
        computing, moving = times_s(net, device, dtype, batch)
        if max(computing, moving) <= deadline_s:
            return "nothing"
        return "compute" if computing >= moving else "bandwidth"


@wrong("limit", "names the shorter of the two times")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            used = "unknown"
        short = missing_bytes(net, device, dtype, batch)
        if used is None:
            return "dtype"
        if short:
            return "memory"
        if short is None or used == "unknown":
            return "unknown"
        computing, moving = times_s(net, device, dtype, batch)
        if max(computing, moving) <= deadline_s:
            return "nothing"
        return "compute" if computing < moving else "bandwidth"


@wrong("limit", "calls an unknown rate the first wall, though the bytes are missing")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            return "unknown"
        if used is None:
            return "dtype"
        short = missing_bytes(net, device, dtype, batch)
        if short is None:
            return "unknown"
        if short:
            return "memory"
        computing, moving = times_s(net, device, dtype, batch)
        if max(computing, moving) <= deadline_s:
            return "nothing"
        return "compute" if computing >= moving else "bandwidth"


@wrong("limit", "forgets the batch")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            used = "unknown"
        short = missing_bytes(net, device, dtype)
        if used is None:
            return "dtype"
        if short:
            return "memory"
        if short is None or used == "unknown":
            return "unknown"
        computing, moving = times_s(net, device, dtype)
        if max(computing, moving) <= deadline_s:
            return "nothing"
        return "compute" if computing >= moving else "bandwidth"


@wrong("limit", "misses a deadline that is met exactly")
def _():
    def limit(net, device, dtype, deadline_s, batch=1):
        try:
            used = usable_dtype(device, dtype)
        except LookupError:
            used = "unknown"
        short = missing_bytes(net, device, dtype, batch)
        if used is None:
            return "dtype"
        if short:
            return "memory"
        if short is None or used == "unknown":
            return "unknown"
        computing, moving = times_s(net, device, dtype, batch)
        if max(computing, moving) < deadline_s:
            return "nothing"
        return "compute" if computing >= moving else "bandwidth"


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


@wrong("energy_j", "calls a counted figure a model")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[1], "model"
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        idle_w = device.tdp_w if device.idle_w is None else device.idle_w
        return (idle_w + (device.tdp_w - idle_w) * utilisation) * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        if device.usd_per_hour is None:
            return None
        return device.usd_per_hour / 3600 * seconds / batch * 1000


@wrong("energy_j", "takes unknown idle power for no idle power")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[1], counted[0]
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        idle_w = device.idle_w or 0
        return (idle_w + (device.tdp_w - idle_w) * utilisation) * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        if device.usd_per_hour is None:
            return None
        return device.usd_per_hour / 3600 * seconds / batch * 1000


@wrong("energy_j", "multiplies full power by the utilisation and forgets the idle power")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[1], counted[0]
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        return device.tdp_w * utilisation * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        if device.usd_per_hour is None:
            return None
        return device.usd_per_hour / 3600 * seconds / batch * 1000


@wrong("energy_j", "lets every sample of a batch pay the whole bill")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[1], counted[0]
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        idle_w = device.tdp_w if device.idle_w is None else device.idle_w
        return (idle_w + (device.tdp_w - idle_w) * utilisation) * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        if device.usd_per_hour is None:
            return None
        return device.usd_per_hour / 3600 * seconds * 1000


@wrong("energy_j", "calls an unknown price free")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted is not None:
            return counted[1], counted[0]
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        idle_w = device.tdp_w if device.idle_w is None else device.idle_w
        return (idle_w + (device.tdp_w - idle_w) * utilisation) * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        return (device.usd_per_hour or 0) / 3600 * seconds / batch * 1000


@wrong("energy_j", "does not believe a counter that says 0")
def _():
    def energy_j(net, device, dtype, seconds, utilisation=1.0, counted=None):
        if counted and counted[1]:
            return counted[1], counted[0]
        if device.tdp_w is None:
            return floor_j(net, device, dtype), "model"
        idle_w = device.tdp_w if device.idle_w is None else device.idle_w
        return (idle_w + (device.tdp_w - idle_w) * utilisation) * seconds, "model"

    def usd_per_1000(device, seconds, batch=1):
        if device.usd_per_hour is None:
            return None
        return device.usd_per_hour / 3600 * seconds / batch * 1000


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


@right("deployment_choice", "found by hand")
def _():
    choice = {"dtype": "fp32", "device": "rpi5", "network": "efficientnet_b0"}


@wrong("my_machine", "takes the mean")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError("at least seven")
        call()
        samples_s = []
        for _ in range(repeats):
            start = clock()
            call()
            samples_s.append(clock() - start)
        low, high = np.percentile(samples_s, [25, 75])
        middle = float(np.mean(samples_s))
        return {
            "samples_s": samples_s,
            "median_s": middle,
            "iqr_s": float(high - low),
            "rate": amount / middle,
        }


@wrong("my_machine", "does not warm up")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError("at least seven")
        samples_s = []
        for _ in range(repeats):
            start = clock()
            call()
            samples_s.append(clock() - start)
        low, middle, high = (float(q) for q in np.percentile(samples_s, [25, 50, 75]))
        return {
            "samples_s": samples_s,
            "median_s": middle,
            "iqr_s": high - low,
            "rate": amount / middle,
        }


@wrong("my_machine", "times all calls together and divides")
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


@wrong("my_machine", "takes the best of the samples for the rate")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        if repeats < 7:
            raise ValueError("at least seven")
        call()
        samples_s = []
        for _ in range(repeats):
            start = clock()
            call()
            samples_s.append(clock() - start)
        low, middle, high = (float(q) for q in np.percentile(samples_s, [25, 50, 75]))
        return {
            "samples_s": samples_s,
            "median_s": middle,
            "iqr_s": high - low,
            "rate": amount / min(samples_s),
        }


@wrong("my_machine", "is content with three repeats")
def _():
    def measure(call, amount, repeats=7, clock=perf_counter):
        call()
        samples_s = []
        for _ in range(repeats):
            start = clock()
            call()
            samples_s.append(clock() - start)
        low, middle, high = (float(q) for q in np.percentile(samples_s, [25, 50, 75]))
        return {
            "samples_s": samples_s,
            "median_s": middle,
            "iqr_s": high - low,
            "rate": amount / middle,
        }


@right("my_machine", "a function for one sample, and the statistics module")
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


@right("my_machine", "times the warm-up too, and throws it away")
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


@wrong("gap", "takes the difference from 1, so that a tenth seems near")
def _():
    def gap(trials):
        def ratio(row):
            return row["measured_s"] / (max(row["compute_s"], row["moving_s"]) + row["overhead_s"])

        worst = max(trials, key=lambda row: abs(ratio(row) - 1))
        dominant = max(("compute", "moving", "overhead"), key=lambda term: worst[f"{term}_s"])
        return worst["name"], ratio(worst), dominant


@wrong("gap", "turns the ratio over")
def _():
    def gap(trials):
        def ratio(row):
            return (max(row["compute_s"], row["moving_s"]) + row["overhead_s"]) / row["measured_s"]

        worst = max(trials, key=lambda row: abs(log(ratio(row))))
        dominant = max(("compute", "moving", "overhead"), key=lambda term: worst[f"{term}_s"])
        return worst["name"], ratio(worst), dominant


@wrong("gap", "adds all three terms")
def _():
    def gap(trials):
        def ratio(row):
            return row["measured_s"] / (row["compute_s"] + row["moving_s"] + row["overhead_s"])

        worst = max(trials, key=lambda row: abs(log(ratio(row))))
        dominant = max(("compute", "moving", "overhead"), key=lambda term: worst[f"{term}_s"])
        return worst["name"], ratio(worst), dominant


@wrong("gap", "takes the largest of the three as the prediction")
def _():
    def gap(trials):
        def ratio(row):
            return row["measured_s"] / max(row["compute_s"], row["moving_s"], row["overhead_s"])

        worst = max(trials, key=lambda row: abs(log(ratio(row))))
        dominant = max(("compute", "moving", "overhead"), key=lambda term: worst[f"{term}_s"])
        return worst["name"], ratio(worst), dominant


@wrong("gap", "takes the slowest row for the worst predicted one")
def _():
    def gap(trials):
        worst = max(trials, key=lambda row: row["measured_s"])
        predicted = max(worst["compute_s"], worst["moving_s"]) + worst["overhead_s"]
        dominant = max(("compute", "moving", "overhead"), key=lambda term: worst[f"{term}_s"])
        return worst["name"], worst["measured_s"] / predicted, dominant


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
