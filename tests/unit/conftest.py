"""What the unit tests share: a web server of a few lines, and our HTTP client with its waiting written down."""

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from include.http import Http
from tests.helpers.stub_server import StubServer, stub_server


@dataclass
class RecordedWaits:
    """Holds our client; ``waited`` are the seconds that it would have slept."""

    waited: list[float] = field(default_factory=list)
    http: Http = field(init=False)

    def __post_init__(self) -> None:
        self.http = Http(timeout_s=5, sleep=self.waited.append)


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with stub_server() as server:
        yield server


@pytest.fixture
def patience() -> Iterator[RecordedWaits]:
    made = RecordedWaits()
    with closing(made.http.session):
        yield made


@pytest.fixture
def nowhere() -> str:
    """An address on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
