"""Who gave a command stands in the log: a person, not the account of a container."""

import pytest

from cli.common import who
from include.errors import InvalidInput, NotConfigured


def test_the_named_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """R7.2: whatever the account is called that the command runs as."""
    monkeypatch.setenv("KOPPEL_USER", " Anna de Vries ")
    assert who() == "Anna de Vries"


@pytest.mark.parametrize("name", ["x" * 81, "anna\x1b[31m", "anna\nbob", "anna\u202e"])
def test_a_name_is_a_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """R4.4: it is refused where it would spoil the log."""
    monkeypatch.setenv("KOPPEL_USER", name)
    with pytest.raises(NotConfigured, match="KOPPEL_USER"):
        who()


def test_without_a_name_and_a_terminal_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """R7.2: nothing is signed by nobody."""
    monkeypatch.delenv("KOPPEL_USER")
    with pytest.raises(InvalidInput, match="KOPPEL_USER"):
        who()
