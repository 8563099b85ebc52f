"""What runs on one machine: its ports and its files are nobody else's."""

import socket
import stat
import sys
from pathlib import Path

import pytest

from local.errors import NotReady
from local.ports import LOOPBACK, PREFERRED, Ports
from local.processes import Processes

SERVE = """
import socket, sys
listener = socket.socket(fileno=int(sys.argv[1]))
open("made", "w").close()
connection, _ = listener.accept()
connection.sendall(b"served")
"""


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    monkeypatch.chdir(tmp_path)
    return Processes(tmp_path)


def take_over(number: int) -> None:
    """Do what any server does that wants this port. Raises OSError."""
    socket.create_server((LOOPBACK, number)).close()


@pytest.mark.parametrize("name", PREFERRED)
def test_a_port_is_held_from_drawing_to_binding(tmp_path: Path, processes: Processes, name: str) -> None:
    """Architecture 8: between the two no other program can listen there; after that the process serves it."""
    ports = Ports(tmp_path)
    number = ports.number(name)
    with pytest.raises(OSError, match="in use"):
        take_over(number)
    listener = ports.take(name)
    with pytest.raises(OSError, match="in use"):
        take_over(number)
    processes.start(name, [sys.executable, "-c", SERVE], {}, listener)
    with socket.create_connection((LOOPBACK, number), timeout=30) as connection:
        assert connection.recv(10) == b"served"
    processes.stop_all()


def test_two_folders_draw_different_ports(tmp_path: Path) -> None:
    """Architecture 8: two checkouts that start at the same time."""
    first, other = Ports(tmp_path / "first"), Ports(tmp_path / "other")
    assert len({ports.number(name) for ports in (first, other) for name in PREFERRED}) == 4


def test_a_port_is_remembered_and_named_when_another_has_it(tmp_path: Path) -> None:
    """Architecture 8: tenants know the address of the sandboxes, so it is not drawn again."""
    ports = Ports(tmp_path)
    ports.take("sandbox").close()
    with (
        socket.create_server((LOOPBACK, ports.number("sandbox"))),
        pytest.raises(NotReady, match=f"another program has port {ports.number('sandbox')}"),
    ):
        Ports(tmp_path).take("sandbox")
    Ports(tmp_path).take("sandbox").close()


def test_what_a_process_writes_is_for_its_user_alone(tmp_path: Path, processes: Processes) -> None:
    """Architecture 8: its log, and the files that it makes itself."""
    ports = Ports(tmp_path)
    log = processes.start("some", [sys.executable, "-c", SERVE], {}, ports.take("sandbox"))
    with socket.create_connection((LOOPBACK, ports.number("sandbox")), timeout=30) as connection:
        assert connection.recv(10) == b"served"  # by then it has made its file
    processes.stop_all()
    assert [oct(stat.S_IMODE(file.stat().st_mode)) for file in (log, tmp_path / "made")] == ["0o600", "0o600"]
