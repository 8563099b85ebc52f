"""Serves the address on this machine that a browser returns to after a consent; then nobody listens any more."""

import os
import sys
import time
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from urllib.parse import parse_qs, urlsplit

from include.errors import InvalidInput

HOST, PORT, PATH = "127.0.0.1", 8765, "/koppel/callback"
# the parameters -> status, a sentence for the person, and whether that was the answer that is awaited
Callback = Callable[[dict[str, str]], tuple[int, str, bool]]
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def redirect_uri(port: int) -> str:
    """Return the address that is to be registered with the vendor."""
    return f"http://{HOST}:{port}{PATH}"


def callback_parameters(address: str) -> dict[str, str]:
    """Return what an address carries: state, and code or error."""
    try:
        query = urlsplit(address.strip()).query
    except ValueError:
        query = ""
    return {name: values[0] for name, values in parse_qs(query).items()}


class LoopbackServer(TCPServer):
    """Listens from the moment that it is made. Raises InvalidInput for a port that cannot be had."""

    allow_reuse_address = True
    callback: Callback
    returned = False

    def __init__(self, port: int) -> None:
        try:
            super().__init__((HOST, port), _CallbackHandler)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise InvalidInput(
                f"port: {port} cannot be used ({reason}); choose another, or 0 for a free one"
            ) from error

    @property
    def redirect_uri(self) -> str:
        return redirect_uri(int(self.server_address[1]))

    def wait(self, timeout_s: float, callback: Callback) -> bool:
        """Wait for the browser, hand what it brings to ``callback``, and return whether it came in time."""
        self.callback, end = callback, time.monotonic() + timeout_s
        with self:
            # a browser may ask for other things first, and other pages may send it here
            while not self.returned and (left_s := end - time.monotonic()) > 0:
                self.timeout = left_s
                self.handle_request()
        return self.returned

    def handle_error(self, request: object, client_address: object) -> None:
        """Let the command fail by any error, but for a browser that hung up before it read the page."""
        if not isinstance(sys.exception(), ConnectionError):
            raise


class _CallbackHandler(BaseHTTPRequestHandler):
    server: LoopbackServer
    timeout = 10  # a connection that brings nothing does not keep the others out

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._send(404, "Hier is niets.")
            return
        status, sentence, self.server.returned = self.server.callback(callback_parameters(self.path))
        self._send(status, sentence)

    def _send(self, status: int, sentence: str) -> None:
        page = f"<!doctype html><html lang=nl><meta charset=utf-8><title>Koppel</title><p>{escape(sentence)}</p>"
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the address holds the code."""
