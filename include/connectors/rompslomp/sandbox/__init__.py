"""A local server of the Rompslomp API v1, with seed data, scopes, paging, limits and faults."""

from include.connectors.rompslomp.sandbox.service import Rompslomp
from include.connectors.rompslomp.sandbox.switches import SWITCHES
from include.sandbox.world import World

__all__ = ["SWITCHES", "build"]


def build(world: World) -> Rompslomp:
    """The service with its seeded data."""
    return Rompslomp(world)
