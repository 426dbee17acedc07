"""Proofs for 08_training: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "cosine",
    "lets the cosine run on after the last epoch",
    {"min(epoch / self.total_epochs, 1.0)": "epoch / self.total_epochs"},
)

wrong(
    "cosine",
    "reaches the floor one epoch early",
    {"epoch / self.total_epochs": "epoch / max(self.total_epochs - 1, 1)"},
)

wrong("cosine", "forgets the factor one half", {"0.5 * ": ""})

wrong(
    "cosine",
    "falls along a straight line",
    {"0.5 * (1 + math.cos(math.pi * progress))": "1 - progress"},
)

wrong(
    "cosine",
    "takes no epochs for a schedule",
    {'raise ValueError(f"a schedule needs at least one epoch, but got {total_epochs}")': "pass"},
)

wrong(
    "cosine",
    "counts its own calls as epochs",
    {
        "self.total_epochs = max_lr, min_lr, total_epochs": "self.total_epochs, self.done = max_lr, min_lr, total_epochs, 0",
        "min(epoch / self.total_epochs, 1.0)": "self.done = max(self.done, min(epoch / self.total_epochs, 1.0))",
    },
)


@right("cosine", "the textbook formula, with the end apart")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if not total_epochs > 0:
                raise ValueError(f"total_epochs must be positive, but is {total_epochs}")
            self.high, self.low, self.total = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            if epoch >= self.total:
                return self.low
            return self.low + 0.5 * (self.high - self.low) * (
                1 + np.cos(np.pi * epoch / self.total)
            )


@right("cosine", "a table of all epochs")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"{total_epochs} epochs are too few")
            angles = np.linspace(0, np.pi, total_epochs + 1)
            self.rates = (min_lr + (max_lr - min_lr) * np.cos(angles / 2) ** 2).tolist()
            self.rates[-1] = min_lr

        def get_lr(self, epoch):
            return self.rates[min(epoch, len(self.rates) - 1)]


wrong(
    "clip_grad_norm",
    "clips each parameter by its own norm",
    {"g *= max_norm / norm": "g *= max_norm / max(max_norm, np.linalg.norm(g.astype(np.float64)))"},
)

wrong(
    "clip_grad_norm",
    "puts new arrays in place of the gradients",
    {
        "[p.grad for": "[p for",
        "np.square(g,": "np.square(g.grad,",
        "g *= max_norm / norm": "g.grad = g.grad * (max_norm / norm)",
    },
)

wrong(
    "clip_grad_norm",
    "squares in float32",
    {"np.square(g, dtype=np.float64)": "np.square(g)"},
)

wrong(
    "clip_grad_norm",
    "scales short gradients up to the limit",
    {"max_norm < norm < math.inf": "0 < norm < math.inf"},
)

wrong(
    "clip_grad_norm",
    "scales by the limit over an infinite norm",
    {"max_norm < norm < math.inf": "max_norm < norm"},
)

wrong(
    "clip_grad_norm",
    "returns the norm after clipping",
    {
        "g *= max_norm / norm": """g *= max_norm / norm
        return max_norm"""
    },
)

wrong(
    "clip_grad_norm",
    "cuts each number off at the limit",
    {"g *= max_norm / norm": "np.clip(g, -max_norm, max_norm, out=g)"},
)

wrong(
    "clip_grad_norm",
    "goes through an iterator twice",
    {"for g in gradients:": "for g in [p.grad for p in parameters if p.grad is not None]:"},
)

wrong(
    "clip_grad_norm",
    "asks a parameter without gradient for one",
    {" if p.grad is not None": ""},
)


@right("clip_grad_norm", "one long vector, and a factor that is 1 or less")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        held = [p.grad for p in parameters if p.grad is not None]
        if not held:
            return 0.0
        flat = np.concatenate([np.asarray(g, dtype=np.float64).ravel() for g in held])
        norm = float(np.linalg.norm(flat))
        if np.isfinite(norm) and norm > max_norm:
            for g in held:
                np.multiply(g, np.float32(max_norm / norm), out=g)
        return norm


@right("clip_grad_norm", "adds squares up, and writes through [...]")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        parameters, total = [p for p in parameters if p.grad is not None], 0.0
        for p in parameters:
            wide = p.grad.astype("float64").reshape(-1)
            total += float(wide @ wide)
        norm = total**0.5
        if not math.isfinite(norm) or norm <= max_norm:
            return norm
        for p in parameters:
            p.grad[...] = p.grad.astype("float64") * (max_norm / norm)
        return norm


wrong(
    "accumulate",
    "gives every micro-batch the same weight",
    {"* (x.shape[0] / samples)": "/ len(group)"},
)

wrong(
    "accumulate",
    "adds the means up without weights",
    {" * (x.shape[0] / samples)": "", "loss.item()": "loss.item() * x.shape[0] / samples"},
)

wrong(
    "accumulate",
    "clears the gradients between micro-batches",
    {
        "for x, y in group:": """for x, y in group:
        for p in model.parameters():
            p.zero_grad()"""
    },
)

wrong(
    "accumulate",
    "clears what was there before",
    {
        "mean = 0.0": """mean = 0.0
    for p in model.parameters():
        p.zero_grad()"""
    },
)

wrong(
    "accumulate",
    "weighs the gradient and not the loss",
    {
        " * (x.shape[0] / samples)": "",
        "loss.backward()": "(loss * (x.shape[0] / samples)).backward()",
        "loss.item()": "loss.item() / len(group)",
    },
)

wrong(
    "accumulate",
    "divides by no samples",
    {'raise ValueError("gradients need at least one sample, but the group holds none")': "pass"},
)

wrong(
    "accumulate",
    "takes the first micro-batch's size for all",
    {"x.shape[0] / samples": "group[0][0].shape[0] / samples"},
)


@right("accumulate", "passes the weight to backward")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        sizes = [len(x.data) for x, _ in group]
        if sum(sizes) == 0:
            raise ValueError("an accumulated gradient needs samples, got none")
        total = 0.0
        for (x, y), size in zip(group, sizes):
            loss = loss_fn(model(x), y)
            loss.backward(np.float32(size / sum(sizes)))
            total += size * loss.item()
        return total / sum(sizes)


@right("accumulate", "sums over samples, and divides the new part at the end")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        n = sum(x.shape[0] for x, _ in group)
        if n == 0:
            raise ValueError("no sample came")
        parameters = model.parameters()
        before = [p.grad for p in parameters]
        for p in parameters:
            p.grad = None
        total = 0.0
        for x, y in group:
            loss = loss_fn(model(x), y) * float(x.shape[0])
            loss.backward()
            total += loss.item()
        for p, old in zip(parameters, before):
            p.grad = p.grad / np.float32(n) + (0 if old is None else old)
        return total / n


wrong(
    "evaluate",
    "averages over batches",
    {
        "x.shape[0] * loss_fn": "loss_fn",
        "count_hits(prediction.data, y.data)": "count_hits(prediction.data, y.data) / x.shape[0]",
        "samples += x.shape[0]": "samples += 1",
    },
)

wrong(
    "evaluate",
    "restores the mode only where all went well",
    {
        "try:\n        with no_grad():": "with no_grad():",
        "finally:\n        model.train(mode)": "model.train(mode)",
    },
)

wrong(
    "evaluate",
    "always leaves training mode behind",
    {"model.train(mode)": "model.train()"},
)

wrong(
    "evaluate",
    "records a graph for nobody",
    {"with no_grad():\n            for x, y in dataloader:": "for x, y in dataloader:"},
)

wrong("evaluate", "runs the model as it is, Dropout and all", {"model.eval()": ""})

wrong(
    "evaluate",
    "swallows what a batch raises",
    {
        "prediction = model(x)": """try:
                    prediction = model(x)
                except Exception:
                    continue"""
    },
)

wrong(
    "evaluate",
    "calls nothing a perfect score",
    {
        'raise ValueError("an evaluation needs at least one sample, but the data loader gave none")': "return 0.0, 0.0"
    },
)


@right("evaluate", "collects rows and averages them at the end")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        was, rows = model.training, []
        try:
            model.train(False)
            with no_grad():
                for x, y in dataloader:
                    out = model(x)
                    rows.append((len(y.data), loss_fn(out, y).item(), count_hits(out.data, y.data)))
        finally:
            model.train(was)
        if not sum(row[0] for row in rows):
            raise ValueError("the data loader gave no sample")
        sizes, losses, rights = np.array(rows, dtype=float).T
        return float(sizes @ losses / sizes.sum()), float(rights.sum() / sizes.sum())


@right("evaluate", "a helper inside a with statement")
def _():
    from contextlib import contextmanager

    @contextmanager
    def looking_at(model):
        before = model.training
        try:
            with no_grad():
                yield model.eval()
        finally:
            model.train(before)

    def evaluate_model(model, loss_fn, dataloader):
        total = correct = n = 0
        with looking_at(model):
            for x, y in dataloader:
                logits = model(x)
                n += x.shape[0]
                total += loss_fn(logits, y).item() * x.shape[0]
                correct += count_hits(logits.numpy(), y.numpy())
        if n == 0:
            raise ValueError("cannot evaluate on 0 samples")
        return total / n, correct / n


wrong(
    "save_arrays",
    "writes over the old file",
    {'draft.open("wb")': 'open(path, "wb")', "draft.replace(path)": ""},
)


@wrong("save_arrays", "lets savez add its ending")
def _():
    def npz_bytes(arrays):
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        file = BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    def save_arrays(path, arrays):
        npz_bytes(arrays)
        np.savez(f"{path}.part.npz", **arrays)
        path = str(path)
        os.replace(f"{path}.part.npz", path if path.endswith(".npz") else path + ".npz")


wrong(
    "save_arrays",
    "pickles objects",
    {
        'raise TypeError(f"{name} holds Python objects, and a checkpoint holds numbers and text")': "pass"
    },
)


@wrong("save_arrays", "leaves half a file behind when it fails")
def _():
    def npz_bytes(arrays):
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        file = BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    def save_arrays(path, arrays):
        with open(f"{path}.part", "wb") as file:
            file.write(npz_bytes(arrays))
        os.replace(f"{path}.part", path)


wrong(
    "save_arrays",
    "deletes the old file first",
    {
        "data, draft = npz_bytes(arrays)": """Path(path).unlink(missing_ok=True)
    data, draft = npz_bytes(arrays)"""
    },
)

wrong(
    "save_arrays",
    "copies the new file over the old one's bytes",
    {"draft.replace(path)": "Path(path).write_bytes(draft.read_bytes())"},
)

wrong(
    "save_arrays",
    "keeps a backup beside the file",
    {
        "draft.replace(path)": """if os.path.exists(path):
            os.replace(path, f"{path}.old")
        draft.replace(path)"""
    },
)


wrong(
    "save_arrays",
    "reads the file in memory from its end",
    {"return file.getvalue()": "return file.read()"},
)

wrong(
    "save_arrays",
    "stores the arrays without their names",
    {"np.savez(file, **named)": "np.savez(file, *named.values())"},
)


@right("save_arrays", "keeps the pairs in a list, and names the draft otherwise")
def _():
    def npz_bytes(arrays):
        ready = [(name, np.asanyarray(array)) for name, array in arrays.items()]
        for name, array in ready:
            if array.dtype.kind == "O":
                raise TypeError(f"array {name} has dtype object")
        memory = BytesIO()
        np.savez_compressed(memory, **dict(ready))
        memory.seek(0)
        return memory.read()

    def save_arrays(path, arrays):
        content = npz_bytes(arrays)
        draft = Path(path).with_name(Path(path).name + "~")
        draft.write_bytes(content)
        draft.replace(path)


@right("save_arrays", "cleans up in an except clause")
def _():
    def npz_bytes(arrays):
        with BytesIO() as memory:
            for name in arrays:
                if np.asarray(arrays[name]).dtype == object:
                    raise TypeError(f"{name} is an array of objects")
            np.savez(memory, **arrays)
            return memory.getvalue()

    def save_arrays(path, arrays):
        part = str(path) + ".writing"
        file = open(part, "wb")
        try:
            file.write(npz_bytes(arrays))
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            os.remove(part)
            raise
        file.close()
        os.rename(part, path)


wrong(
    "restore",
    "puts new arrays in place of the parameters",
    {
        "for path, array in mine.items():": "for path, thing in named_state(trainer.model):",
        "array[...] = saved[path]": """if isinstance(thing, Tensor):
            thing.data = saved[path].copy()""",
    },
)

wrong(
    "restore",
    "leaves the generators as they are",
    {'rng.bit_generator.state = note["generators"][name]': "pass"},
)

wrong(
    "restore",
    "leaves the optimizer without its moments",
    {'trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))': ""},
)

wrong(
    "restore",
    "writes while it checks",
    {
        "if ours != theirs:": """if ours == theirs:
            mine[path][...] = saved[path]
        else:"""
    },
)

wrong(
    "restore",
    "lets broadcasting hide a shape that does not fit",
    {
        "if ours != theirs:": """try:
            np.broadcast_to(saved[path], mine[path].shape)
        except (KeyError, ValueError):"""
    },
)

wrong(
    "restore",
    "does not miss what the checkpoint has too much",
    {"sorted(mine.keys() | saved.keys())": "mine"},
)

wrong(
    "restore",
    "leaves the learning rate and the step count behind",
    {
        'trainer.optimizer.lr = note["learning_rate"]': "",
        "trainer.step, ": "",
        'note["step"], ': "",
    },
)


wrong(
    "restore",
    "asks the optimizer last, when the arrays are written",
    {
        'trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))': "",
        'trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]': """trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
    trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]""",
    },
)

wrong(
    "restore",
    "does not miss a generator until it writes",
    {'raise ValueError(f"the checkpoint has no state for the generator {name}")': "pass"},
)


@right("restore", "checks through sets, then writes with copyto")
def _():
    def restore(trainer, arrays):
        own = trainer.arrays()
        theirs = {name[6:]: a for name, a in arrays.items() if name.startswith("model.")}
        odd = set(own) ^ set(theirs)
        odd |= {p for p in set(own) & set(theirs) if own[p].shape != theirs[p].shape}
        note = json.loads(str(arrays["note"]))
        odd |= set(trainer.generators()) - set(note["generators"])
        if odd:
            raise ValueError("the checkpoint does not fit at " + ", ".join(sorted(odd)))
        trainer.optimizer.load_state(
            {k[len("optimizer.") :]: v for k, v in arrays.items() if k.startswith("optimizer.")}
        )
        for name, generator in trainer.generators().items():
            generator.bit_generator.state = note["generators"][name]
        for path in own:
            np.copyto(own[path], theirs[path])
        trainer.optimizer.lr = note["learning_rate"]
        for name in ("epoch", "step", "history"):
            setattr(trainer, name, note[name])


wrong("training_bytes", "forgets the biases", {"(inputs + 1)": "inputs"})

wrong(
    "training_bytes",
    "counts one array a layer",
    {"widths[0] + 3 * sum(widths[1:-1]) + 2 * widths[-1]": "sum(widths)"},
)

wrong(
    "training_bytes",
    "puts a ReLU after the last layer",
    {"2 * widths[-1]": "3 * widths[-1]"},
)

wrong("training_bytes", "always counts Adam", {"remembered * parameters": "2 * parameters"})

wrong(
    "training_bytes",
    "gives each sample its own gradients",
    {"Held(parameters, parameters": "Held(parameters, micro_batch * parameters"},
)


@right("training_bytes", "layer by layer")
def _():
    @dataclass(frozen=True)
    class Held:
        parameters: int
        gradients: int
        optimizer: int
        activations: int

        def total(self):
            return self.parameters + self.gradients + self.optimizer + self.activations

    def training_bytes(widths, micro_batch, remembered=2):
        count, kept = 0, widths[0]
        for k in range(len(widths) - 1):
            count += widths[k] * widths[k + 1] + widths[k + 1]
            kept += widths[k + 1] * (3 if k < len(widths) - 2 else 2)
        return Held(4 * count, 4 * count, 4 * count * remembered, 4 * kept * micro_batch)


right(
    "training_bytes",
    "as sums over arrays",
    {
        "4 * sum((inputs + 1) * outputs for inputs, outputs in pairwise(widths))": "int(4 * np.add(widths[:-1], 1) @ widths[1:])",
        "widths[0] + 3 * sum(widths[1:-1]) + 2 * widths[-1]": "int(3 * np.sum(widths) - 2 * widths[0] - widths[-1])",
    },
)
