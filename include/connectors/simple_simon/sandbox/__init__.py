"""A local server of Simple-Simon's API as its contract tells it, with seed data, switches and faults."""

from include.connectors.simple_simon.sandbox.service import Simon
from include.connectors.simple_simon.sandbox.switches import SWITCHES
from include.sandbox.world import World

__all__ = ["SWITCHES", "build"]


def build(world: World) -> Simon:
    """The sandbox, with its seeded account."""
    return Simon(world)
