"""Connections that go only where they may, and end an answer at its deadline, however it drips in."""

import io
import socket
import time
from collections.abc import Callable
from functools import cache, partial
from http.client import HTTPResponse
from ipaddress import ip_address
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from include.errors import AddressRefused


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
    """Goes only where it may; and the time-out of a request is for its whole answer, not for each piece of it."""

    allowed: frozenset[str] | None = None
    timeout: float
    host: str
    proxy: Any
    response_class: Callable[..., HTTPResponse]

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        # of the address that was connected to: a name may stand for another one at any moment
        if self.proxy is None and not may_reach(self.host, made.getpeername()[0], self.allowed):
            made.close()
            raise AddressRefused(self.host)
        return made

    def getresponse(self) -> Any:
        self.response_class = partial(_BoundedResponse, ends_at=time.monotonic() + self.timeout)
        return super().getresponse()  # type: ignore[misc]


def may_reach(host: str, ip: str, allowed: frozenset[str] | None) -> bool:
    """Tell whether a host with this address may be spoken to: a public one, or one that the installation lists."""
    return allowed is None or host in allowed or ip_address(ip.partition("%")[0]).is_global


@cache
def _pools(allowed: frozenset[str] | None) -> dict[str, Any]:
    """Return the pools for connections that may reach public addresses and these hosts; None: everything."""
    http = type("_Http", (_Bounded, HTTPConnection), {"allowed": allowed})
    https = type("_Https", (_Bounded, HTTPSConnection), {"allowed": allowed})
    return {
        "http": type("_HttpPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
        "https": type("_HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
    }


class BoundedAdapter(HTTPAdapter):
    """Sends requests to hosts that may be reached, whose time-out holds for the whole answer."""

    def __init__(self, allowed: frozenset[str] | None) -> None:
        self._allowed = allowed
        super().__init__()

    def init_poolmanager(self, *args: Any, **values: Any) -> None:
        super().init_poolmanager(*args, **values)
        self.poolmanager.pool_classes_by_scheme = _pools(self._allowed)

    def proxy_manager_for(self, *args: Any, **values: Any) -> Any:
        manager = super().proxy_manager_for(*args, **values)
        manager.pool_classes_by_scheme = _pools(self._allowed)
        return manager
