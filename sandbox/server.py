"""One process, one port, every connector's sandbox: assembled here, and controlled under ``/_sandbox``."""

import json
import os
import re
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox import control
from sandbox.data_size import DataSize
from sandbox.dates import DateMiddleware
from sandbox.faults import DropMiddleware, FaultMiddleware
from sandbox.sandboxes import Sandboxes
from sandbox.traffic import TrafficMiddleware
from sandbox.web import routes as people
from sandbox.world import moment_of

LOOPBACK = "127.0.0.1"


class Server(Sandboxes):
    """The sandboxes as one web application, ``app``, which serves all of them."""

    def __init__(self, size: DataSize | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Assemble the application. Raises ValueError as Sandboxes does."""
        super().__init__(size, settings)
        self.app = FastAPI(title="Koppel sandbox", openapi_url=None)
        guards = [Depends(control.own_origin)]
        self.app.include_router(control.router(self), prefix="/_sandbox", dependencies=guards)
        self.app.include_router(people.router(self.services))
        for service in self.services.values():
            self.app.include_router(service.control, prefix="/_sandbox", dependencies=guards)
            inner: ASGIApp = FaultMiddleware(service.app, self.world.faults, service.error_response)
            inner = TrafficMiddleware(inner, self.world.traffic, service.name, service.kind)
            inner = DateMiddleware(inner, partial(moment_of, self.world, service.name))
            self.app.router.routes.append(_Mount(f"/{service.name}", app=DropMiddleware(inner)))


class _Mount(Mount):
    """Hands on every path below it, so that each service says itself what it does not know.

    The mount that this is made of stops at a line end, which a path may hold as ``%0A``.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


class _DroppableProtocol(HttpToolsProtocol):
    """Hands the transport to the application, so that a fault can close the connection in mid-answer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def droppable_config(app: ASGIApp) -> uvicorn.Config:
    """Return how the sandboxes are served: quiet, and with connections that a fault can close."""
    return uvicorn.Config(app, http=_DroppableProtocol, log_level="warning", access_log=False, date_header=False)


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Listen at this port, 0 being any free one. Raises ValueError when that cannot be had."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise ValueError(f"port: {port} cannot be used ({why}); choose another, or 0 for a free one") from error


def serve(server: Server, listener: socket.socket, as_json: bool = False, root: str = "") -> None:
    """Serve until stopped, and print a line when ready.

    ``root`` is how others reach it, when not by the loopback address.
    """
    root = root.rstrip("/") or f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    access = server.access(root)
    print(json.dumps(access) if as_json else _welcome(root, access), flush=True)
    uvicorn.Server(droppable_config(server.app)).run(sockets=[listener])


def _welcome(root: str, access: dict[str, dict[str, Any]]) -> str:
    lines = [f"Sandboxes on {root} (control calls under {root}/_sandbox)"]
    for name, values in access.items():
        lines += [f"  {name}"] + [f"    {key:16} {value}" for key, value in values.items()]
    return "\n".join(lines)
