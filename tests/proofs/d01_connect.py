"""Proofs for d01_connect: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("fields", "splits at every equals sign", {'.split("=", 1)': '.split("=")[:2]'})

wrong(
    "fields",
    "strips brackets instead of cutting one off",
    {"line[len(start) : -1]": 'line.removeprefix(f"m-{kind}-").strip("[]")'},
)

wrong(
    "fields",
    "isdigit alone: a negative number stays text",
    {"digits.isascii() and digits.isdigit()": "value.isdigit()"},
)

wrong(
    "fields",
    "takes the lines of every kind",
    {
        "line.startswith(start)": '"-[" in line',
        "line[len(start) : -1]": 'line[line.index("[") + 1 : -1]',
    },
)

wrong(
    "fields",
    "leaves numbers as text",
    {"int(value) if digits.isascii() and digits.isdigit() else value": "value"},
)


@right("fields", "a regular expression")
def _():
    import re

    def fields(lines, kind):
        pattern = re.compile(rf"m-{re.escape(kind)}-\[(.*?)=(.*)\]")
        matches = [m for m in map(pattern.fullmatch, lines) if m]
        whole = re.compile(r"-?[0-9]+")
        return {m[1]: int(m[2]) if whole.fullmatch(m[2]) else m[2] for m in matches}


wrong(
    "line_reader",
    "takes a packet for a text of whole lines",
    {"*complete, self.rest = (self.rest + packet)": "complete = packet"},
)

wrong("line_reader", "lets noise raise", {', errors="replace"': ""})


@wrong("line_reader", "one buffer for all readers")
def _():
    class LineReader:
        rest = bytearray()

        def push(self, packet):
            self.rest.extend(packet)
            *complete, last = bytes(self.rest).split(b"\n")
            self.rest[:] = last
            lines = [line.rstrip(b"\r").decode("ascii", "replace") for line in complete]
            return [line for line in lines if line]


wrong("line_reader", "looks for \\r\\n only", {r'split(b"\n")': r'split(b"\r\n")'})

wrong("line_reader", "strips the spaces too", {r'rstrip(b"\r")': "strip()"})


@right("line_reader", "byte by byte")
def _():
    class LineReader:
        def __init__(self):
            self.line = bytearray()

        def push(self, packet):
            done = []
            for byte in packet:
                if byte != 10:
                    self.line.append(byte)
                    continue
                text = bytes(self.line).rstrip(b"\r").decode("ascii", "replace")
                self.line.clear()
                if text:
                    done.append(text)
            return done


wrong(
    "ask",
    "takes the first read for the answer",
    {
        "while monotonic() < deadline": "if monotonic() < deadline",
        "link.read(0.02)": "link.read(timeout_s)",
    },
)

wrong(
    "ask",
    "an empty read is the end",
    {
        "while monotonic() < deadline": "while packet := link.read(0.05)",
        "link.read(0.02)": "packet",
    },
)


@wrong("ask", "no limit for a board that never stops talking")
def _():
    def ask(link, command, timeout_s=2.0):
        link.write(f"{command}%".encode())
        reader, lines, heard, spoken = LineReader(), [], monotonic(), 0
        while monotonic() - heard < timeout_s:
            packet = link.read(0.02)
            if packet:
                heard, spoken = monotonic(), spoken + 1
            if spoken > 100_000:
                return lines
            for line in reader.push(packet):
                if line == "m-ready":
                    return lines
                lines.append(line)
        raise TimeoutError(f"no answer to {command}")


wrong(
    "ask", "any line with m-ready in it ends the answer", {'line == "m-ready"': '"m-ready" in line'}
)

wrong(
    "ask",
    "returns what there is when the time is over",
    {
        "raise TimeoutError(f\"the board did not finish its answer to '{command}' in {timeout_s} s\")": "return lines"
    },
)

wrong(
    "ask",
    "sends the command again while it waits",
    {
        'link.write(f"{command}%".encode("ascii"))': "",
        "< deadline:": '< deadline:\n        link.write(f"{command}%".encode("ascii"))',
    },
)


@right("ask", "collects all lines and looks for m-ready afterwards")
def _():
    import time

    def ask(link, command, timeout_s=2.0):
        link.write((command + "%").encode("ascii"))
        reader, lines, start = LineReader(), [], time.perf_counter()
        while "m-ready" not in lines:
            if time.perf_counter() - start > timeout_s:
                raise TimeoutError(f"{command}: no m-ready within {timeout_s} seconds")
            lines += reader.push(link.read(0.01))
        return lines[: lines.index("m-ready")]


@wrong("resync", "reads until the line is quiet, without a nonce")
def _():
    def resync(link, nonce, timeout_s=2.0):
        dropped, reader = 0, LineReader()
        while packet := link.read(0.05):
            dropped += len(reader.push(packet))
        return dropped


wrong(
    "resync",
    "takes any complaint for its own",
    {"line.endswith(complaint)": '"e-[Unknown command:" in line'},
)

wrong(
    "resync",
    "leaves the m-ready after the complaint in the line",
    {'heard and line == "m-ready"': "line.endswith(complaint)"},
)

wrong("resync", "sends the nonce without ending a half-sent command", {"!%{nonce}%": "{nonce}%"})

wrong(
    "resync",
    "a bare % before the nonce",
    {"!%{nonce}%": "%{nonce}%", "LineReader(), 0, False": "LineReader(), 1, False"},
)

wrong(
    "resync",
    "the complaint must be the whole line, so noise before it hides it",
    {"line.endswith(complaint)": "line == complaint"},
)


@wrong("resync", "asks, and takes the first m-ready")
def _():
    def resync(link, nonce, timeout_s=2.0):
        return len(ask(link, f"!%{nonce}", timeout_s))


@right("resync", "collects everything, then finds the complaint and the m-ready after it")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(b"!%" + nonce.encode() + b"%")
        complaint, reader, lines = f"e-[Unknown command: {nonce}]", LineReader(), []
        deadline = monotonic() + timeout_s
        while monotonic() < deadline:
            lines += reader.push(link.read(0.01))
            at = next((k for k, line in enumerate(lines) if line.endswith(complaint)), None)
            if at is not None and "m-ready" in lines[at:]:
                return at
        raise TimeoutError(f"nothing about {nonce}")


wrong(
    "losses",
    "counts, instead of looking at the numbers",
    {"Losses(missing, longest)": "Losses(list(range(len(sequence), n)), n - len(sequence))"},
)

wrong(
    "losses",
    "looks only between numbers that came",
    {
        "for k in range(n) if": "for k in range(min(received, default=0), max(received, default=0)) if",
        "for k in range(n):": "for k in range(min(received, default=0), max(received, default=0)):",
    },
)

wrong(
    "losses",
    "the longest run is all that is missing",
    {"Losses(missing, longest)": "Losses(missing, len(missing))"},
)


@wrong("losses", "trusts the order in which lines came")
def _():
    @dataclass(frozen=True)
    class Losses:
        missing: list
        longest: int

    def losses(sequence, n):
        missing, expected, longest = [], 0, 0
        for number in [*sequence, n]:
            missing += range(expected, number)
            longest, expected = max(longest, number - expected), number + 1
        return Losses(missing, longest)


@right("losses", "gaps between neighbours of a sorted set with two ends")
def _():
    @dataclass(frozen=True)
    class Losses:
        missing: list
        longest: int

    def losses(sequence, n):
        order = [-1, *sorted(set(sequence)), n]
        gaps = [list(range(a + 1, b)) for a, b in zip(order, order[1:])]
        return Losses([k for gap in gaps for k in gap], max(map(len, gaps)))


wrong(
    "quantize",
    "casts without saturating",
    {"np.clip(rounded + zero, -128, 127)": "(rounded + zero).astype(np.int64)"},
)

wrong(
    "quantize",
    "rint: halves to the even neighbour",
    {"np.sign(steps) * np.floor(np.abs(steps) + 0.5)": "np.rint(steps)"},
)

wrong(
    "quantize",
    "floor(x + 0.5): negative halves go up",
    {"np.sign(steps) * np.floor(np.abs(steps) + 0.5)": "np.floor(steps + 0.5)"},
)

wrong(
    "quantize",
    "adds the zero point before rounding",
    {"/ scale": "/ scale + zero", "rounded + zero": "rounded"},
)

wrong(
    "quantize", "truncates", {"np.sign(steps) * np.floor(np.abs(steps) + 0.5)": "np.trunc(steps)"}
)

wrong("quantize", "a symmetric range, -127 to 127", {"-128, 127": "-127, 127"})

right(
    "quantize",
    "copysign, and minimum of maximum",
    {
        "np.sign(steps) * np.floor(np.abs(steps) + 0.5)": "np.trunc(steps + np.copysign(0.5, steps))",
        "np.clip(rounded + zero, -128, 127)": "np.minimum(np.maximum(rounded + zero, -128), 127)",
    },
)


@wrong("requantize", "multiplies by a float and rounds once")
def _():
    def requantize(accumulator, multiplier, shift):
        exact = np.asarray(accumulator, np.float64) * multiplier / 2.0**31 / 2.0**shift
        return (np.sign(exact) * np.floor(np.abs(exact) + 0.5)).astype(np.int64)


@wrong("requantize", "shifts without rounding")
def _():
    def requantize(accumulator, multiplier, shift):
        return (np.asarray(accumulator, np.int64) * multiplier) >> (31 + shift)


@wrong("requantize", "rounds once, at the end")
def _():
    def requantize(accumulator, multiplier, shift):
        product = np.asarray(accumulator, np.int64) * multiplier
        return (product + (1 << (30 + shift))) >> (31 + shift)


wrong(
    "requantize",
    "halves up in the second step too",
    {"np.sign(high) * ((np.abs(high) + half) >> shift)": "(high + half) >> shift"},
)


@wrong("requantize", "halves away from zero in the first step too")
def _():
    def requantize(accumulator, multiplier, shift):
        product = np.asarray(accumulator, np.int64) * multiplier
        high = np.sign(product) * ((np.abs(product) + 2**30) >> 31)
        return np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)


wrong(
    "requantize",
    "a shift of 0 rounds by half of two to the minus one",
    {"(1 << shift) >> 1": "2 ** max(shift - 1, 0)"},
)

wrong(
    "requantize",
    "multiplies in int32",
    {", dtype=np.int64": "", "multiplier + 2**30": "np.int32(multiplier) + 2**30"},
)


@right("requantize", "as gemmlowp writes it, with a mask and a threshold")
def _():
    def requantize(accumulator, multiplier, shift):
        product = np.asarray(accumulator, dtype=np.int64) * np.int64(multiplier)
        high = np.floor_divide(product + 2**30, 2**31)
        mask = (1 << shift) - 1
        threshold = (mask >> 1) + (high < 0)
        return (high >> shift) + ((high & mask) > threshold)


@right("requantize", "number by number in plain Python")
def _():
    def requantize(accumulator, multiplier, shift):
        def one(a):
            high = (int(a) * multiplier + 2**30) // 2**31
            near = (2 * abs(high) + 2**shift) // 2 ** (shift + 1) if shift else abs(high)
            return near if high >= 0 else -near

        accumulator = np.asarray(accumulator)
        flat = [one(a) for a in accumulator.ravel()]
        return np.array(flat, np.int64).reshape(accumulator.shape)


wrong("conversation_us", "eight bits a byte", {"10 *": "8 *"})

wrong(
    "conversation_us",
    "forgets that the answer crosses the wire",
    {"(sent_bytes + received_bytes)": "sent_bytes"},
)

wrong(
    "conversation_us",
    "lets computing and sending overlap",
    {"1e6 * (": "1e6 * max(", "baud + instructions": "baud, instructions"},
)

wrong("conversation_us", "the baud rate of one board", {"/ baud": "/ 115_200"})


@right("conversation_us", "in three parts")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        byte_us = 10e6 / baud
        return sent * byte_us + received * byte_us + instructions * 1e6 / clock_hz
