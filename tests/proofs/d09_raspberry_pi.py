"""Proofs for d09_raspberry_pi: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("peak_bytes", "adds up all moments", {"return max(moments)": "return sum(moments)"})

wrong("peak_bytes", "workspace for the whole batch", {"min(batch, 256)": "batch"})

wrong("peak_bytes", "forgets that the int8 rows stay", {"rows + own + batch": "own + batch"})

wrong(
    "peak_bytes",
    "forgets the end",
    {"moments = [rows + batch * sizes[-1] * (each + 8)]": "moments = []"},
)

wrong(
    "peak_bytes",
    "widens the weights in float32 too",
    {'(min(outputs, 256) if dtype == "int8" else 0)': "min(outputs, 256)"},
)

wrong(
    "peak_bytes",
    "counts the int8 rows twice in the first layer",
    {'0 if k == 0 and dtype == "int8" else batch * inputs * each': "batch * inputs * each"},
)

wrong(
    "peak_bytes",
    "adds the stored weights",
    {"return max(moments)": "return max(moments) + sum(a * b for a, b in pairwise(sizes))"},
)


@right("peak_bytes", "layer by layer, one number type after the other")
def _():
    def peak_bytes(sizes, batch, dtype):
        rows, last = batch * sizes[0], batch * sizes[-1]
        if dtype == "float32":
            layers = [
                rows + 4 * (batch * (a + b) + a * min(256, batch)) for a, b in zip(sizes, sizes[1:])
            ]
            return max(rows + 12 * last, *layers)
        peak = rows + 9 * last
        for k in range(len(sizes) - 1):
            a, b = sizes[k], sizes[k + 1]
            alive = rows + batch * b + 4 * a * (min(256, batch) + min(256, b))
            peak = max(peak, alive + (batch * a if k else 0))
        return peak


@wrong("largest_batch", "divides by the bytes of one input")
def _():
    def largest_batch(sizes, free_bytes, dtype):
        return free_bytes // peak_bytes(sizes, 1, dtype)


@wrong("largest_batch", "divides by the bytes of each input in a large batch")
def _():
    def largest_batch(sizes, free_bytes, dtype):
        each = peak_bytes(sizes, 100_001, dtype) - peak_bytes(sizes, 100_000, dtype)
        return free_bytes // each


@wrong("largest_batch", "tries powers of two only")
def _():
    def largest_batch(sizes, free_bytes, dtype):
        batch = 1
        while peak_bytes(sizes, 2 * batch, dtype) <= free_bytes:
            batch *= 2
        return batch


wrong(
    "largest_batch",
    "exactly full does not count as fitting",
    {
        "too_large, dtype) <= free_bytes": "too_large, dtype) < free_bytes",
        "middle, dtype) <= free_bytes": "middle, dtype) < free_bytes",
    },
)

wrong(
    "largest_batch",
    "returns the first batch that does not fit",
    {"return fits": "return too_large"},
)

wrong("largest_batch", "at least one", {"return fits": "return max(1, fits)"})


@right("largest_batch", "adds powers of two from the largest down")
def _():
    def largest_batch(sizes, free_bytes, dtype):
        batch = 0
        for bit in reversed(range(50)):
            if peak_bytes(sizes, batch + 2**bit, dtype) <= free_bytes:
                batch += 2**bit
        return batch


wrong(
    "batch_line",
    "plain least squares",
    {
        "np.column_stack([np.ones(len(times)), batches]) / times[:, None]": "np.column_stack([np.ones(len(times)), batches])",
        "lstsq(equations, np.ones(len(times))": "lstsq(equations, times",
    },
)

wrong(
    "batch_line",
    "each before fixed",
    {"return float(fixed), float(each)": "return float(each), float(fixed)"},
)

wrong(
    "batch_line",
    "the line through the first and the last point",
    {
        "    fixed, each = np.linalg.lstsq(equations, np.ones(len(times)), rcond=None)[0]\n": "    each = (times[-1] - times[0]) / (batches[-1] - batches[0])\n    fixed = times[0] - each * batches[0]\n"
    },
)

wrong(
    "batch_line",
    "no fixed cost",
    {"return float(fixed), float(each)": "return 0.0, float(np.mean(times / batches))"},
)


@right("batch_line", "polyfit with weights")
def _():
    def batch_line(batches, times):
        times = np.asarray(times, float)
        each, fixed = np.polyfit(batches, times, 1, w=1 / times)
        return fixed, each


wrong(
    "thread_times",
    "as if there were a core for each thread",
    {"np.minimum(threads, cores)": "np.asarray(threads)"},
)

wrong(
    "thread_times",
    "lets the serial time be negative",
    {"if min(serial, parallel) >= 0": "if parallel >= 0"},
)

wrong(
    "thread_times",
    "lets the parallel time be negative",
    {"if min(serial, parallel) >= 0": "if serial >= 0"},
)

wrong(
    "thread_times",
    "cuts the serial time off and leaves the parallel time as it was",
    {
        "return (0.0, only) if serial < 0 else (only, 0.0)": "return max(serial, 0.0), max(parallel, 0.0)"
    },
)

wrong(
    "thread_times",
    "a share instead of a time",
    {
        "return serial, parallel": "return serial / (serial + parallel), parallel / (serial + parallel)"
    },
)


@right("thread_times", "least squares of its own")
def _():
    def thread_times(threads, times, cores):
        times = np.asarray(times, float)
        share = np.array([1 / min(n, cores) for n in threads])
        a = np.column_stack([1 / times, share / times])
        serial, parallel = np.linalg.pinv(a) @ np.ones(len(times))
        if serial >= 0 and parallel >= 0:
            return float(serial), float(parallel)
        u = a[:, 1] if serial < 0 else a[:, 0]
        only = float(u.sum() / (u @ u))
        return (0.0, only) if serial < 0 else (only, 0.0)


wrong(
    "agreement",
    "subtracts the zero point in int8",
    {"q.astype(np.int64) - zero": "q - np.int8(zero)"},
)

wrong(
    "agreement",
    "the first of two equal outputs is the class",
    {"np.sum(at_real < whole.max(axis=1))": "np.sum(whole.argmax(axis=1) != real.argmax(axis=1))"},
)

wrong("agreement", "forgets the zero point", {"q.astype(np.int64) - zero": "q.astype(np.int64)"})

wrong(
    "agreement", "the mean distance", {"np.abs(whole - real).max()": "np.abs(whole - real).mean()"}
)

wrong(
    "agreement",
    "the largest difference with its sign",
    {"np.abs(whole - real).max()": "(whole - real).max()"},
)


@right("agreement", "image by image")
def _():
    def agreement(q, zero, real):
        farthest, contradictions = 0.0, 0
        for row, line in zip(np.asarray(q).tolist(), np.asarray(real).tolist()):
            farthest = max(farthest, *(abs(a - zero - b) for a, b in zip(row, line)))
            contradictions += row[int(np.argmax(line))] != max(row)
        return farthest, contradictions


wrong(
    "serving_plan",
    "forgets that the first input waits",
    {"wait_s = (batch - 1) / rate + time_s": "wait_s = time_s"},
)

wrong("serving_plan", "forgets to keep up", {"time_s <= batch / rate and ": ""})

wrong(
    "serving_plan",
    "the shortest latency instead of the least memory",
    {"good.append((used, wait_s,": "good.append((wait_s, used,"},
)

wrong(
    "serving_plan",
    "one stack for all threads",
    {"threads * machine.thread_bytes": "machine.thread_bytes"},
)

wrong("serving_plan", "never looks at float32", {'("int8", "float32")': '("int8",)'})

wrong(
    "serving_plan",
    "the serial part is divided among threads too",
    {
        "machine.serial_s[dtype] + machine.parallel_s[dtype] / min(threads, batch)": "(machine.serial_s[dtype] + machine.parallel_s[dtype]) / min(threads, batch)"
    },
)

wrong(
    "serving_plan",
    "a second thread for a single input",
    {"min(threads, batch)": "threads"},
)

wrong("serving_plan", "forgets the weights", {"machine.weight_bytes[dtype] + threads": "threads"})

wrong(
    "serving_plan",
    "a tie goes to fewer threads",
    {
        "good.append((used, wait_s, (dtype, batch, threads)))": "good.append((used, 0, (dtype, batch, threads)))"
    },
)


@right("serving_plan", "filters a product of choices")
def _():
    from itertools import product

    def serving_plan(machine, rate, latency_s, memory_bytes):
        def cost(plan):
            dtype, batch, threads = plan
            serial, parallel = machine.serial_s[dtype], machine.parallel_s[dtype]
            busy = machine.fixed_s[dtype] + batch * (serial + parallel / min(threads, batch))
            memory = machine.weight_bytes[dtype] + peak_bytes(machine.sizes, batch, dtype)
            return memory + threads * machine.thread_bytes, (batch - 1) / rate + busy, busy

        plans = product(("float32", "int8"), machine.batches, range(1, machine.cores + 1))
        costs = [(cost(plan), plan) for plan in plans]
        fitting = [
            (memory, late, plan)
            for (memory, late, busy), plan in costs
            if memory <= memory_bytes and late <= latency_s and busy <= plan[1] / rate
        ]
        return min(fitting)[2] if fitting else None
