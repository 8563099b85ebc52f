"""One process, one port, every connector's sandbox: assembled here, and controlled under ``/_sandbox``."""

import importlib
import json
import os
import pkgutil
import re
import socket
from collections.abc import Mapping
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

import sandbox
from sandbox import control
from sandbox.clock import Clock
from sandbox.faults import DropMiddleware, FaultMiddleware, Faults
from sandbox.size import Size, Tenant
from sandbox.switches import Switch, Switches, Value
from sandbox.traffic import Traffic, TrafficMiddleware
from sandbox.web import routes as people
from sandbox.world import Service, ServiceModule, World

Access = dict[str, dict[str, Any]]  # addresses and log-in, by service name

LOOPBACK = "127.0.0.1"


def modules() -> list[ServiceModule]:
    """Return the sandbox of each service: the folders beside this file."""
    folders = (m.name for m in pkgutil.iter_modules(sandbox.__path__) if m.ispkg and m.name != "web")
    return [importlib.import_module(f"sandbox.{folder}") for folder in sorted(folders)]


def switches() -> list[Switch]:
    """Every switch of every sandbox."""
    return [switch for module in modules() for switch in module.SWITCHES]


class Server:
    """The assembled sandboxes. ``app`` is the ASGI application, ``services`` are by name."""

    def __init__(self, size: Size | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Raises ValueError for a switch that does not exist or a value that it does not take."""
        clock, self.size = Clock(), size or Size()
        self.world = World(clock, Switches(switches()), Faults(), Traffic(clock.now), self.size.seed)
        self.world.switches.set_all(settings or {})
        self._started_with: dict[str, Value] = {n: self.world.switches[n] for n in (settings or {})}
        self.services: dict[str, Service] = {s.name: s for s in (m.build(self.world) for m in modules())}
        self._tenants: list[dict[str, str]] = []  # account by service name
        self.add_tenants(self.size)
        self.app = self._assemble()

    def reset(self) -> None:
        """Everything as at the start of the process."""
        self.world.clock.run()
        self.world.switches.reset(self._started_with)
        self.world.faults.clear()
        for service in self.services.values():
            service.reset()
        self.world.traffic.reset()
        self._tenants = []
        self.add_tenants(self.size)

    def add_tenants(self, size: Size) -> None:
        """As many companies as the size says, each with an account in every service."""
        for _ in range(size.tenants):
            tenant = Tenant(len(self._tenants) + 1, size)
            self._tenants.append({name: service.add_tenant(tenant) for name, service in self.services.items()})

    def access(self, root: str) -> Access:
        """Where each service is and how to log in to its seeded account."""
        return {name: service.access(root) for name, service in self.services.items()}

    def tenants(self, root: str) -> list[Access]:
        """The same of each company that was added."""
        return [
            {name: service.access(root, accounts[name]) for name, service in self.services.items()}
            for accounts in self._tenants
        ]

    def _assemble(self) -> FastAPI:
        app = FastAPI(title="Koppel sandbox", openapi_url=None)
        app.include_router(control.router(self), prefix="/_sandbox")
        app.include_router(people.router(self.services))
        for service in self.services.values():
            app.include_router(service.control, prefix="/_sandbox")
            inner: ASGIApp = FaultMiddleware(service.app, self.world.faults, service.refusal)
            inner = TrafficMiddleware(inner, self.world.traffic, service.name, service.kind)
            app.router.routes.append(_Mount(f"/{service.name}", app=DropMiddleware(inner)))
        return app


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
    """How the sandboxes are served, quiet and with connections that a fault can close."""
    return uvicorn.Config(app, http=_DroppableProtocol, log_level="warning", access_log=False)


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """An address at this port, 0 being any free one. Raises ValueError when that cannot be had."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise ValueError(f"port: {port} cannot be used ({why}); choose another, or 0 for a free one") from error


def serve(server: Server, listener: socket.socket, as_json: bool = False, root: str = "") -> None:
    """Serve until stopped. Says when it is ready; ``root`` is how others reach it, when not by the loopback address."""
    root = root.rstrip("/") or f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    access = server.access(root)
    print(json.dumps(access) if as_json else _welcome(root, access), flush=True)
    uvicorn.Server(droppable_config(server.app)).run(sockets=[listener])


def _welcome(root: str, access: dict[str, dict[str, Any]]) -> str:
    lines = [f"Sandboxes on {root} (control calls under {root}/_sandbox)"]
    for name, values in access.items():
        lines += [f"  {name}"] + [f"    {key:16} {value}" for key, value in values.items()]
    return "\n".join(lines)
