"""Proofs for 07_optimizers: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "sgd",
    "makes a new array instead of writing into the old one",
    {"p.data -= lr * direction": "p.data = (p.data - lr * direction).astype(np.float32)"},
)

wrong("sgd", "goes uphill", {"p.data -= lr * direction": "p.data += lr * direction"})

wrong(
    "sgd",
    "lets weights grow: decay with the wrong sign",
    {"p.grad + weight_decay * p.data": "p.grad - weight_decay * p.data"},
)

wrong(
    "sgd",
    "adds the decay into p.grad itself",
    {
        "return p.grad + weight_decay * p.data if weight_decay else p.grad": """p.grad += weight_decay * p.data
    return p.grad"""
    },
)

wrong(
    "sgd",
    "scales the direction in place",
    {"p.data -= lr * direction": "direction *= lr\n    p.data -= direction"},
)

wrong(
    "sgd",
    "takes a missing gradient for zero",
    {
        'raise ValueError(f"a parameter of shape {p.shape} has no gradient: call backward() first")': "return weight_decay * p.data"
    },
)

wrong(
    "sgd",
    "decays towards zero by a constant, not in proportion",
    {"weight_decay * p.data": "weight_decay * np.sign(p.data)"},
)


@right("sgd", "uses out=, and always makes a new slope")
def _():
    def slope(p, weight_decay=0.0):
        g = p.grad
        if g is None:
            raise ValueError("slope needs a gradient: call backward() before")
        return np.add(g, np.float32(weight_decay) * p.data)

    def descend(p, direction, lr):
        np.subtract(p.data, np.float32(lr) * direction, out=p.data)


@right("sgd", "assigns through a slice")
def _():
    def slope(p, weight_decay=0.0):
        if p.grad is None:
            raise ValueError(f"no gradient in {p!r}")
        decayed = p.grad.copy()
        decayed += weight_decay * p.data
        return np.asarray(decayed, dtype=np.float32)

    def descend(p, direction, lr):
        p.data[...] = p.data - lr * direction


@wrong("momentum", "one velocity for all parameters")
def _():
    class SGD(Optimizer):
        remembers = ("velocity",)

        def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
            super().__init__(params, lr)
            self.momentum, self.weight_decay, self.velocity = momentum, weight_decay, 0.0

        def update(self, p, remembered):
            g = slope(p, self.weight_decay)
            if self.momentum:
                shape = np.shape(self.velocity)
                old = self.velocity if shape == p.shape else np.zeros_like(g)
                self.velocity = g = self.momentum * old + g
                remembered["velocity"] = np.array(g, dtype=np.float32)
            descend(p, g, self.lr)


wrong(
    "momentum",
    "averages: the gradient counts 1 - momentum",
    {"velocity += direction": "velocity += (1 - self.momentum) * direction"},
)


@wrong("momentum", "the velocity is the gradient's own array")
def _():
    class SGD(Optimizer):
        remembers = ("velocity",)

        def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
            super().__init__(params, lr)
            self.momentum, self.weight_decay = momentum, weight_decay

        def update(self, p, remembered):
            g = slope(p, self.weight_decay)
            if self.momentum:
                if "velocity" not in remembered:
                    remembered["velocity"] = g
                else:
                    remembered["velocity"] = np.array(self.momentum * remembered["velocity"] + g)
                g = remembered["velocity"]
            descend(p, g, self.lr)


wrong(
    "momentum",
    "grows the velocity inside p.grad",
    {
        "velocity += direction": "direction += velocity",
        "direction = velocity": 'remembered["velocity"] = np.array(direction)',
    },
)

wrong(
    "momentum",
    "takes the learning rate into the velocity",
    {
        "direction = slope(": "direction = self.lr * slope(",
        "descend(p, direction, self.lr)": "descend(p, direction, 1.0)",
    },
)

wrong(
    "momentum",
    "looks ahead as Nesterov does",
    {"direction = velocity": "direction = direction + self.momentum * velocity"},
)

wrong(
    "momentum",
    "keeps the weight decay out of the velocity",
    {
        "slope(p, self.weight_decay)": "slope(p)",
        "descend(p, direction,": "descend(p, direction + self.weight_decay * p.data,",
    },
)

wrong("momentum", "remembers a velocity that nobody needs", {"if self.momentum:": "if True:"})


@right("momentum", "makes a new velocity in each step")
def _():
    class SGD(Optimizer):
        remembers = ("velocity",)

        def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
            super().__init__(params, lr)
            self.momentum, self.weight_decay = momentum, weight_decay

        def update(self, p, remembered):
            g = slope(p, self.weight_decay)
            if self.momentum:
                v = remembered.get("velocity")
                g = np.array(g) if v is None else np.asarray(self.momentum * v + g)
                remembered["velocity"] = g
            descend(p, g, self.lr)


@right("momentum", "two ways, and no helper functions")
def _():
    class SGD(Optimizer):
        remembers = ("velocity",)

        def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
            super().__init__(params, lr)
            self.momentum = momentum
            self.weight_decay = weight_decay

        def update(self, p, remembered):
            if self.momentum == 0:
                p.data[...] -= self.lr * (p.grad + self.weight_decay * p.data)
                return
            v = remembered.setdefault("velocity", np.zeros(p.shape, dtype=np.float32))
            v[...] = self.momentum * v + p.grad + self.weight_decay * p.data
            p.data[...] -= self.lr * v


wrong(
    "adam_moments",
    "forgets the bias correction",
    {
        "first / (1 - beta1 ** int(steps))": "first.copy()",
        "second / (1 - beta2 ** int(steps))": "second.copy()",
    },
)

wrong(
    "adam_moments",
    "remembers the corrected averages",
    {
        "return first / (1 - beta1 ** int(steps)), second / (1 - beta2 ** int(steps))": """first /= 1 - beta1 ** int(steps)
    second /= 1 - beta2 ** int(steps)
    return first.copy(), second.copy()"""
    },
)

wrong(
    "adam_moments",
    "corrects both averages with beta1",
    {"1 - beta2 ** int(steps)": "1 - beta1 ** int(steps)"},
)

wrong(
    "adam_moments",
    "corrects by 1 - beta in every step",
    {"1 - beta1 ** int(steps)": "1 - beta1", "1 - beta2 ** int(steps)": "1 - beta2"},
)

wrong(
    "adam_moments",
    "squares the average instead of averaging the squares",
    {"g * g - second": "first * first - second"},
)

wrong(
    "adam_moments",
    "one count for all parameters",
    {"def moments(": "COUNT = np.array(0)\n\n\ndef moments(", "steps=np.array(0)": "steps=COUNT"},
)

wrong(
    "adam_moments",
    "starts from the first gradient and corrects too",
    {
        "first=np.zeros_like(g)": "first=np.array(g)",
        "second=np.zeros_like(g)": "second=np.array(g * g)",
    },
)

wrong(
    "adam_moments",
    "sums instead of averaging",
    {
        "first += (1 - beta1) * (g - first)": "first[...] = beta1 * first + g",
        "second += (1 - beta2) * (g * g - second)": "second[...] = beta2 * second + g * g",
    },
)


wrong(
    "adam_moments",
    "counts in a Python int",
    {"steps=np.array(0)": "steps=0", "steps += 1": "steps += 1\n    remembered['steps'] = steps"},
)


@right("adam_moments", "new arrays, a count made anew")
def _():
    def moments(g, remembered, betas):
        t = int(remembered.get("steps", 0)) + 1
        m = remembered.get("first", 0) * betas[0] + g * (1 - betas[0])
        s = remembered.get("second", 0) * betas[1] + np.square(g) * (1 - betas[1])
        remembered["first"], remembered["second"] = np.asarray(m), np.asarray(s)
        remembered["steps"] = np.array(t)
        return m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)


@right("adam_moments", "loops over the two averages")
def _():
    def moments(g, remembered, betas):
        if "steps" not in remembered:
            remembered["steps"] = np.zeros((), dtype=np.int64)
        remembered["steps"] = np.array(remembered["steps"] + 1)
        corrected = []
        for power, (name, beta) in enumerate(zip(("first", "second"), betas, strict=True), 1):
            average = remembered.setdefault(name, np.zeros(g.shape, dtype=np.float32))
            average *= beta
            average += (1 - beta) * g**power
            corrected.append(average / (1 - beta ** int(remembered["steps"])))
        return tuple(corrected)


wrong(
    "adam",
    "puts eps inside the root",
    {"(np.sqrt(second) + self.eps)": "np.sqrt(second + self.eps)"},
)

wrong("adam", "forgets the root", {"np.sqrt(second)": "second"})

wrong(
    "adam",
    "steps by the uncorrected averages",
    {
        "descend(": """first, second = remembered["first"], remembered["second"]
        descend("""
    },
)

wrong(
    "adam",
    "corrects by the optimizer's count, not the parameter's",
    {
        "descend(": """first = remembered["first"] / (1 - self.betas[0] ** self.step_count)
        second = remembered["second"] / (1 - self.betas[1] ** self.step_count)
        descend("""
    },
)

wrong(
    "adam",
    "decays the parameter beside the average, as AdamW does",
    {
        "slope(p, self.weight_decay)": "slope(p)",
        "+ self.eps)": "+ self.eps) + self.weight_decay * p.data",
    },
)

wrong("adam", "knows only one eps", {"+ self.eps": "+ 1e-8"})

wrong(
    "adam",
    "makes new arrays for the parameters",
    {
        "descend(p, first": "p.data = np.asarray(p.data - self.lr * first",
        "+ self.eps), self.lr)": "+ self.eps))",
    },
)


@right("adam", "one line after the other, in place by hand")
def _():
    class Adam(Optimizer):
        remembers = ("first", "second", "steps")

        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
            Optimizer.__init__(self, params, lr)
            self.betas = betas
            self.eps = eps
            self.weight_decay = weight_decay

        def update(self, p, remembered):
            g = p.grad + self.weight_decay * p.data
            m, s = moments(g, remembered, self.betas)
            size = s**0.5 + self.eps
            p.data[...] -= self.lr * m / size


@right("adam", "the form of section 2 of the paper: correction in the learning rate")
def _():
    class Adam(Optimizer):
        remembers = ("first", "second", "steps")

        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
            super().__init__(params, lr)
            self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

        def update(self, p, remembered):
            moments(slope(p, self.weight_decay), remembered, self.betas)
            t = int(remembered["steps"])
            root = np.sqrt(1 - self.betas[1] ** t)
            lr = self.lr * root / (1 - self.betas[0] ** t)
            direction = remembered["first"] / (np.sqrt(remembered["second"]) + self.eps * root)
            descend(p, direction, lr)


wrong(
    "adamw",
    "decays without the learning rate",
    {"1 - self.lr * self.weight_decay": "1 - self.weight_decay"},
)

wrong(
    "adamw",
    "is Adam: the decay goes into the gradient",
    {"slope(p)": "slope(p, self.weight_decay)", "p.data *= 1 - self.lr * self.weight_decay": ""},
)

wrong(
    "adamw",
    "decays twice: beside the average and in it",
    {"slope(p)": "slope(p, self.weight_decay)"},
)

wrong(
    "adamw",
    "decays the parameter after the step",
    {
        "p.data *= 1 - self.lr * self.weight_decay": "",
        "+ self.eps), self.lr)": """+ self.eps), self.lr)
        p.data *= 1 - self.lr * self.weight_decay""",
    },
)

wrong(
    "adamw",
    "has Adam's default: no decay",
    {"weight_decay: float = 0.01": "weight_decay: float = 0.0"},
)

wrong(
    "adamw",
    "decays into a new array",
    {
        "p.data *= 1 - self.lr * self.weight_decay": "p.data = np.asarray(p.data * np.float32(1 - self.lr * self.weight_decay))"
    },
)


@wrong("adamw", "also decays parameters that have no gradient")
def _():
    class AdamW(Optimizer):
        remembers = Adam.remembers

        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
            super().__init__(params, lr)
            self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

        def step(self):
            for p in self.params:
                p.data *= 1 - self.lr * self.weight_decay
            super().step()

        def update(self, p, remembered):
            first, second = moments(slope(p), remembered, self.betas)
            descend(p, first / (np.sqrt(second) + self.eps), self.lr)


@right("adamw", "inherits from Adam, with the decay in the direction")
def _():
    class AdamW(Adam):
        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
            super().__init__(params, lr, betas, eps, weight_decay)

        def update(self, p, remembered):
            m, s = moments(p.grad, remembered, self.betas)
            descend(p, m / (np.sqrt(s) + self.eps) + self.weight_decay * p.data, self.lr)


@right("adamw", "shrinks by descend, then steps")
def _():
    class AdamW(Optimizer):
        remembers = ("first", "second", "steps")

        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
            super().__init__(params, lr)
            self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

        def update(self, p, remembered):
            descend(p, self.weight_decay * p.data, self.lr)
            m, s = moments(p.grad, remembered, self.betas)
            descend(p, m / (s**0.5 + self.eps), self.lr)


wrong("resume", "saves the arrays themselves", {"np.array(array)": "array"})

wrong("resume", "loads the arrays themselves", {"np.array(state[key])": "np.asarray(state[key])"})


@wrong("resume", "finds parameter 1 in the keys of parameter 11")
def _():
    def saved_memory(memory):
        return {f"{i}.{n}": np.array(a) for i, kept in enumerate(memory) for n, a in kept.items()}

    def restored_memory(state, params, names):
        memory = [{} for _ in params]
        for i, kept in enumerate(memory):
            for key in state:
                if key.startswith(str(i)) and key != "step_count":
                    name = key.split(".")[1]
                    shape = () if name == "steps" else params[i].shape
                    if name not in names or np.shape(state[key]) != shape:
                        raise ValueError(f"{key!r} needs {shape}, but has {np.shape(state[key])}")
                    kept[name] = np.array(state[key])
            if kept and len(kept) < len(names):
                raise ValueError(f"parameter {i} lacks arrays")
        known = {f"{i}.{name}" for i in range(len(params)) for name in names}
        for key in set(state) - known - {"step_count"}:
            raise ValueError(f"{key!r} does not fit")
        return memory


wrong("resume", "checks no shapes", {"if array.shape != shape:": "if False:"})

wrong(
    "resume",
    "takes half a memory",
    {"if remembered and len(remembered) < len(names):": "if False:"},
)

wrong(
    "resume",
    "ignores keys that it does not know",
    {
        'raise ValueError(f"{key!r} fits none of {len(params)} parameters with {tuple(names)}")': "continue"
    },
)

wrong(
    "resume",
    "a restored memory is float32 throughout, the counts too, and forgets them",
    {
        "in remembered.items()": 'in remembered.items()\n        if name != "steps"',
        "for i, remembered in enumerate(memory):": """for i, remembered in enumerate(memory):
        if remembered and "steps" in names:
            remembered.setdefault("steps", np.array(0))""",
    },
)


wrong(
    "resume",
    "does not say which key is the odd one",
    {
        'f"{key!r} fits none of {len(params)} parameters with {tuple(names)}"': '"this state does not fit"'
    },
)


@right("resume", "asks for what is expected, then for what is left over")
def _():
    def saved_memory(memory):
        arrays = {}
        for i in range(len(memory)):
            for name in memory[i]:
                arrays[str(i) + "." + name] = np.copy(memory[i][name])
        return arrays

    def restored_memory(state, params, names):
        rest = {key: value for key, value in state.items() if key != "step_count"}
        memory = []
        for i, p in enumerate(params):
            keys = {name: f"{i}.{name}" for name in names}
            found = [name for name in names if keys[name] in rest]
            if found and len(found) != len(keys):
                raise ValueError(
                    f"of parameter {i} there is only {found}, not all of {list(names)}"
                )
            kept = {name: np.array(rest.pop(keys[name])) for name in found}
            for name, array in kept.items():
                shape = () if name == "steps" else p.shape
                if array.shape != shape:
                    raise ValueError(f"{keys[name]}: expected {shape}, got {array.shape}")
            memory.append(kept)
        if rest:
            raise ValueError(f"no parameter needs {sorted(rest)}")
        return memory


@right("resume", "a table of all keys with their shapes")
def _():
    def saved_memory(memory):
        pairs = ((f"{i}.{n}", a.copy()) for i, kept in enumerate(memory) for n, a in kept.items())
        return dict(pairs)

    def restored_memory(state, params, names):
        table = {
            f"{i}.{name}": (i, name, () if name == "steps" else p.shape)
            for i, p in enumerate(params)
            for name in names
        }
        memory = [{} for _ in params]
        for key in state:
            if key == "step_count":
                continue
            if key not in table:
                raise ValueError(f"unknown key {key}")
            i, name, shape = table[key]
            array = np.array(state[key], copy=True)
            if array.shape != shape:
                raise ValueError(f"{key} has shape {array.shape}, expected {shape}")
            memory[i][name] = array
        partial_ones = [i for i, kept in enumerate(memory) if 0 < len(kept) < len(tuple(names))]
        if partial_ones:
            raise ValueError(f"parameters {partial_ones} have only a part of {tuple(names)}")
        return memory


wrong("optimizer_bytes", "keeps a count for each number", {"8 * len(shapes)": "8 * numbers"})

wrong(
    "optimizer_bytes",
    "forgets that the remembered arrays are written back",
    {"3 + 2 * arrays": "3 + arrays"},
)

wrong("optimizer_bytes", "forgets the counts", {"arrays + counts": "arrays"})

wrong(
    "optimizer_bytes",
    "counts in float64",
    {"4 * numbers * arrays": "8 * numbers * arrays", "4 * numbers * (3": "8 * numbers * (3"},
)

wrong(
    "optimizer_bytes",
    "a number without dimensions is nothing",
    {"sum(map(prod, shapes))": "sum(prod(s) for s in shapes if s)"},
)

wrong(
    "optimizer_bytes",
    "takes an unknown optimizer for SGD",
    {"if optimizer not in KEEPS:": "if False:", "KEEPS[optimizer]": "KEEPS.get(optimizer, 0)"},
)

wrong(
    "optimizer_bytes",
    "multiplies in 32 bits",
    {"sum(map(prod, shapes))": "sum(int(np.prod(s, dtype=np.int32)) for s in shapes)"},
)


@right("optimizer_bytes", "a loop over shapes")
def _():
    KEEPS = {"SGD": 0, "momentum": 1, "Adam": 2, "AdamW": 2}

    def optimizer_bytes(shapes, optimizer):
        try:
            arrays = KEEPS[optimizer]
        except KeyError:
            raise ValueError(f"what {optimizer} remembers is not known") from None
        numbers = 0
        for shape in shapes:
            size = 1
            for length in shape:
                size *= length
            numbers += size
        count_bytes = len(shapes) * 8 * (optimizer in ("Adam", "AdamW"))
        reads, writes = 2 + arrays, 1 + arrays
        return Bytes(
            remembered=arrays * numbers * 4 + count_bytes, moved=(reads + writes) * numbers * 4
        )
