"""Proofs for d02_protocol: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("crc16", "begins at 0, as XMODEM does", {"crc: int = 0xFFFF": "crc: int = 0"})

wrong(
    "crc16",
    "never cuts the register to 16 bits",
    {"(crc << 1 & 0xFFFF)": "(crc << 1)", "(crc >> 15)": "(crc >> 15 & 1)"},
)

wrong("crc16", "puts the byte into the low half", {"byte << 8": "byte"})

wrong(
    "crc16",
    "looks at the highest bit after the shift",
    {"(crc >> 15)": "(crc << 1 >> 15 & 1)"},
)


@wrong("crc16", "moves to the right, as the reflected CRC does")
def _():
    def crc16(data, crc=0xFFFF):
        for byte in data:
            crc ^= byte
            for _ in range(8):
                crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
        return crc


@right("crc16", "Python's own")
def _():
    import binascii

    def crc16(data, crc=0xFFFF):
        return binascii.crc_hqx(bytes(data), crc)


@right("crc16", "with a table of 256 remainders")
def _():
    def _remainder(byte):
        register = byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
        return register & 0xFFFF

    _TABLE = [_remainder(byte) for byte in range(256)]

    def crc16(data, crc=0xFFFF):
        for byte in data:
            crc = (crc << 8 & 0xFF00) ^ _TABLE[crc >> 8 ^ byte]
        return crc


wrong(
    "frame_reader",
    "skips the whole false frame",
    {"n + 3 if is_whole else 1": "n + 3 if 1 <= n <= MAX_PAYLOAD else 1"},
)

wrong(
    "frame_reader", "waits for frames of any length", {"if 1 <= n <= MAX_PAYLOAD and len": "if len"}
)

wrong(
    "frame_reader",
    "takes an empty frame for one",
    {"is_whole = 1 <=": "is_whole = 0 <=", "if 1 <=": "if 0 <="},
)


wrong("frame_reader", "forgets what is not complete", {"self.kept += packet": "self.kept = packet"})


@wrong("frame_reader", "searches on behind a frame that is not complete")
def _():
    class FrameReader:
        def __init__(self):
            self.kept = b""

        def push(self, packet):
            self.kept += packet
            payloads, at = [], 0
            while at < len(self.kept):
                n = self.kept[at]
                payload, check_sum = (
                    self.kept[at + 1 : at + n + 1],
                    self.kept[at + n + 1 : at + n + 3],
                )
                if (
                    1 <= n <= 128
                    and len(check_sum) == 2
                    and crc16(payload).to_bytes(2, "big") == check_sum
                ):
                    payloads.append(payload)
                    self.kept, at = self.kept[at + n + 3 :], 0
                else:
                    at += 1
            return payloads


@wrong("frame_reader", "one store for all readers")
def _():
    class FrameReader:
        kept = bytearray()

        def push(self, packet):
            self.kept.extend(packet)
            payloads = []
            while self.kept:
                n = self.kept[0]
                if 1 <= n <= 128 and len(self.kept) < n + 3:
                    break
                body, last = bytes(self.kept[1 : n + 1]), bytes(self.kept[n + 1 : n + 3])
                if 1 <= n <= 128 and crc16(body).to_bytes(2, "big") == last:
                    payloads.append(body)
                    del self.kept[: n + 3]
                else:
                    del self.kept[0]
            return payloads


@right("frame_reader", "with an index into a bytearray")
def _():
    class FrameReader:
        def __init__(self):
            self.buffer = bytearray()

        def push(self, packet):
            self.buffer.extend(packet)
            payloads, at = [], 0
            while at < len(self.buffer):
                end = at + self.buffer[at] + 3
                if self.buffer[at] == 0 or self.buffer[at] > 128:
                    at += 1
                elif end > len(self.buffer):
                    break
                elif crc16(bytes(self.buffer[at + 1 : end])) == 0:
                    payloads.append(bytes(self.buffer[at + 1 : end - 2]))
                    at = end
                else:
                    at += 1
            del self.buffer[:at]
            return payloads


wrong("receiver", "stores whatever comes", {"== len(self.data)": ">= 0"})

wrong(
    "receiver", "does not look whether there is a gap", {"== len(self.data)": ">= len(self.data)"}
)


@wrong("receiver", "answers new data only")
def _():
    class Receiver:
        def __init__(self):
            self.data, self.reader = b"", FrameReader()

        def push(self, packet):
            answers = b""
            for payload in self.reader.push(packet):
                if int.from_bytes(payload[:4], "big") == len(self.data):
                    self.data += payload[4:]
                    answers += frame(len(self.data).to_bytes(4, "big"))
            return answers


wrong("receiver", "a new reader for each packet", {"in self.reader.push": "in FrameReader().push"})

wrong(
    "receiver",
    "looks at the last byte of the position",
    {'int.from_bytes(payload[:4], "big") == len(self.data)': "payload[3] == len(self.data)"},
)


@right("receiver", "compares the position as bytes, and joins the answers at the end")
def _():
    class Receiver:
        def __init__(self):
            self.data, self._frames = b"", FrameReader()

        def _take(self, payload):
            here = len(self.data).to_bytes(4, "big")
            if payload.startswith(here):
                self.data = self.data + payload.removeprefix(here)
            return frame(len(self.data).to_bytes(4, "big"))

        def push(self, packet):
            return b"".join(map(self._take, self._frames.push(packet)))


wrong(
    "upload",
    "takes any acknowledgement for its own",
    {'if end.to_bytes(4, "big") in reader.push(packet)': "if reader.push(packet)"},
)


wrong("upload", "repeats for ever", {"in range(tries)": "in iter(int, 1)"})

wrong("upload", "no padding before a repetition", {"PADDING * (attempt > 0) + frame": "frame"})

wrong(
    "upload",
    "goes on with the next frame when nobody answers",
    {'raise TimeoutError(f"byte {position} was not acknowledged in {tries} tries")': "continue"},
)

wrong("upload", "listens for ever to a far end that never stops", {"heard < MOST_HEARD and ": ""})


@wrong("upload", "a cut line is just another failed try")
def _():
    PADDING, MOST_HEARD = b"\xff" * 130, 4096

    def _is_acknowledged(link, end, timeout_s):
        reader, heard = FrameReader(), 0
        while heard < MOST_HEARD and (packet := link.read(timeout_s)):
            heard += len(packet)
            if end.to_bytes(4, "big") in reader.push(packet):
                return True
        return False

    def upload(link, data, payload=64, timeout_s=0.05, tries=20):
        sent = 0
        for position in range(0, len(data), payload):
            piece = data[position : position + payload]
            for attempt in range(tries):
                try:
                    sent += 1
                    link.write(PADDING * (attempt > 0) + frame(position.to_bytes(4, "big") + piece))
                    if _is_acknowledged(link, position + len(piece), timeout_s):
                        break
                except BoardLost:
                    continue
            else:
                raise TimeoutError(f"byte {position} was not acknowledged in {tries} tries")
        return sent


@right("upload", "one loop with a state")
def _():
    PADDING, MOST_HEARD = b"\xff" * 130, 4096

    def upload(link, data, payload=64, timeout_s=0.05, tries=20):
        done = sent = failed = 0
        while done < len(data):
            if failed == tries:
                raise TimeoutError(f"nothing was heard about the frame at {done}")
            end = min(done + payload, len(data))
            whole = frame(done.to_bytes(4, "big") + data[done:end])
            link.write(whole if failed == 0 else PADDING + whole)
            sent, reader, left, counts = sent + 1, FrameReader(), MOST_HEARD, []
            while end not in counts and left > 0:
                packet = link.read(timeout_s)
                if not packet:
                    break
                left -= len(packet)
                counts += [int.from_bytes(each, "big") for each in reader.push(packet)]
            done, failed = (end, 0) if end in counts else (done, failed + 1)
        return sent


@right("upload", "the padding in a write of its own")
def _():
    PADDING, MOST_HEARD = b"\xff" * 130, 4096

    def upload(link, data, payload=64, timeout_s=0.05, tries=20):
        sent = 0
        for start in range(0, len(data), payload):
            piece, failures = data[start : start + payload], 0
            whole, mark = frame(start.to_bytes(4, "big") + piece), start + len(piece)
            while True:
                link.write(whole)
                sent += 1
                if mark in _heard(link, mark, timeout_s):
                    break
                failures += 1
                if failures == tries:
                    raise TimeoutError(f"{failures} tries for byte {start}, and no answer")
                link.write(PADDING)
        return sent

    def _heard(link, mark, timeout_s):
        reader, size, numbers = FrameReader(), 0, set()
        while size < MOST_HEARD and mark not in numbers:
            packet = link.read(timeout_s)
            if not packet:
                break
            size += len(packet)
            numbers |= {int.from_bytes(each, "big") for each in reader.push(packet)}
        return numbers


wrong("payload_cost", "forgets the acknowledgements", {" + 7 / answer_arrives": ""})

wrong("payload_cost", "waits after every try", {"wait * (tries - 1)": "wait * tries"})

wrong(
    "payload_cost",
    "the acknowledgement always arrives",
    {"answer_arrives = (1 - error_rate) ** 7": "answer_arrives = 1"},
)

wrong("payload_cost", "only the data can be harmed", {"** (payload + 7)": "** payload"})


wrong(
    "payload_cost",
    "looks at round lengths only",
    {"range(1, 125)": "(1, 2, 4, 8, 16, 32, 64, 124)"},
)


@right("payload_cost", "the cost of tries and of failures apart")
def _():
    def byte_times(payload, error_rate, wait):
        unharmed = 1 - error_rate
        failures = unharmed ** -(payload + 14) - 1
        good = payload + 7 + 7 * unharmed**-7
        return (good + failures * (payload + 7 + wait)) / payload

    def best_payload(error_rate, wait):
        costs = [byte_times(n, error_rate, wait) for n in range(1, 125)]
        return 1 + costs.index(min(costs))


wrong(
    "ask_marked",
    "believes any m-ready",
    {'if line == b"m-ready*" + right.encode("ascii") + b"\\r"': 'if line.startswith(b"m-ready*")'},
)

wrong(
    "ask_marked",
    "leaves the command out of the mark",
    {'command.encode("ascii") + answer': "answer"},
)

wrong(
    "ask_marked",
    "never begins anew at an m-ready",
    {
        'answer = b"" if line.startswith(b"m-ready") else answer + line + b"\\n"': 'answer += line + b"\\n"'
    },
)


wrong(
    "ask_marked",
    "repeats the question without !%",
    {'b"!%" * (attempt > 0) + question': "question"},
)


wrong(
    "ask_marked",
    "returns what there is in the end",
    {
        "raise TimeoutError(f\"no undamaged answer to '{command}' in {tries} tries\")": 'return answer.decode("ascii", "replace").splitlines()'
    },
)

wrong("ask_marked", "listens for ever", {"heard < MOST_HEARD and ": ""})


@right("ask_marked", "cuts all that was heard at the m-readys")
def _():
    import re

    def ask_marked(link, command, timeout_s=0.05, tries=20):
        for k in range(tries):
            link.write((("!%" if k else "") + marked(command) + "%").encode())
            heard = b""
            while len(heard) < MOST_HEARD:
                packet = link.read(timeout_s)
                heard += packet
                start = 0
                for found in re.finditer(rb"(?<![^\n])m-ready([^\n]*)\n", heard):
                    answer, start = heard[start : found.start()], found.end()
                    if found[1] == b"*%s\r" % mark(command.encode() + answer + b"m-ready").encode():
                        return answer.decode("ascii", "replace").splitlines()
                if not packet:
                    break
        raise TimeoutError(f"{command}: every answer was damaged")
