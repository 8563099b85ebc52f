"""Connections that end an answer at its deadline, from the first byte of its headers on, however it drips in."""

import io
import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class _BoundedReader(io.RawIOBase):
    """Reads from a socket until a moment, of which each read has what is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, ends_at: float) -> None:
        self._raw, self._sock, self._ends_at = raw, sock, ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._ends_at - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left_s)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, ends_at: float, **values: Any) -> None:
        super().__init__(sock, *args, **values)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_BoundedReader(raw, sock, ends_at))


class _Bounded:
    """The time-out of a request is for its whole answer, and not for each piece of it."""

    timeout: float
    response_class: Callable[..., HTTPResponse]

    def getresponse(self) -> Any:
        self.response_class = partial(_BoundedResponse, ends_at=time.monotonic() + self.timeout)
        return super().getresponse()  # type: ignore[misc]


class _Http(_Bounded, HTTPConnection):  # type: ignore[misc]
    pass


class _Https(_Bounded, HTTPSConnection):  # type: ignore[misc]
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls: Any = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls: Any = _Https


class BoundedAdapter(HTTPAdapter):
    """Sends requests whose time-out holds for the whole answer."""

    def init_poolmanager(self, *args: Any, **values: Any) -> None:
        super().init_poolmanager(*args, **values)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **values: Any) -> Any:
        manager = super().proxy_manager_for(*args, **values)
        manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {"http": _HttpPool, "https": _HttpsPool}
