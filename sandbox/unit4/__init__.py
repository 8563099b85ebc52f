"""The Unit4 Multivers sandbox: a local server of its Web API, with two seeded administrations."""

from sandbox.unit4.service import build
from sandbox.unit4.switches import SWITCHES

__all__ = ["SWITCHES", "build"]
