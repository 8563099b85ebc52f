"""A server that means no good, or has lost its wits: each of its answers is one that we must survive."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
DRIP_S = 0.02


def _drip(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(DRIP_S)


def drip_head(connection: socket.socket, _: bytes) -> None:
    _drip(connection, OK + b"X-Slow: " + b"x" * 100_000)


def drip_body(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"Content-Length: 100000\r\n\r\n")
    _drip(connection, b" " * 100_000)


def silence(connection: socket.socket, _: bytes) -> None:
    time.sleep(100_000 * DRIP_S)


def endless(connection: socket.socket, _: bytes) -> None:
    """Send a body without a length that never ends, as fast as it goes."""
    connection.sendall(OK + b"\r\n")
    while True:
        connection.sendall(b" " * 65_536)


def bomb(connection: socket.socket, _: bytes) -> None:
    """Send a little on the line that becomes a gigabyte."""
    packed = gzip.compress(b"0" * (64 * 2**20)) * 16
    connection.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)


def nested(connection: socket.socket, _: bytes) -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def nested_less(connection: socket.socket, _: bytes) -> None:
    """Nest deep enough for what reads it afterwards to fail."""
    body = b'{"value": [{"Name": ' + b"[" * 600 + b"]" * 600 + b"}]}"
    connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def too_short(connection: socket.socket, _: bytes) -> None:
    """Send less than it announces."""
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n{}")


def too_many_headers(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n")


def no_http(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"\x00\x01\x02 and a good day to you\r\n\r\n")


def error_page(connection: socket.socket, _: bytes) -> None:
    """Send ten megabytes of apology."""
    head = b"HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    connection.sendall(head % (10 * 2**20) + b"<p>sorry</p>" * (10 * 2**20 // 12))


def redirect(connection: socket.socket, _: bytes) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    connection.sendall(head)


def echo(connection: socket.socket, request: bytes) -> None:
    """Answer with an error that repeats the whole request."""
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    connection.sendall(head % len(request) + request)


def half_an_emoji(connection: socket.socket, _: bytes) -> None:
    body = b'{"value": "\\ud83d"}'
    connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@contextmanager
def hostile_server(answer: Answer) -> Iterator[str]:
    """Answer every request so; yield where."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _serve(listener: socket.socket, answer: Answer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, answer), daemon=True).start()


def _answer(connection: socket.socket, answer: Answer) -> None:
    with connection:
        try:
            answer(connection, connection.recv(1_000_000))
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # whoever asked has gone
