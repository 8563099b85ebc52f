"""Whom the installation tells, and how; from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from include.errors import NotConfigured
from include.installation import with_files
from include.messages import Language


@dataclass(frozen=True)
class AlertSettings:
    """Holds where people are told, what signs our webhooks, and where Airflow answers.

    ``addresses`` are ``https://…`` for our own webhook, or Apprise's (``mailtos://…``, ``slack://…``); ``ping`` is an
    outside address that is asked once a minute while all is well here, so that it notices when that stops.
    """

    addresses: tuple[str, ...] = field(default=(), repr=False)
    secret: str = field(default="", repr=False)
    language: Language = "nl"
    ping: str = field(default="", repr=False)
    airflow_url: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "AlertSettings":
        """Read everything. Raises NotConfigured."""
        environment = with_files(environment)
        addresses = tuple(environment.get("KOPPEL_ALERTS", "").split())
        secret = environment.get("KOPPEL_ALERTS_SECRET", "")
        if any(address.startswith(("https://", "http://")) for address in addresses) and len(secret) < 16:
            raise NotConfigured("KOPPEL_ALERTS_SECRET takes 16 characters or more: it signs what the webhook receives")
        language = environment.get("KOPPEL_ALERTS_LANGUAGE", "") or "nl"
        if language not in ("nl", "en"):
            raise NotConfigured("KOPPEL_ALERTS_LANGUAGE takes nl or en")
        return cls(
            addresses=addresses,
            secret=secret,
            language="en" if language == "en" else "nl",
            ping=environment.get("KOPPEL_PING_URL", ""),
            airflow_url=(environment.get("KOPPEL_AIRFLOW_URL") or environment.get("AIRFLOW__API__BASE_URL", "")).rstrip(
                "/"
            ),
        )
