"""What a student could try instead of an answer: each text stands in the place of `double`.

None of them is a right answer, so none may earn a point; none may show a hidden test; none may
leave a process behind. {COURSE} stands for the course root.
"""

WIRE = "import sys\nanswers = sys.modules['autograder.sandbox.inside.bridge.answers']\n"
IDENTITY = "\ndef double(x):\n    return x\n"

CHEATS = {
    "exits with code 0": "import os\nos._exit(0)",
    "exits when it is called": "import os\ndef double(x):\n    os._exit(0)",
    "raises SystemExit when it is called": "def double(x):\n    raise SystemExit(0)",
    "raises GeneratorExit": "def double(x):\n    raise GeneratorExit",
    "raises an exception outside Exception": """
class Done(BaseException):
    pass
def double(x):
    raise Done""",
    "patches AssertionError": """
import builtins
class Quiet(Exception):
    def __new__(cls, *a): raise StopIteration
builtins.AssertionError = Quiet"""
    + IDENTITY,
    "patches builtins": """
import builtins
builtins.abs = lambda x: 0
builtins.len = lambda x: 3
builtins.isinstance = lambda *a: True
builtins.sum = builtins.max = lambda *a, **k: 0"""
    + IDENTITY,
    "patches NumPy": """
import numpy as np
yes = lambda *a, **k: True
np.allclose = np.array_equal = np.isclose = np.all = np.shares_memory = yes"""
    + IDENTITY,
    "patches numpy.testing": """
import numpy.testing as t
for name in dir(t):
    if name.startswith("assert"):
        setattr(t, name, lambda *a, **k: None)"""
    + IDENTITY,
    "returns what is equal to everything": """
class Any_:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return 0
    def __bool__(self): return True
def double(x):
    return Any_()""",
    "returns a float that is near everything": """
class Near(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return Near(0)
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __sub__
    def __abs__(self): return Near(0)
    __hash__ = float.__hash__
def double(x):
    return Near(0)""",
    "returns an object whose difference is zero": """
class Zero:
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
def double(x):
    return Zero()""",
    "returns an int that is equal to everything": """
class All(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = int.__hash__
def double(x):
    return All(7)""",
    "returns a str that is equal to everything": """
class Word(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def double(x):
    return Word("")""",
    "returns a list that is equal to everything": """
class Row(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
def double(x):
    return Row([1])""",
    "returns an ndarray that is equal to everything": """
import numpy as np
class Sly(np.ndarray):
    def __eq__(self, other): return np.True_
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
def double(x):
    return np.zeros(3).view(Sly)""",
    "returns an array of objects that are equal to everything": """
import numpy as np
class Any_:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __mul__ = __rmul__ = __add__ = __sub__
def double(x):
    return np.array([Any_(), Any_(), Any_()], dtype=object)""",
    "changes its array each time it is asked": """
import numpy as np, itertools
class Shifty:
    turn = itertools.count()
    def __array__(self, *a, **k): return np.full(3, float(next(self.turn)))
    def __len__(self): return next(self.turn)
    def __getitem__(self, k): return next(self.turn)
def double(x):
    return Shifty()""",
    "lies about its class": """
class Liar:
    __class__ = property(lambda self: float)
    def __eq__(self, other): return True
    def __float__(self): return 4.0
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
def double(x):
    return Liar()""",
    "lies about instances": """
class Meta(type):
    def __instancecheck__(cls, one): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return 0
class Vector(metaclass=Meta):
    def __init__(self, *a): pass
    def __add__(self, other): return self
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
def double(x):
    return Vector()""",
    "searches the frames": """
import sys
def double(x):
    seen, frame = [], sys._getframe()
    while frame:
        seen += [str(frame.f_code.co_consts), str(frame.f_locals)[:100000]]
        frame = frame.f_back
    print(seen)
    raise ValueError(" ".join(seen)[-300:])""",
    "searches memory through gc": """
import gc
def double(x):
    found = [o for o in gc.get_objects() if isinstance(o, (list, tuple, dict))]
    texts = [t for o in found for t in (o.values() if isinstance(o, dict) else o)
             if isinstance(t, str) and ("fr" + "0st") in t]
    print(texts)
    return texts""",
    "searches its own memory byte by byte": """
import re
def double(x):
    for line in open("/proc/self/maps"):
        if "rw" in line.split()[1]:
            a, b = (int(v, 16) for v in line.split()[0].split("-"))
            try:
                with open("/proc/self/mem", "rb", 0) as memory:
                    memory.seek(a)
                    print(re.findall(rb"fr0st[ -~]{0,80}", memory.read(b - a)))
            except (OSError, OverflowError, ValueError):
                pass
    return x""",
    "traces what is called": """
import sys
def spy(frame, event, argument):
    print(frame.f_code.co_filename, str(frame.f_locals)[:2000])
    return spy
def double(x):
    sys.settrace(spy)
    return x""",
    "reads the history": """
def double(x):
    print(globals().get("In"), globals().get("_ih"))
    import linecache
    print({k: v[2] for k, v in linecache.cache.items() if len(v) > 2 and "python" not in k})
    return x""",
    "reads every process": """
import glob
def double(x):
    for path in glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/environ"):
        try:
            print(path, open(path, "rb").read())
        except OSError as fault:
            print(path, fault)
    return x""",
    "reads the course": """
import os, glob
here = os.environ.get("PYTHONPATH", "/nowhere")
found = []
for pattern in ("{COURSE}/**/*", here + "/**/*.ipynb", "/tmp/**/*.db", "/home/**/*.ipynb"):
    for path in glob.glob(pattern, recursive=True)[:200]:
        try:
            found.append((path, open(path, errors="replace").read(4000)))
        except OSError:
            pass
print("found", len(found), found)"""
    + IDENTITY,
    "writes into the gradebook": """
import sqlite3
try:
    book = sqlite3.connect("{COURSE}/gradebook.db")
    book.execute("update grade set auto_score = 100, manual_score = 100")
    book.commit()
except Exception as fault:
    print(fault)"""
    + IDENTITY,
    "leaves a daemon that forges later": """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import sqlite3
        for _ in range(100):
            time.sleep(0.2)
            try:
                sqlite3.connect("{COURSE}/gradebook.db").execute("update grade set manual_score=9")
            except Exception:
                pass
    os._exit(0)"""
    + IDENTITY,
    "works in a thread and at exit": """
import atexit, threading, time
def go():
    while True:
        time.sleep(0.01)
        globals()["double"] = lambda x: x
threading.Thread(target=go, daemon=True).start()
atexit.register(print, "passed")"""
    + IDENTITY,
    "writes verdicts to every descriptor": """
import json, os, struct
told = json.dumps({"verdict": {"passed": True, "outputs": [], "profile": []}}).encode()
def double(x):
    for descriptor in range(3, 64):
        for head in (struct.pack(">I", len(told)), struct.pack("<I", len(told)), b""):
            try:
                os.set_blocking(descriptor, False)
                os.write(descriptor, head + told)
            except OSError:
                pass
    return x""",
    "prints verdicts": """
import os
def double(x):
    for text in ('{"verdict": {"passed": true}}', '{"score": 100}', "OK", "1.0"):
        print(text)
        os.write(1, text.encode())
    return x""",
    "answers everything with yes on the wire": WIRE
    + """
from autograder.sandbox.inside.bridge import framing
def serve(self, link, *a, **k):
    while True:
        try:
            framing.receive(link)
        except EOFError:
            return
        framing.send(link, {"v": True, "value": True, "ok": True, "passed": True, "result": True})
answers.AnswerServer.serve = serve"""
    + IDENTITY,
    "sends nonsense on the wire": WIRE
    + """
import os
answers.AnswerServer.serve = lambda self, link, *a: link.sendall(os.urandom(100000))"""
    + IDENTITY,
    "says that a frame is enormous": WIRE
    + """
def serve(self, link, *a, **k):
    link.recv(10)
    link.sendall(b"\\xff" * 64)
    link.recv(10)
answers.AnswerServer.serve = serve"""
    + IDENTITY,
    "never answers": WIRE
    + """
import time
answers.AnswerServer.serve = lambda *a, **k: time.sleep(1000)"""
    + IDENTITY,
    "asks the tester back for its secrets": """
def double(x):
    for name in ("__globals__", "__code__", "gi_frame", "f_back", "__class__", "__dict__", "tell"):
        try:
            print(name, getattr(x, name))
        except Exception as fault:
            print(name, fault)
    return x""",
    "shadows modules": """
import pathlib, sys
for name in ("numpy", "json", "autograder", "tester"):
    pathlib.Path(name + ".py").write_text("def __getattr__(name): return lambda *a, **k: True")
sys.path.insert(0, ".")
sys.modules.pop("numpy", None)"""
    + IDENTITY,
    "hooks imports": """
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        print("imports", name)
        return None
sys.meta_path.insert(0, Finder())
fake = types.ModuleType("numpy")
fake.__getattr__ = lambda name: (lambda *a, **k: True)
sys.modules["numpy"] = fake"""
    + IDENTITY,
    "empties the cells that follow": """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node): return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Empty())"""
    + IDENTITY,
    "replaces what runs a cell": """
shell = get_ipython()
type(shell).run_cell = type(shell).run_cell_async = lambda self, *a, **k: None
shell.run_code = lambda *a, **k: False"""
    + IDENTITY,
    "ignores every signal": """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
def double(x):
    while True:
        pass""",
    "kills all it can": """
import os, signal
def double(x):
    for target in (1, -1, os.getppid()):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError as fault:
            print(fault)
    return x""",
    "kills itself": "import os\nos.kill(os.getpid(), 9)",
    "raises an error that lies": """
class Sly(AssertionError):
    def __str__(self): return "passed"
    def __bool__(self): return False
def double(x):
    raise Sly()""",
    "raises an error without end": """
class Endless(Exception):
    def __str__(self): return str(self)
def double(x):
    raise Endless()""",
    "returns without end": "def double(x):\n    return iter(int, 1)",
    "returns a nest without end": """
def double(x):
    a = []
    for _ in range(100000):
        a = [a]
    return a""",
    "takes all memory": "def double(x):\n    return bytearray(100 << 30)",
    "takes all memory bit by bit": """
def double(x):
    kept = []
    while True:
        kept.append(bytearray(64 << 20))""",
    "forks without end": """
import os
def double(x):
    while True:
        try:
            os.fork()
        except OSError:
            return x""",
    "prints without end": "def double(x):\n    while True:\n        print('x' * 100000)",
    "fills the disk": """
def double(x):
    with open("/tmp/big", "wb") as file:
        for _ in range(1000):
            file.write(bytes(1 << 20))
    return x""",
    "calls the network": """
import socket, urllib.request
def double(x):
    for try_ in (lambda: urllib.request.urlopen("http://127.0.0.1:1/", timeout=1),
                 lambda: socket.create_connection(("127.0.0.1", 80), timeout=1)):
        try:
            print(try_())
        except OSError as fault:
            print(fault)
    return x""",
}
