"""The door of the browser: a server on this machine that answers one page and nobody else.

It listens on loopback. Its addresses begin with a secret, the Host header has to be that of the
server (a name that somebody else's page points at this machine is refused), no other page may read
an answer, and what writes carries a second secret that only our own page has. The policy of a page
allows one script, ours.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from autograder.model import CourseError
from autograder.review import routes
from autograder.review.pages import Shell
from autograder.review.routes import JSON, Response
from autograder.review.worklist import Session

LOOPBACK = "127.0.0.1"
MOST_BYTES = 200_000
PATIENCE_S = 30
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = (
    "default-src 'none'; script-src {script}; connect-src 'self'; img-src data:; "
    "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class ReviewServer(ThreadingHTTPServer):
    """A server for one session; port 0 is any free one."""

    daemon_threads = True

    def __init__(self, session: Session, port: int = 0) -> None:
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as fault:
            raise CourseError(
                f"Port {port} of this machine cannot be used ({fault.strerror}). Leave --port out "
                f"for any free one."
            ) from fault
        self.session = session
        self.base = f"/{secrets.token_urlsafe(24)}"
        self.token = secrets.token_urlsafe(24)

    @property
    def hosts(self) -> tuple[str, str]:
        return f"{LOOPBACK}:{self.server_port}", f"localhost:{self.server_port}"

    @property
    def address(self) -> str:
        """Where the marker begins."""
        return f"http://{self.hosts[0]}{self.base}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle is nothing to report."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request: refused, or answered by `routes`."""

    server: ReviewServer
    protocol_version = "HTTP/1.1"
    server_version = "autograder-review"
    sys_version = ""
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        path = self._allowed_path()
        if path is None:
            return
        shell = Shell(self.server.base, self.server.token)
        try:
            response = routes.get(self.server.session, path, shell)
        except CourseError as fault:
            response = Response(500, "text/plain", str(fault))
        self._answer(response)

    def do_POST(self) -> None:
        path = self._allowed_path()
        if path is None:
            return
        fault = self._fault_of_write()
        if fault:
            self._refuse(403, fault)
            return
        body = self._body()
        if body is None:
            return
        self._answer(self._response_to_write(path, body))

    def _response_to_write(self, path: str, body: dict[str, Any]) -> Response:
        try:
            return routes.post(self.server.session, path, body)
        except CourseError as fault:
            sentence = f"Not saved: {fault}"
        except Exception:  # noqa: BLE001  the page has to learn that nothing was saved
            traceback.print_exc()
            sentence = "Not saved: an error in autograder review. The terminal shows where."
        return Response(500, JSON, json.dumps({"sentence": sentence}))

    def _allowed_path(self) -> str | None:
        """The path behind the base; None where the request was refused."""
        if self.headers.get("Host", "") not in self.server.hosts:
            self._refuse(421, "This server answers to its own address only.")
            return None
        path = urlsplit(self.path).path
        base, slash, page_path = path[1:].partition("/")
        has_token = hmac.compare_digest(f"/{base}".encode(), self.server.base.encode())
        if not (has_token and slash):
            self._refuse(404, "There is nothing here. The address that was printed has a token.")
            return None
        return f"/{page_path}"

    def _fault_of_write(self) -> str:
        """Why a POST is not from our own page, '' where it is."""
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.server.hosts}:
            return "Another page cannot write here."
        if self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return "Another page cannot write here."
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != JSON:
            return "A write has to be JSON."
        token = self.headers.get("X-Review-Token", "")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            return "The token of the page is missing. Load the page again."
        return ""

    def _body(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        is_short = length.isdecimal() and len(length) <= len(str(MOST_BYTES))
        if not is_short or int(length) > MOST_BYTES:
            self._refuse(413, f"A write has at most {MOST_BYTES} bytes.")
            return None
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            self._refuse(400, "A write has to be a JSON object.")
            return None
        return body

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer with a sentence and hang up: what is left of the request is not read."""
        self.close_connection = True
        self._answer(Response(status, JSON, json.dumps({"sentence": sentence})))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself, such as another method, is refused as all else is."""
        self._refuse(code, message or explain or "This server answers GET and POST of its page.")

    def _answer(self, response: Response) -> None:
        data = response.text.encode()
        self.send_response(response.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        policy = POLICY.format(script=self._script() if response.status < 400 else "'none'")
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Type", f"{response.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        if response.location:
            self.send_header("Location", self.server.base + response.location)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def _script(self) -> str:
        return f"http://{self.headers.get('Host')}{self.server.base}/review.js"

    def log_message(self, *_: Any) -> None:
        """The terminal stays quiet; addresses have a secret in them."""
