"""Draws the ports of a folder, and holds each from then until a process listens there."""

import json
import socket
from pathlib import Path

from local.errors import NotReady

LOOPBACK = "127.0.0.1"
PREFERRED = {"airflow": 8080, "sandbox": 8900}


class Ports:
    """Remembers the ports of a folder until it is removed.

    One that was drawn is listened on at once, so that nobody else gets it: it has only a number where the process that
    is to serve it has not been started yet. What is not taken is held until this process ends.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ports.json"
        self._held: dict[str, int] = {}  # file descriptors, by name

    def number(self, name: str) -> int:
        """Return the port of this name; it is drawn when it is first asked for."""
        known = self._known()
        if name not in known:
            listener = _draw(PREFERRED[name])
            known[name] = listener.getsockname()[1]
            self._held[name] = listener.detach()
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(known))
        return known[name]

    def take(self, name: str) -> socket.socket:
        """Return the socket at this port, for the process that serves it. Raises NotReady when it is taken."""
        number = self.number(name)
        if name in self._held:
            return socket.socket(fileno=self._held.pop(name))
        try:
            return socket.create_server((LOOPBACK, number))
        except OSError as error:
            raise NotReady(f"another program has port {number}, where {name} was: stop it") from error

    def _known(self) -> dict[str, int]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}


def _draw(preferred: int) -> socket.socket:
    """Listen at the preferred port, or at any that is free."""
    try:
        return socket.create_server((LOOPBACK, preferred))
    except OSError:
        return socket.create_server((LOOPBACK, 0))
