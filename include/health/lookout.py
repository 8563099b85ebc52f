"""The lookout: a process beside Airflow that looks at everything once a minute, and tells people what is wrong."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from include.context import Context, StoreAway
from include.errors import NoAnswer, NotSent
from include.health.alerts import BLIND, Alerts
from include.health.channels import Channels
from include.health.daily_summary import DailySummary
from include.health.finding import HealthFinding
from include.health.installation import HealthCheck
from include.health.offices import offices
from include.installation import Alerting

EVERY_S = 60.0


@dataclass
class Lookout:
    """Looks, tells, and pings; nothing that goes wrong with one round keeps the next one from being made."""

    context: Context
    settings: Alerting
    check: HealthCheck
    sleep: Callable[[float], None] = time.sleep
    alerts: Alerts = field(init=False)
    summary: DailySummary | None = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        channels = Channels(self.context, settings.addresses, settings.secret, settings.language)
        self.alerts = Alerts(self.context, channels, quiet=settings.quiet)
        self.summary = DailySummary(self.context, channels, settings.daily_at) if settings.daily_at else None

    def run(self) -> None:
        """Make a round every minute, for ever."""
        while True:
            began = time.monotonic()
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - it is the last one who looks
                structlog.get_logger("koppel").error("a look at the installation failed", reason=repr(error))
            self.sleep(max(1.0, EVERY_S - (time.monotonic() - began)))

    def round(self) -> list[HealthFinding]:
        """Look once, tell what is new or over, and ping when nothing is wrong; return what is wrong."""
        findings = self.check.findings()
        with suppress(StoreAway):  # which is what was found then
            self.alerts.offices = offices(self.context)
        self.alerts.round(findings)
        if self.summary and not any(finding.code in BLIND for finding in findings):
            self.summary.tell_if_due()
        if not findings and self.settings.ping:
            self._ping()
        return findings

    def _ping(self) -> None:
        try:
            self.context.http(patient=False, to_ours=True).request("GET", self.settings.ping)
        except (NotSent, NoAnswer) as error:
            structlog.get_logger("koppel").warning("the ping was not answered", reason=str(error))
