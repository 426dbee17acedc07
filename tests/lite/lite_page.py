"""A site of the course in headless Chromium: a local server of files, and nothing else to reach."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[2]
WAIT_MS = 600_000
START = """async path => {
    const services = window.jupyterapp.serviceManager;
    await services.ready;
    await services.kernelspecs.ready;
    const session = await services.sessions.startNew(
        {path, name: path, type: "notebook", kernel: {name: "xeus-python"}});
    window.kernel = session.kernel;
    await session.kernel.info;
}"""
RUN = """async ([code, limit]) => {
    const future = window.kernel.requestExecute({code}), outputs = [];
    future.onIOPub = message => outputs.push([message.header.msg_type, message.content]);
    const late = new Promise(done => setTimeout(() => done({content: {status: "late"}}), limit));
    const reply = await Promise.race([future.done, late]);
    return [reply.content.status, outputs];
}"""


@dataclass
class Server:
    """Where a site is served, and how many bytes of it went out."""

    url: str
    sent_bytes: int = 0

    @property
    def port(self) -> str:
        return self.url.rsplit(":", 1)[1].rstrip("/")


class _Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log: Server

    def log_message(self, *arguments: Any) -> None:
        """Silent."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        data = source.read()
        self.log.sent_bytes += len(data)
        outputfile.write(data)


@contextmanager
def served(site: Path) -> Iterator[Server]:
    """A plain server of files for the site, on a port of its own."""
    handler = type("Files", (_Files,), {})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(site))
    )
    handler.log = Server(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield handler.log
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def page_of(
    browser: Browser, server: Server, width: int = 1280, speaks: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """An empty page and what it and its workers ask of others than the server; such requests are
    refused. speaks: JupyterLab is told to let a script talk to it."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, accept_downloads=True)
    strange: list[str] = []

    def route(matched_route: Route) -> None:
        if not matched_route.request.url.startswith((server.url, "data:", "blob:")):
            strange.append(matched_route.request.url)
            matched_route.abort()
        elif speaks and matched_route.request.url.endswith("/jupyter-lite.json"):
            reply = matched_route.fetch()
            config = reply.json()
            config.setdefault("jupyter-config-data", {})["exposeAppInBrowser"] = True
            matched_route.fulfill(response=reply, body=json.dumps(config))
        else:
            matched_route.continue_()

    context.route("**/*", route)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    try:
        yield page, strange
    finally:
        context.close()


def start_kernel(page: Page, server: Server, path: str) -> None:
    """A kernel in the folder of the notebook at `path`, without a notebook on the screen."""
    page.goto(f"{server.url}lab/index.html")
    page.wait_for_function("window.jupyterapp")
    page.wait_for_timeout(2000)
    page.evaluate(START, path)


def run(page: Page, code: str, limit_s: float = 600) -> tuple[str, list[tuple[str, Any]]]:
    """Runs code: 'ok', 'error' or 'late', and the messages that came."""
    status, outputs = page.evaluate(RUN, [code, 1000 * limit_s])
    return status, [(kind, content) for kind, content in outputs]


def error_of(outputs: list[tuple[str, Any]]) -> str:
    """The exception among the messages, as 'ValueError: what it says'."""
    errors = [content for kind, content in outputs if kind == "error"]
    if not errors:
        return ""
    name = errors[0]["ename"].removeprefix("<class '").removesuffix("'>")
    return f"{name}: {errors[0]['evalue'].splitlines()[0] if errors[0]['evalue'] else ''}"
