"""When the sandboxes' own tests run as a slice: ``tests/proven.py``."""

from pathlib import Path

import pytest

from tests import proven

TESTS = [f"tests/sandbox/test_{module}.py::test_{number}" for module in "abc" for number in range(60)]
SMALL = ["tests/sandbox/test_small.py::test_one", "tests/sandbox/test_small.py::test_two"]


def test_the_slice_is_a_sixth_of_every_module() -> None:
    """Issue 12: evenly spread, at least one of each module, and the same in whatever order they are collected."""
    chosen = proven.sliced([*TESTS, *SMALL])
    for module in "abc":
        assert len([test for test in chosen if f"test_{module}.py" in test]) == 10
    assert len(chosen & set(SMALL)) == 1
    assert proven.sliced([*reversed(TESTS), *SMALL]) == chosen


def test_any_change_calls_for_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 12: of a sandbox, of its tests, or of the packages that serve it; bytecode is no change."""
    for name in ("sandbox/unit4/wire.py", "tests/sandbox/test_unit4.py", "requirements-local.txt", "tests/proven.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    file = tmp_path / "tests" / "sandbox" / "proven.txt"
    monkeypatch.setattr(proven, "ROOT", tmp_path)
    monkeypatch.setattr(proven, "FILE", file)
    assert not proven.is_proven()
    file.write_text(f"{proven.digest()}\n")
    (tmp_path / "sandbox" / "__pycache__").mkdir()
    (tmp_path / "sandbox" / "__pycache__" / "wire.pyc").write_text("x")
    assert proven.is_proven()
    for name in ("sandbox/unit4/wire.py", "tests/sandbox/test_unit4.py", "requirements-local.txt"):
        (tmp_path / name).write_text("after")
        assert not proven.is_proven()
        (tmp_path / name).write_text("before")
        assert proven.is_proven()
    (tmp_path / "sandbox" / "new.py").write_text("")
    assert not proven.is_proven()
