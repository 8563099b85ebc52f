"""Where a person's browser returns to after a consent: one request on the loopback address, then nobody listens."""

import os
import sys
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from urllib.parse import parse_qs, urlsplit

from include.errors import InvalidInput

HOST, PATH = "127.0.0.1", "/koppel/callback"
Answered = Callable[[dict[str, str]], tuple[int, str]]  # what came back -> status, and a sentence for the person
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def redirect_uri(port: int) -> str:
    """To be registered with the vendor."""
    return f"http://{HOST}:{port}{PATH}"


def brought(address: str) -> dict[str, str]:
    """What an address carries: state, and code or error."""
    try:
        query = urlsplit(address.strip()).query
    except ValueError:
        query = ""
    return {name: values[0] for name, values in parse_qs(query).items()}


class Returning(TCPServer):
    """Listens from the moment that it is made. Raises InvalidInput for a port that cannot be had."""

    allow_reuse_address = True
    answered: Answered
    came = late = False

    def __init__(self, port: int) -> None:
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise InvalidInput(f"port: {port} cannot be used ({why}); choose another, or 0 for a free one") from error

    @property
    def redirect_uri(self) -> str:
        return redirect_uri(int(self.server_address[1]))

    def wait(self, seconds: float, answered: Answered) -> bool:
        """Whether the browser came in time; what it brought was handed to ``answered``."""
        self.timeout, self.answered = seconds, answered
        with self:
            while not self.came and not self.late:  # a browser may ask for other things first
                self.handle_request()
        return self.came

    def handle_timeout(self) -> None:
        self.late = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whatever went wrong is for the command; a browser that hung up before it read the page is not wrong."""
        if not isinstance(sys.exception(), ConnectionError):
            raise


class _Handler(BaseHTTPRequestHandler):
    server: Returning
    timeout = 10  # a connection that brings nothing does not keep the others out

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._show(404, "Hier is niets.")
            return
        self.server.came = True
        self._show(*self.server.answered(brought(self.path)))

    def _show(self, status: int, sentence: str) -> None:
        page = f"<!doctype html><html lang=nl><meta charset=utf-8><title>Koppel</title><p>{escape(sentence)}</p>"
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address that it would write holds the code."""
