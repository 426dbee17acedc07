"""A Jupyter kernel of a language that is not Python: `say WORD` prints, `fail WORD` is an error,
`loop` has no end, `die` ends the kernel. Run as a script, this file is the kernel."""

import json
import os
import sys
import time
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

METADATA = {
    "kernelspec": {"name": "echo", "display_name": "Echo", "language": "echo-lang"},
    "language_info": {"name": "echo-lang"},
}


def install(folder):
    """Make the kernel known below the Jupyter data folder `folder`."""
    place = Path(folder) / "kernels" / "echo"
    place.mkdir(parents=True)
    (place / "echo_kernel.py").write_text(Path(__file__).read_text(encoding="utf-8"))
    argv = [sys.executable, str(place / "echo_kernel.py"), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Echo", "language": "echo-lang"}
    (place / "kernel.json").write_text(json.dumps(spec))


class Echo(Kernel):
    implementation = "echo"
    implementation_version = language_version = "1"
    language = "echo-lang"
    language_info = {"name": "echo-lang", "mimetype": "text/plain", "file_extension": ".echo"}  # noqa: RUF012
    banner = "Echo"

    def do_execute(self, code, silent, *_args, **_kwargs):
        try:
            for line in code.splitlines():
                self._line(*line.partition(" ")[::2])
        except (ValueError, KeyboardInterrupt) as fault:
            error = {"ename": type(fault).__name__, "evalue": str(fault), "traceback": [str(fault)]}
            self.send_response(self.iopub_socket, "error", error)
            return {"status": "error", "execution_count": self.execution_count, **error}
        return {"status": "ok", "execution_count": self.execution_count, "user_expressions": {}}

    def _line(self, verb, word):
        if verb == "say":
            stream = {"name": "stdout", "text": f"{word}\n"}
            self.send_response(self.iopub_socket, "stream", stream)
        elif verb == "fail":
            raise ValueError(word)
        elif verb == "loop":
            time.sleep(60)
        elif verb == "die":
            os._exit(7)


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Echo)
