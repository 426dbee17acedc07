"""Proofs for 08_training: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("cosine", "lets the cosine run on after the last epoch")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"got {total_epochs} epochs")
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            share = 0.5 * (1 + math.cos(math.pi * epoch / self.total_epochs))
            return self.min_lr + (self.max_lr - self.min_lr) * share


@wrong("cosine", "reaches the floor one epoch early")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"got {total_epochs} epochs")
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            if epoch >= self.total_epochs - 1:
                return self.min_lr
            share = 0.5 * (1 + math.cos(math.pi * epoch / max(self.total_epochs - 1, 1)))
            return self.min_lr + (self.max_lr - self.min_lr) * share


@wrong("cosine", "forgets the factor one half")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"got {total_epochs} epochs")
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            done = min(epoch / self.total_epochs, 1)
            return self.min_lr + (self.max_lr - self.min_lr) * (1 + math.cos(math.pi * done))


@wrong("cosine", "falls along a straight line")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"got {total_epochs} epochs")
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            done = min(epoch / self.total_epochs, 1)
            return self.max_lr * (1 - done) + self.min_lr * done


@wrong("cosine", "takes no epochs for a schedule")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

        def get_lr(self, epoch):
            done = min(epoch / self.total_epochs, 1)
            return self.min_lr + (self.max_lr - self.min_lr) * (1 + math.cos(math.pi * done)) / 2


@wrong("cosine", "counts its own calls as epochs")
def _():
    class CosineSchedule:
        def __init__(self, max_lr=0.1, min_lr=0.01, total_epochs=100):
            if total_epochs < 1:
                raise ValueError(f"got {total_epochs} epochs")
            self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs
            self.lr, self.done = max_lr, 0

        def get_lr(self, epoch):
            self.done = max(self.done, min(epoch / self.total_epochs, 1))
            share = (1 + math.cos(math.pi * self.done)) / 2
            return self.min_lr + (self.max_lr - self.min_lr) * share


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


@wrong("clip_grad_norm", "clips each parameter by its own norm")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        total = 0.0
        for p in parameters:
            if p.grad is not None:
                norm = float(np.linalg.norm(p.grad.astype(np.float64)))
                total += norm**2
                if max_norm < norm < math.inf:
                    p.grad *= max_norm / norm
        return math.sqrt(total)


@wrong("clip_grad_norm", "puts new arrays in place of the gradients")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        having = [p for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(p.grad.astype(np.float64) ** 2)) for p in having))
        if max_norm < norm < math.inf:
            for p in having:
                p.grad = p.grad * np.float32(max_norm / norm)
        return norm


@wrong("clip_grad_norm", "squares in float32")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(g * g)) for g in gradients))
        if max_norm < norm < math.inf:
            for g in gradients:
                g *= max_norm / norm
        return norm


@wrong("clip_grad_norm", "scales short gradients up to the limit")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(g.astype(np.float64) ** 2)) for g in gradients))
        if 0 < norm < math.inf:
            for g in gradients:
                g *= max_norm / norm
        return norm


@wrong("clip_grad_norm", "scales by the limit over an infinite norm")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(g.astype(np.float64) ** 2)) for g in gradients))
        if norm > max_norm:
            for g in gradients:
                g *= max_norm / norm
        return norm


@wrong("clip_grad_norm", "returns the norm after clipping")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(g.astype(np.float64) ** 2)) for g in gradients))
        if max_norm < norm < math.inf:
            for g in gradients:
                g *= max_norm / norm
            return max_norm
        return norm


@wrong("clip_grad_norm", "cuts each number off at the limit")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = math.sqrt(sum(float(np.sum(g.astype(np.float64) ** 2)) for g in gradients))
        if norm < math.inf:
            for g in gradients:
                np.clip(g, -max_norm, max_norm, out=g)
        return norm


@wrong("clip_grad_norm", "goes through an iterator twice")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        total = sum(
            float(np.sum(p.grad.astype(np.float64) ** 2)) for p in parameters if p.grad is not None
        )
        norm = math.sqrt(total)
        if max_norm < norm < math.inf:
            for p in parameters:
                if p.grad is not None:
                    p.grad *= max_norm / norm
        return norm


@wrong("clip_grad_norm", "asks a parameter without gradient for one")
def _():
    def clip_grad_norm(parameters, max_norm=1.0):
        gradients = [p.grad for p in parameters]
        norm = math.sqrt(sum(float(np.sum(g.astype(np.float64) ** 2)) for g in gradients))
        if max_norm < norm < math.inf:
            for g in gradients:
                g *= max_norm / norm
        return norm


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


@wrong("accumulate", "gives every micro-batch the same weight")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        if not sum(x.shape[0] for x, _ in group):
            raise ValueError("there is no sample")
        mean = 0.0
        for x, y in group:
            loss = loss_fn(model(x), y) / len(group)
            loss.backward()
            mean += loss.item()
        return mean


@wrong("accumulate", "adds the means up without weights")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        samples = sum(x.shape[0] for x, _ in group)
        if not samples:
            raise ValueError("there is no sample")
        mean = 0.0
        for x, y in group:
            loss = loss_fn(model(x), y)
            loss.backward()
            mean += loss.item() * x.shape[0] / samples
        return mean


@wrong("accumulate", "clears the gradients between micro-batches")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        samples = sum(x.shape[0] for x, _ in group)
        if not samples:
            raise ValueError("there is no sample")
        mean = 0.0
        for x, y in group:
            for p in model.parameters():
                p.zero_grad()
            loss = loss_fn(model(x), y) * (x.shape[0] / samples)
            loss.backward()
            mean += loss.item()
        return mean


@wrong("accumulate", "clears what was there before")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        samples = sum(x.shape[0] for x, _ in group)
        if not samples:
            raise ValueError("there is no sample")
        for p in model.parameters():
            p.zero_grad()
        mean = 0.0
        for x, y in group:
            loss = loss_fn(model(x), y) * (x.shape[0] / samples)
            loss.backward()
            mean += loss.item()
        return mean


@wrong("accumulate", "weighs the gradient and not the loss")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        samples, losses = sum(x.shape[0] for x, _ in group), []
        if not samples:
            raise ValueError("there is no sample")
        for x, y in group:
            loss = loss_fn(model(x), y)
            (loss * (x.shape[0] / samples)).backward()
            losses.append(loss.item())
        return sum(losses) / len(losses)


@wrong("accumulate", "divides by no samples")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        samples = sum(x.shape[0] for x, _ in group)
        mean = 0.0
        for x, y in group:
            loss = loss_fn(model(x), y) * (x.shape[0] / samples)
            loss.backward()
            mean += loss.item()
        return mean


@wrong("accumulate", "takes the first micro-batch's size for all")
def _():
    LossFunction = Callable[[Tensor, Tensor], Tensor]
    Batch = tuple[Tensor, ...]

    def accumulate(model, loss_fn, group):
        if not group or not group[0][0].shape[0]:
            raise ValueError("there is no sample")
        size, mean = group[0][0].shape[0], 0.0
        samples = sum(x.shape[0] for x, _ in group)
        for x, y in group:
            loss = loss_fn(model(x), y) * (size / samples)
            loss.backward()
            mean += loss.item()
        return mean


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


@wrong("evaluate", "averages over batches")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        mode, losses, shares = model.training, [], []
        model.eval()
        try:
            with no_grad():
                for x, y in dataloader:
                    prediction = model(x)
                    losses.append(loss_fn(prediction, y).item())
                    shares.append(count_hits(prediction.data, y.data) / x.shape[0])
        finally:
            model.train(mode)
        if not losses:
            raise ValueError("there is no sample")
        return sum(losses) / len(losses), sum(shares) / len(shares)


@wrong("evaluate", "restores the mode only where all went well")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        mode, loss, right, samples = model.training, 0.0, 0.0, 0
        model.eval()
        with no_grad():
            for x, y in dataloader:
                prediction = model(x)
                loss += x.shape[0] * loss_fn(prediction, y).item()
                right += count_hits(prediction.data, y.data)
                samples += x.shape[0]
        model.train(mode)
        if not samples:
            raise ValueError("there is no sample")
        return loss / samples, right / samples


@wrong("evaluate", "always leaves training mode behind")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        loss, right, samples = 0.0, 0.0, 0
        model.eval()
        try:
            with no_grad():
                for x, y in dataloader:
                    prediction = model(x)
                    loss += x.shape[0] * loss_fn(prediction, y).item()
                    right += count_hits(prediction.data, y.data)
                    samples += x.shape[0]
        finally:
            model.train()
        if not samples:
            raise ValueError("there is no sample")
        return loss / samples, right / samples


@wrong("evaluate", "records a graph for nobody")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        mode, loss, right, samples = model.training, 0.0, 0.0, 0
        model.eval()
        try:
            for x, y in dataloader:
                prediction = model(x)
                loss += x.shape[0] * loss_fn(prediction, y).item()
                right += count_hits(prediction.data, y.data)
                samples += x.shape[0]
        finally:
            model.train(mode)
        if not samples:
            raise ValueError("there is no sample")
        return loss / samples, right / samples


@wrong("evaluate", "runs the model as it is, Dropout and all")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        loss, right, samples = 0.0, 0.0, 0
        with no_grad():
            for x, y in dataloader:
                prediction = model(x)
                loss += x.shape[0] * loss_fn(prediction, y).item()
                right += count_hits(prediction.data, y.data)
                samples += x.shape[0]
        if not samples:
            raise ValueError("there is no sample")
        return loss / samples, right / samples


@wrong("evaluate", "swallows what a batch raises")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        mode, loss, right, samples = model.training, 0.0, 0.0, 0
        model.eval()
        with no_grad():
            for x, y in dataloader:
                try:
                    prediction = model(x)
                except Exception:
                    continue
                loss += x.shape[0] * loss_fn(prediction, y).item()
                right += count_hits(prediction.data, y.data)
                samples += x.shape[0]
        model.train(mode)
        if not samples:
            raise ValueError("there is no sample")
        return loss / samples, right / samples


@wrong("evaluate", "calls nothing a perfect score")
def _():
    def evaluate_model(model, loss_fn, dataloader):
        mode, loss, right, samples = model.training, 0.0, 0.0, 0
        model.eval()
        try:
            with no_grad():
                for x, y in dataloader:
                    prediction = model(x)
                    loss += x.shape[0] * loss_fn(prediction, y).item()
                    right += count_hits(prediction.data, y.data)
                    samples += x.shape[0]
        finally:
            model.train(mode)
        return loss / max(samples, 1), right / max(samples, 1)


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


@wrong("save_arrays", "writes over the old file")
def _():
    def save_arrays(path, arrays):
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        with open(path, "wb") as file:
            np.savez(file, **arrays)


@wrong("save_arrays", "lets savez add its ending")
def _():
    def save_arrays(path, arrays):
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        np.savez(f"{path}.part.npz", **arrays)
        path = str(path)
        os.replace(f"{path}.part.npz", path if path.endswith(".npz") else path + ".npz")


@wrong("save_arrays", "pickles objects")
def _():
    def save_arrays(path, arrays):
        beside = Path(f"{path}.part")
        try:
            with beside.open("wb") as file:
                np.savez(file, **arrays)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


@wrong("save_arrays", "leaves half a file behind when it fails")
def _():
    def save_arrays(path, arrays):
        with open(f"{path}.part", "wb") as file:
            for name, array in arrays.items():
                if np.asarray(array).dtype.hasobject:
                    raise TypeError(f"{name} holds objects")
            np.savez(file, **arrays)
        os.replace(f"{path}.part", path)


@wrong("save_arrays", "deletes the old file first")
def _():
    def save_arrays(path, arrays):
        Path(path).unlink(missing_ok=True)
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        with open(path, "wb") as file:
            np.savez(file, **arrays)


@wrong("save_arrays", "copies the new file over the old one's bytes")
def _():
    def save_arrays(path, arrays):
        import shutil

        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        with open(f"{path}.part", "wb") as file:
            np.savez(file, **arrays)
        shutil.copyfile(f"{path}.part", path)
        os.remove(f"{path}.part")


@wrong("save_arrays", "keeps a backup beside the file")
def _():
    def save_arrays(path, arrays):
        for name, array in arrays.items():
            if np.asarray(array).dtype.hasobject:
                raise TypeError(f"{name} holds objects")
        with open(f"{path}.part", "wb") as file:
            np.savez(file, **arrays)
        if os.path.exists(path):
            os.replace(path, f"{path}.old")
        os.replace(f"{path}.part", path)


@right("save_arrays", "writes into memory first")
def _():
    def save_arrays(path, arrays):
        import io

        ready = {name: np.asanyarray(array) for name, array in arrays.items()}
        for name, array in ready.items():
            if array.dtype.kind == "O":
                raise TypeError(f"array {name} has dtype object")
        memory = io.BytesIO()
        np.savez(memory, **ready)
        draft = Path(path).with_name(Path(path).name + "~")
        draft.write_bytes(memory.getvalue())
        draft.replace(path)


@right("save_arrays", "cleans up in an except clause")
def _():
    def save_arrays(path, arrays):
        part = str(path) + ".writing"
        file = open(part, "wb")
        try:
            for name in arrays:
                if np.asarray(arrays[name]).dtype == object:
                    raise TypeError(f"{name} is an array of objects")
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            os.remove(part)
            raise
        file.close()
        os.rename(part, path)


@wrong("pack", "hands out the living arrays")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array for path, array in trainer.arrays().items()}
        for name, array in trainer.optimizer.state().items():
            arrays[f"optimizer.{name}"] = array
        states = {k: rng.bit_generator.state for k, rng in trainer.generators().items()}
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.optimizer.lr,
            "generators": states,
        }
        return {**arrays, "note": np.array(json.dumps(note, default=np.ndarray.tolist))}


@wrong("pack", "forgets the generators")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
        for name, array in trainer.optimizer.state().items():
            arrays[f"optimizer.{name}"] = np.array(array)
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.optimizer.lr,
            "generators": {},
        }
        return {**arrays, "note": np.array(json.dumps(note))}


@wrong("pack", "forgets what the optimizer remembers")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
        states = {k: rng.bit_generator.state for k, rng in trainer.generators().items()}
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.optimizer.lr,
            "generators": states,
        }
        return {**arrays, "note": np.array(json.dumps(note, default=np.ndarray.tolist))}


@wrong("pack", "notes the rate of the schedule, not the optimizer's")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
        for name, array in trainer.optimizer.state().items():
            arrays[f"optimizer.{name}"] = np.array(array)
        states = {k: rng.bit_generator.state for k, rng in trainer.generators().items()}
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.history["learning_rates"][-1],
            "generators": states,
        }
        return {**arrays, "note": np.array(json.dumps(note, default=np.ndarray.tolist))}


@wrong("pack", "starts the generators anew")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
        for name, array in trainer.optimizer.state().items():
            arrays[f"optimizer.{name}"] = np.array(array)
        states = {k: np.random.default_rng(0).bit_generator.state for k in trainer.generators()}
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.optimizer.lr,
            "generators": states,
        }
        return {**arrays, "note": np.array(json.dumps(note, default=np.ndarray.tolist))}


@wrong("pack", "keeps objects that only pickle can write")
def _():
    def pack(trainer):
        arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
        for name, array in trainer.optimizer.state().items():
            arrays[f"optimizer.{name}"] = np.array(array)
        states = {k: rng.bit_generator.state for k, rng in trainer.generators().items()}
        note = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "history": trainer.history,
            "learning_rate": trainer.optimizer.lr,
            "generators": states,
        }
        return {**arrays, "note": np.array(note)}


@right("pack", "builds the dict in one piece")
def _():
    def pack(trainer):
        from copy import deepcopy

        rngs = trainer.generators()
        note = dict(
            learning_rate=float(trainer.optimizer.lr),
            epoch=trainer.epoch,
            step=trainer.step,
            history=deepcopy(trainer.history),
            generators={name: rngs[name].bit_generator.state for name in rngs},
        )
        return {
            "note": np.array([json.dumps(note, default=np.ndarray.tolist)]),
            **{"model." + k: np.array(v) for k, v in trainer.arrays().items()},
            **{"optimizer." + k: np.array(v) for k, v in trainer.optimizer.state().items()},
        }


@wrong("restore", "puts new arrays in place of the parameters")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in sorted(mine.keys() | saved.keys()):
            if path not in mine or path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        trainer.optimizer.lr = note["learning_rate"]
        for path, thing in named_state(trainer.model):
            if isinstance(thing, Tensor):
                thing.data = saved[path].copy()
        for name, rng in trainer.generators().items():
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "leaves the generators as they are")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in sorted(mine.keys() | saved.keys()):
            if path not in mine or path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        trainer.optimizer.lr = note["learning_rate"]
        for path, array in mine.items():
            array[...] = saved[path]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "leaves the optimizer without its moments")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in sorted(mine.keys() | saved.keys()):
            if path not in mine or path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.lr = note["learning_rate"]
        for path, array in mine.items():
            array[...] = saved[path]
        for name, rng in trainer.generators().items():
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "writes while it checks")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in [*mine, *(path for path in saved if path not in mine)]:
            if path not in mine or path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
            mine[path][...] = saved[path]
        note = json.loads(arrays["note"].item())
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        trainer.optimizer.lr = note["learning_rate"]
        for name, rng in trainer.generators().items():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "lets broadcasting hide a shape that does not fit")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in sorted(mine.keys() | saved.keys()):
            if path not in mine or path not in saved:
                raise ValueError(f"{path} is on one side only")
            try:
                np.broadcast_to(saved[path], mine[path].shape)
            except ValueError:
                raise ValueError(f"{path} does not fit") from None
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        trainer.optimizer.lr = note["learning_rate"]
        for path, array in mine.items():
            array[...] = saved[path]
        for name, rng in trainer.generators().items():
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "does not miss what the checkpoint has too much")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in mine:
            if path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        trainer.optimizer.lr = note["learning_rate"]
        for path, array in mine.items():
            array[...] = saved[path]
        for name, rng in trainer.generators().items():
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]


@wrong("restore", "leaves the learning rate and the step count behind")
def _():
    def restore(trainer, arrays):
        mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
        for path in sorted(mine.keys() | saved.keys()):
            if path not in mine or path not in saved or mine[path].shape != saved[path].shape:
                raise ValueError(f"{path} does not fit")
        note = json.loads(arrays["note"].item())
        for name in trainer.generators():
            if name not in note["generators"]:
                raise ValueError(f"{name} is not known")
        trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
        for path, array in mine.items():
            array[...] = saved[path]
        for name, rng in trainer.generators().items():
            rng.bit_generator.state = note["generators"][name]
        trainer.epoch, trainer.history = note["epoch"], note["history"]


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
        for name, generator in trainer.generators().items():
            generator.bit_generator.state = note["generators"][name]
        for path in own:
            np.copyto(own[path], theirs[path])
        trainer.optimizer.load_state(
            {k[len("optimizer.") :]: v for k, v in arrays.items() if k.startswith("optimizer.")}
        )
        trainer.optimizer.lr = note["learning_rate"]
        for name in ("epoch", "step", "history"):
            setattr(trainer, name, note[name])


@wrong("training_bytes", "forgets the biases")
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
        parameters = 4 * sum(a * b for a, b in zip(widths, widths[1:]))
        numbers = widths[0] + 3 * sum(widths[1:-1]) + 2 * widths[-1]
        return Held(parameters, parameters, remembered * parameters, 4 * micro_batch * numbers)


@wrong("training_bytes", "counts one array a layer")
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
        parameters = 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))
        return Held(parameters, parameters, remembered * parameters, 4 * micro_batch * sum(widths))


@wrong("training_bytes", "puts a ReLU after the last layer")
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
        parameters = 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))
        numbers = widths[0] + 3 * sum(widths[1:])
        return Held(parameters, parameters, remembered * parameters, 4 * micro_batch * numbers)


@wrong("training_bytes", "always counts Adam")
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
        parameters = 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))
        numbers = widths[0] + 3 * sum(widths[1:-1]) + 2 * widths[-1]
        return Held(parameters, parameters, 2 * parameters, 4 * micro_batch * numbers)


@wrong("training_bytes", "gives each sample its own gradients")
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
        parameters = 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))
        numbers = widths[0] + 3 * sum(widths[1:-1]) + 2 * widths[-1]
        return Held(
            parameters, micro_batch * parameters, remembered * parameters, 4 * micro_batch * numbers
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


@right("training_bytes", "as sums over arrays")
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
        w = np.array(widths)
        p = int(4 * (w[:-1] @ w[1:] + w[1:].sum()))
        a = int(4 * micro_batch * (3 * w.sum() - 2 * w[0] - w[-1]))
        return Held(p, p, p * remembered, a)
