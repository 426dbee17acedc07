"""Proofs for d01_connect: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("fields", "splits at every equals sign")
def _():
    def fields(lines, kind):
        found = {}
        for line in lines:
            if line.startswith(f"m-{kind}-[") and "=" in line:
                parts = line[len(f"m-{kind}-[") : -1].split("=")
                digits = parts[1].removeprefix("-")
                found[parts[0]] = int(parts[1]) if digits.isdigit() else parts[1]
        return found


@wrong("fields", "strips brackets instead of cutting one off")
def _():
    def fields(lines, kind):
        found = {}
        for line in lines:
            if line.startswith(f"m-{kind}-[") and "=" in line:
                key, value = line.removeprefix(f"m-{kind}-").strip("[]").split("=", 1)
                found[key] = int(value) if value.removeprefix("-").isdigit() else value
        return found


@wrong("fields", "isdigit alone: a negative number stays text")
def _():
    def fields(lines, kind):
        found = {}
        for line in lines:
            if line.startswith(f"m-{kind}-[") and "=" in line:
                key, value = line[len(f"m-{kind}-[") : -1].split("=", 1)
                found[key] = int(value) if value.isdigit() else value
        return found


@wrong("fields", "takes the lines of every kind")
def _():
    def fields(lines, kind):
        found = {}
        for line in lines:
            if "-[" in line and "=" in line:
                key, value = line[line.index("[") + 1 : -1].split("=", 1)
                found[key] = int(value) if value.removeprefix("-").isdigit() else value
        return found


@wrong("fields", "leaves numbers as text")
def _():
    def fields(lines, kind):
        inside = [line[len(kind) + 4 : -1] for line in lines if line.startswith(f"m-{kind}-[")]
        return dict(text.split("=", 1) for text in inside if "=" in text)


@right("fields", "a regular expression")
def _():
    import re

    def fields(lines, kind):
        pattern = re.compile(rf"m-{re.escape(kind)}-\[(.*?)=(.*)\]")
        matches = [m for m in map(pattern.fullmatch, lines) if m]
        whole = re.compile(r"-?[0-9]+")
        return {m[1]: int(m[2]) if whole.fullmatch(m[2]) else m[2] for m in matches}


@wrong("line_reader", "takes a packet for a text of whole lines")
def _():
    class LineReader:
        def push(self, packet):
            return [line for line in packet.decode("ascii", "replace").splitlines() if line]


@wrong("line_reader", "lets noise raise")
def _():
    class LineReader:
        def __init__(self):
            self.rest = b""

        def push(self, packet):
            *complete, self.rest = (self.rest + packet).split(b"\n")
            return [line.rstrip(b"\r").decode("ascii") for line in complete if line.rstrip(b"\r")]


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


@wrong("line_reader", "looks for \\r\\n only")
def _():
    class LineReader:
        def __init__(self):
            self.rest = b""

        def push(self, packet):
            *complete, self.rest = (self.rest + packet).split(b"\r\n")
            return [line.decode("ascii", "replace") for line in complete if line]


@wrong("line_reader", "strips the spaces too")
def _():
    class LineReader:
        def __init__(self):
            self.rest = b""

        def push(self, packet):
            *complete, self.rest = (self.rest + packet).split(b"\n")
            return [line.strip().decode("ascii", "replace") for line in complete if line.strip()]


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


@wrong("ask", "takes the first read for the answer")
def _():
    def ask(link, command, timeout_s=2.0):
        link.write(f"{command}%".encode())
        lines = LineReader().push(link.read(timeout_s))
        if "m-ready" not in lines:
            raise TimeoutError(f"no answer to {command}")
        return lines[: lines.index("m-ready")]


@wrong("ask", "an empty read is the end")
def _():
    def ask(link, command, timeout_s=2.0):
        link.write(f"{command}%".encode())
        reader, lines = LineReader(), []
        while packet := link.read(0.05):
            for line in reader.push(packet):
                if line == "m-ready":
                    return lines
                lines.append(line)
        raise TimeoutError(f"no answer to {command}")


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


@wrong("ask", "any line with m-ready in it ends the answer")
def _():
    def ask(link, command, timeout_s=2.0):
        link.write(f"{command}%".encode())
        reader, lines, deadline = LineReader(), [], monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if "m-ready" in line:
                    return lines
                lines.append(line)
        raise TimeoutError(f"no answer to {command}")


@wrong("ask", "returns what there is when the time is over")
def _():
    def ask(link, command, timeout_s=2.0):
        link.write(f"{command}%".encode())
        reader, lines, deadline = LineReader(), [], monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if line == "m-ready":
                    return lines
                lines.append(line)
        return lines


@wrong("ask", "sends the command again while it waits")
def _():
    def ask(link, command, timeout_s=2.0):
        reader, lines, deadline = LineReader(), [], monotonic() + timeout_s
        while monotonic() < deadline:
            link.write(f"{command}%".encode())
            for line in reader.push(link.read(0.02)):
                if line == "m-ready":
                    return lines
                lines.append(line)
        raise TimeoutError(f"no answer to {command}")


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


@wrong("resync", "takes any complaint for its own")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(f"!%{nonce}%".encode())
        reader, dropped, heard, deadline = LineReader(), 0, False, monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if heard and line == "m-ready":
                    return dropped
                heard = heard or "e-[Unknown command:" in line
                dropped += not heard
        raise TimeoutError(f"no answer to {nonce}")


@wrong("resync", "leaves the m-ready after the complaint in the line")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(f"!%{nonce}%".encode())
        reader, dropped, deadline = LineReader(), 0, monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if line.endswith(f"e-[Unknown command: {nonce}]"):
                    return dropped
                dropped += 1
        raise TimeoutError(f"no answer to {nonce}")


@wrong("resync", "sends the nonce without ending a half-sent command")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(f"{nonce}%".encode())
        reader, dropped, heard, deadline = LineReader(), 0, False, monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if heard and line == "m-ready":
                    return dropped
                heard = heard or line.endswith(f"e-[Unknown command: {nonce}]")
                dropped += not heard
        raise TimeoutError(f"no answer to {nonce}")


@wrong("resync", "a bare % before the nonce")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(f"%{nonce}%".encode())
        reader, dropped, heard, deadline = LineReader(), 1, False, monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if heard and line == "m-ready":
                    return dropped
                heard = heard or line.endswith(f"e-[Unknown command: {nonce}]")
                dropped += not heard
        raise TimeoutError(f"no answer to {nonce}")


@wrong("resync", "the complaint must be the whole line, so noise before it hides it")
def _():
    def resync(link, nonce, timeout_s=2.0):
        link.write(f"!%{nonce}%".encode())
        reader, dropped, heard, deadline = LineReader(), 0, False, monotonic() + timeout_s
        while monotonic() < deadline:
            for line in reader.push(link.read(0.02)):
                if heard and line == "m-ready":
                    return dropped
                heard = heard or line == f"e-[Unknown command: {nonce}]"
                dropped += not heard
        raise TimeoutError(f"no answer to {nonce}")


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


@wrong("losses", "counts, instead of looking at the numbers")
def _():
    @dataclass(frozen=True)
    class Losses:
        missing: list
        longest: int

    def losses(sequence, n):
        lost = n - len(sequence)
        return Losses(list(range(n - lost, n)), lost)


@wrong("losses", "looks only between numbers that came")
def _():
    @dataclass(frozen=True)
    class Losses:
        missing: list
        longest: int

    def losses(sequence, n):
        order = sorted(set(sequence))
        gaps = [range(a + 1, b) for a, b in zip(order, order[1:])]
        return Losses([k for gap in gaps for k in gap], max(map(len, gaps), default=0))


@wrong("losses", "the longest run is all that is missing")
def _():
    @dataclass(frozen=True)
    class Losses:
        missing: list
        longest: int

    def losses(sequence, n):
        missing = sorted(set(range(n)) - set(sequence))
        return Losses(missing, len(missing))


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


@wrong("quantize", "casts without saturating")
def _():
    def quantize(real, scale, zero):
        steps = np.asarray(real) / scale
        rounded = np.sign(steps) * np.floor(np.abs(steps) + 0.5)
        return (rounded + zero).astype(np.int64).astype(np.int8)


@wrong("quantize", "rint: halves to the even neighbour")
def _():
    def quantize(real, scale, zero):
        return np.clip(np.rint(np.asarray(real) / scale) + zero, -128, 127).astype(np.int8)


@wrong("quantize", "floor(x + 0.5): negative halves go up")
def _():
    def quantize(real, scale, zero):
        return np.clip(np.floor(np.asarray(real) / scale + 0.5) + zero, -128, 127).astype(np.int8)


@wrong("quantize", "adds the zero point before rounding")
def _():
    def quantize(real, scale, zero):
        steps = np.asarray(real) / scale + zero
        rounded = np.sign(steps) * np.floor(np.abs(steps) + 0.5)
        return np.clip(rounded, -128, 127).astype(np.int8)


@wrong("quantize", "truncates")
def _():
    def quantize(real, scale, zero):
        return np.clip(np.trunc(np.asarray(real) / scale) + zero, -128, 127).astype(np.int8)


@wrong("quantize", "a symmetric range, -127 to 127")
def _():
    def quantize(real, scale, zero):
        steps = np.asarray(real) / scale
        rounded = np.sign(steps) * np.floor(np.abs(steps) + 0.5)
        return np.clip(rounded + zero, -127, 127).astype(np.int8)


@right("quantize", "copysign, and minimum of maximum")
def _():
    def quantize(real, scale, zero):
        steps = np.asarray(real, float) / scale
        away = np.trunc(steps + np.copysign(0.5, steps))
        return np.minimum(np.maximum(away + zero, -128), 127).astype(np.int8)


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


@wrong("requantize", "halves up in the second step too")
def _():
    def requantize(accumulator, multiplier, shift):
        high = (np.asarray(accumulator, np.int64) * multiplier + 2**30) >> 31
        return (high + ((1 << shift) >> 1)) >> shift


@wrong("requantize", "halves away from zero in the first step too")
def _():
    def requantize(accumulator, multiplier, shift):
        product = np.asarray(accumulator, np.int64) * multiplier
        high = np.sign(product) * ((np.abs(product) + 2**30) >> 31)
        return np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)


@wrong("requantize", "a shift of 0 rounds by half of two to the minus one")
def _():
    def requantize(accumulator, multiplier, shift):
        high = (np.asarray(accumulator, np.int64) * multiplier + 2**30) >> 31
        return np.sign(high) * ((np.abs(high) + 2 ** max(shift - 1, 0)) >> shift)


@wrong("requantize", "multiplies in int32")
def _():
    def requantize(accumulator, multiplier, shift):
        high = (np.asarray(accumulator) * np.asarray(multiplier, np.int32) + 2**30) >> 31
        return np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)


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


@wrong("conversation_us", "eight bits a byte")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        return 1e6 * (8 * (sent + received) / baud + instructions / clock_hz)


@wrong("conversation_us", "forgets that the answer crosses the wire")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        return 1e6 * (10 * sent / baud + instructions / clock_hz)


@wrong("conversation_us", "lets computing and sending overlap")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        return 1e6 * max(10 * (sent + received) / baud, instructions / clock_hz)


@wrong("conversation_us", "the baud rate of one board")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        return 1e6 * (10 * (sent + received) / 115_200 + instructions / clock_hz)


@right("conversation_us", "in three parts")
def _():
    def conversation_us(sent, received, instructions, baud, clock_hz):
        byte_us = 10e6 / baud
        return sent * byte_us + received * byte_us + instructions * 1e6 / clock_hz
