"""What belongs to this installation rather than to a tenant; all of it from the environment."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class NotInstalled(Exception):
    """A required environment variable is missing or wrong; the text names it and what is allowed."""


@dataclass(frozen=True)
class Installation:
    """``store_url``: our PostgreSQL. ``keys``: Fernet keys, the first encrypts. ``state``: a folder for snapshots."""

    store_url: str
    keys: tuple[str, ...]
    state: Path
    poll_interval_s: float = 30.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Installation":
        """Raises NotInstalled."""
        return cls(
            store_url=_required(environment, "KOPPEL_STORE_URL", "postgresql+psycopg2://user@host/koppel"),
            keys=tuple(_required(environment, "KOPPEL_KEYS", "Fernet keys, comma separated").split(",")),
            state=Path(environment.get("KOPPEL_STATE", ".local")),
            poll_interval_s=_seconds(environment, "KOPPEL_POLL_INTERVAL_S", 30.0),
        )


def _required(environment: Mapping[str, str], name: str, allowed: str) -> str:
    if not (value := environment.get(name, "")):
        raise NotInstalled(f"{name} is not set; it takes {allowed}")
    return value


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environment.get(name, default))
    except ValueError:
        value = 0
    if not 1 <= value < math.inf:
        raise NotInstalled(f"{name} takes a number of seconds, 1 or more")
    return value
