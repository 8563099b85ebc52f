"""A local server of Simple-Simon's API as its contract tells it, with seed data, switches and faults."""

from sandbox.simple_simon.service import SimonSandbox
from sandbox.simple_simon.switches import SWITCHES
from sandbox.world import World

__all__ = ["SWITCHES", "build"]


def build(world: World) -> SimonSandbox:
    """Build the sandbox, with its seeded account."""
    return SimonSandbox(world)
