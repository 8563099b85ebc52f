"""The Unit4 Multivers sandbox: a local server of its Web API, with two seeded administrations."""

from include.connectors.unit4.sandbox.service import build
from include.connectors.unit4.sandbox.switches import SWITCHES

__all__ = ["SWITCHES", "build"]
