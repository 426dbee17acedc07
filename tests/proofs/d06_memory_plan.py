"""Proofs for d06_memory_plan: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("sections", "takes every section, also what only tools read", {"if flags & 2:": "if name:"})

wrong("sections", "all that has a row is stored in flash", {"kind != 8": "True"})

wrong(
    "sections", "counts names from the beginning of the file", {"elf[texts + name :]": "elf[name:]"}
)

wrong("sections", "expects the names in the last row", {"rows[names][4]": "rows[-1][4]"})

wrong(
    "sections",
    "takes the place in the file for the address",
    {"flags, address, _, size": "flags, _, address, size"},
)

wrong("sections", "code that may be written is not in RAM", {"bool(flags & 1)": "flags == 3"})

wrong("sections", "rows of forty bytes in any file", {"row_bytes * k": "40 * k"})

wrong("sections", "what is in flash is not in RAM", {"bool(flags & 1)": "kind == 8"})


wrong("sections", "one comparison for all flags", {"if flags & 2:": "if flags >= 2:"})

wrong(
    "sections", "the table follows the header in any file", {"elf, 32)": "struct.pack('<I', 52))"}
)

wrong("sections", "only programs are stored in flash", {"kind != 8": "kind == 1"})

wrong("sections", "flags of known sections alone", {"bool(flags & 1)": "flags in (3, 7)"})


@right("sections", "number by number with int.from_bytes")
def _():
    def sections(elf):
        def number(at, size=4):
            return int.from_bytes(elf[at : at + size], "little")

        start, step = number(32), number(46, 2)
        names = number(start + step * number(50, 2) + 16)
        found = []
        for row in range(start, start + step * number(48, 2), step):
            if number(row + 8) % 4 < 2:
                continue
            begin = names + number(row)
            text = elf[begin : elf.index(b"\0", begin)].decode("utf-8")
            stored, writable = number(row + 4) != 8, number(row + 8) % 2 == 1
            found.append(Section(text, number(row + 12), number(row + 20), stored, writable))
        return found


wrong(
    "flash_and_ram",
    "adds up the sizes of the variables",
    {"end - min(part.address for part in variables)": "sum(part.size_bytes for part in variables)"},
)

wrong("flash_and_ram", "counts the stack", {' and p.name != ".stack"': ""})

wrong("flash_and_ram", "an empty section stretches the span", {" and p.size_bytes": ""})

wrong(
    "flash_and_ram",
    "start values are in RAM only",
    {"if part.in_flash)": "if part.in_flash and not part.in_ram)"},
)

wrong(
    "flash_and_ram",
    "takes the first and the last of the list",
    {
        "max(part.address + part.size_bytes for part in variables)": "variables[-1].address + variables[-1].size_bytes",
        "min(part.address for part in variables)": "variables[0].address",
    },
)

wrong(
    "flash_and_ram",
    "without variables there is no minimum",
    {"    if not variables:\n        return flash, 0\n": ""},
)


@right("flash_and_ram", "in one pass, with infinities")
def _():
    def flash_and_ram(parts):
        flash, low, high = 0, float("inf"), float("-inf")
        for part in parts:
            flash += part.size_bytes * part.in_flash
            if part.in_ram and part.size_bytes > 0 and part.name != ".stack":
                low = min(low, part.address)
                high = max(high, part.address + part.size_bytes)
        return flash, int(high - low) if high > low else 0


wrong(
    "constant_bytes",
    "weights alone",
    {
        "total += np.size(part.weights) + 4 * wide + np.size(part.shift)": "total += np.size(part.weights)"
    },
)

wrong(
    "constant_bytes",
    "as wide as NumPy keeps them",
    {
        "4 * wide": "np.asarray(part.bias).nbytes + np.asarray(part.multiplier).nbytes",
    },
)

wrong("constant_bytes", "a bias and a multiplier of one byte", {"4 * wide": "wide"})

wrong(
    "constant_bytes",
    "a factor for each output, always",
    {
        "np.size(part.multiplier)": "np.size(part.bias)",
        "np.size(part.shift)": "np.size(part.bias)",
    },
)

wrong("constant_bytes", "forgets the shifts", {" + np.size(part.shift)": ""})

wrong(
    "constant_bytes",
    "forgets the table of the softmax",
    {"total += 2 * np.size(part.table)": "pass"},
)


wrong("constant_bytes", "every table has 256 numbers", {"2 * np.size(part.table)": "512"})

wrong(
    "constant_bytes",
    "counts the factor of an addition",
    {
        'if hasattr(part, "table"):': 'if part.kind == "add":\n            total += 5\n        if hasattr(part, "table"):'
    },
)


@wrong("constant_bytes", "counts the factor of an addition and of a conversion")
def _():
    def constant_bytes(network):
        each = {"weights": 1, "bias": 4, "multiplier": 4, "shift": 1, "table": 2}
        return sum(
            width * np.size(getattr(layer, name))
            for layer in network.layers
            for name, width in each.items()
            if hasattr(layer, name)
        )


@right("constant_bytes", "asks each layer for its kind")
def _():
    def constant_bytes(network):
        def of(layer):
            if layer.kind == "softmax":
                return 2 * layer.table.size
            if layer.kind not in ("dense", "conv2d", "depthwise"):
                return 0
            factors = np.atleast_1d(layer.multiplier).size
            return layer.weights.size + 4 * layer.bias.size + 5 * factors

        return int(sum(map(of, network.layers)))


wrong("model_ram", "numbers instead of bytes", {"network.input_bytes": "network.inputs"})

wrong("model_ram", "rounds nothing", {"-(-n // 4) * 4": "n"})

wrong("model_ram", "rounds down", {"-(-n // 4) * 4": "n // 4 * 4"})

wrong(
    "model_ram",
    "counts the layers that have weights",
    {"4 * len(network.layers)": '4 * sum(hasattr(layer, "weights") for layer in network.layers)'},
)

wrong("model_ram", "all values side by side", {".peak_bytes": ".sum_bytes"})

wrong("model_ram", "one byte for a counter", {"4 * len(network.layers)": "len(network.layers)"})


@right("model_ram", "with a function that rounds, part by part")
def _():
    def model_ram(network):
        def up(n):
            return n + (-n) % 4

        arena = up(plan_arena(network).peak_bytes)
        return {"input": up(network.input_bytes), "arena": arena, "ticks": 4 * len(network.sources)}


wrong(
    "stack_peak",
    "counts the words that are not paint",
    {"4 * (len(words) - painted)": "4 * sum(word != paint for word in words)"},
)

wrong(
    "stack_peak", "words instead of bytes", {"4 * (len(words) - painted)": "len(words) - painted"}
)

wrong(
    "stack_peak",
    "walks down from the end until it meets paint",
    {
        "words[painted] == paint": "words[len(words) - 1 - painted] != paint",
        "4 * (len(words) - painted)": "4 * painted",
    },
)


@wrong("stack_peak", "looks for the first difference, and finds one where there is none")
def _():
    def stack_peak(words, paint):
        words = np.asarray(words)
        return 4 * int(len(words) - np.argmax(words != paint))


wrong("stack_peak", "runs on where nothing was disturbed", {"painted < len(words) and ": ""})


@right("stack_peak", "the places of what was disturbed")
def _():
    def stack_peak(words, paint):
        places = np.flatnonzero(np.asarray(words) != paint)
        return 4 * (len(words) - int(places[0])) if len(places) else 0


wrong("largest_fit", "forgets the stack", {"kind.ram_bytes - stack_bytes": "kind.ram_bytes"})

wrong(
    "largest_fit",
    "what is left over, instead of what is missing",
    {
        "line.fixed + line.each * (most[region] + 1) - room": "room - line.fixed - line.each * most[region]"
    },
)

wrong(
    "largest_fit",
    "rounds to the nearest",
    {"(room - line.fixed) // line.each for": "round((room - line.fixed) / line.each) for"},
)

wrong(
    "largest_fit",
    "one byte has to be left",
    {"(room - line.fixed) // line.each": "(room - line.fixed - 1) // line.each"},
)

wrong("largest_fit", "one memory is enough", {"min(most": "max(most"})

wrong(
    "largest_fit",
    "looks at the flash alone",
    {"region = min(most, key=lambda name: most[name])": 'region = "FLASH"'},
)

wrong(
    "largest_fit",
    "forgets the fixed part of the program",
    {"(room - line.fixed) // line.each": "room // line.each"},
)


wrong(
    "largest_fit",
    "keeps the usual stack, whatever is asked",
    {"kind.ram_bytes - stack_bytes": "kind.ram_bytes - 4096"},
)

wrong(
    "largest_fit",
    "names the RAM where both allow the same",
    {"key=lambda name: most[name]": 'key=lambda name: (most[name], name == "FLASH")'},
)


@right("largest_fit", "tries one channel after the other")
def _():
    def largest_fit(flash, ram, kind, stack_bytes=4096):
        channels = 0
        while True:
            channels += 1
            over_flash = flash.fixed + flash.each * channels - kind.flash_bytes
            over_ram = ram.fixed + ram.each * channels + stack_bytes - kind.ram_bytes
            if over_flash > 0:
                return Fit(channels - 1, "FLASH", over_flash)
            if over_ram > 0:
                return Fit(channels - 1, "RAM", over_ram)
