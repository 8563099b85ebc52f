"""A web server of a few lines on the loopback address, which answers what a test has put ready."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class StubReply:
    """What to answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


HANG_UP = StubReply(0)  # read the request, then close the connection


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class StubServer:
    """``replies`` are given in turn, the last one for ever; ``seen`` are the requests so far."""

    url: str
    replies: list[StubReply] = field(default_factory=lambda: [StubReply()])
    seen: list[ReceivedRequest] = field(default_factory=list)

    def answer(self, *replies: StubReply) -> None:
        self.replies = list(replies)

    def next(self) -> StubReply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.seen]


def json_reply(value: Any, status: int = 200, **headers: str) -> StubReply:
    return StubReply(status, orjson.dumps(value), headers)


class _Handler(BaseHTTPRequestHandler):
    """Notes the request, gives the next reply. HTTP/1.0: a connection for each."""

    stub: StubServer

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.stub.seen.append(ReceivedRequest(self.command, self.path, dict(self.headers.items()), body))
        reply = self.stub.next()
        if reply is HANG_UP:
            return
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def stub_server() -> Iterator[StubServer]:
    """A server of its own for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.stub = stub = StubServer(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
