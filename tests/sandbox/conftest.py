"""Runs a slice of the sandboxes' own tests where ``make test`` asks for it and the whole of them has been proven."""

import os
from pathlib import Path

import pytest

from tests import proven

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not in the slice, with ``KOPPEL_SANDBOX_TESTS=slice`` in the environment."""
    if os.environ.get("KOPPEL_SANDBOX_TESTS") != "slice" or not proven.is_proven():
        return
    own = [item for item in items if HERE in item.path.parents]
    chosen = proven.sliced(item.nodeid for item in own)
    left_out = {item for item in own if item.nodeid not in chosen}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
