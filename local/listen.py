"""Serves on a socket that was opened before: ``python -m local.listen airflow|sandbox … FILE_DESCRIPTOR``."""

import socket
import sys
from typing import Any

import uvicorn


def serve_airflow(listener: socket.socket, *options: str) -> None:
    """Run Airflow's api-server, which opens a port itself and cannot be given an open one."""
    from airflow.__main__ import main

    def run(app: str, **settings: Any) -> None:
        uvicorn.Server(uvicorn.Config(app, **settings)).run(sockets=[listener])

    uvicorn.run = run  # type: ignore[assignment]
    sys.argv = ["airflow", "api-server", *options]
    main()  # type: ignore[no-untyped-call]


def serve_sandbox(listener: socket.socket) -> None:
    """Run the sandboxes, which print how to sign in."""
    from sandbox import server

    server.serve(server.Server(), listener, as_json=True)


if __name__ == "__main__":
    _, name, *arguments, descriptor = sys.argv
    {"airflow": serve_airflow, "sandbox": serve_sandbox}[name](socket.socket(fileno=int(descriptor)), *arguments)
