"""A local server of the Rompslomp API v1, with seed data, scopes, paging, limits and faults."""

from sandbox.rompslomp.service import RompslompSandbox
from sandbox.rompslomp.switches import SWITCHES
from sandbox.world import World

__all__ = ["SWITCHES", "build"]


def build(world: World) -> RompslompSandbox:
    """Build the service with its seeded data."""
    return RompslompSandbox(world)
