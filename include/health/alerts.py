"""Telling people what is wrong, once, and when it is well again: from what a round finds and what was told before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import structlog

from include.context import Context, NoTables, StoreAway
from include.health.channels import Alert, Channels
from include.health.finding import HealthFinding
from include.health.rules import problem_findings, tenant_findings
from include.local_time import AMSTERDAM
from include.messages import Language
from include.store import Transaction, alarms
from include.store import tenants as tenants_table
from include.store.alarms import AlarmRow

SHOWN = 100
ROUNDS = 2  # in which something is found before somebody is told: what passes within a minute is nobody's
CAN_WAIT = ("health.problems", "health.orders_late", "health.clock")  # for the end of quiet hours
BLIND = ("health.store_away", "health.store_read_only", "health.migrations")  # nothing can be stored or known then
TITLES: Mapping[str, Mapping[Language, str]] = {
    "alarm": {"nl": "Koppel: er is iets mis", "en": "Koppel: something is wrong"},
    "recovery": {"nl": "Koppel: weer in orde", "en": "Koppel: well again"},
}


@dataclass
class Alerts:
    """Keeps people told. One process at a time decides; while the database is away each tells of that by itself.

    ``offices``: by tenant id, where its own office is told of its own problems. In the hours of ``quiet`` only what
    stands still for all is told; what is over by their end is not told at all.
    """

    context: Context
    channels: Channels
    offices: Mapping[int, Channels] = field(default_factory=dict)
    quiet: tuple[time, time] | None = None
    wall_clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _blind: dict[str, int] = field(default_factory=dict)  # rounds by cause, while nothing can be stored

    def round(self, installation: Sequence[HealthFinding]) -> None:
        """Take what a look at the installation found, add the tenants' problems, and tell what is new or over."""
        blind = [finding for finding in installation if finding.code in BLIND]
        self.tell_unstored(blind)
        if blind:
            return
        now = self.context.now()
        with self.context.store.begin() as tx:
            slugs = {row.id: row.slug for row in tenants_table.listing(tx)}
        of_all = [(None, finding) for finding in (*installation, *problem_findings(self.context, now))]
        offices = {id: slug for id, slug in slugs.items() if id in self.offices}
        with self.context.store.begin() as tx:
            if not alarms.lock(tx):
                return
            _store(tx, now, [*of_all, *tenant_findings(self.context, now, offices)])
            opened, over = alarms.to_tell(tx, ROUNDS)
            for event, rows in (("alarm", opened), ("recovery", over)):
                for row in rows:
                    if self._waits(row, now):
                        continue
                    if self._told(_alert_of(event, row, now, slugs), row.tenant_id):
                        alarms.told(tx, row.id, now, recovery=event == "recovery")

    def _waits(self, row: AlarmRow, now: datetime) -> bool:
        """Tell whether it can wait for the end of the quiet hours."""
        if self.quiet is None or (row.tenant_id is None and row.code not in CAN_WAIT):
            return False
        (start, end), at = self.quiet, now.astimezone(AMSTERDAM).time()
        return start <= at < end if start < end else at >= start or at < end

    def tell_unstored(self, findings: Sequence[HealthFinding]) -> None:
        """Tell of what keeps everything from being stored, and of its end: this process remembers it alone."""
        now = self.wall_clock()
        causes = {finding.cause: finding for finding in findings}
        for cause in [cause for cause in self._blind if cause not in causes]:
            if self._blind.pop(cause) >= ROUNDS:
                self._told(UnwrittenAlert("recovery", HealthFinding("health.store_well", cause), now, None), None)
        for cause, finding in causes.items():
            self._blind[cause] = self._blind.get(cause, 0) + 1
            if self._blind[cause] == ROUNDS:
                self._told(UnwrittenAlert("alarm", finding, now, None), None)

    def _told(self, alert: "UnwrittenAlert", tenant_id: int | None) -> bool:
        """Tell it where it belongs; return whether somebody took it, or nobody is to be told."""
        channels = self.channels if tenant_id is None else self.offices.get(tenant_id)
        if channels is None or not channels.addresses:
            return True
        failed = channels.send(alert.written(channels.language))
        if failed:
            structlog.get_logger("koppel").error("an alert was not taken", cause=alert.finding.cause, by=failed)
        return len(failed) < len(channels.addresses)


@dataclass(frozen=True)
class UnwrittenAlert:
    """An alert before it is known in which language its reader reads."""

    event: str
    finding: HealthFinding
    at: datetime
    since: datetime | None

    def written(self, language: Language) -> Alert:
        """Return it in a language."""
        text, title = self.finding.text(language), TITLES[self.event][language]
        return Alert(
            event=self.event,
            cause=self.finding.cause,
            code=self.finding.code,
            title=f"{title}: {self.finding.tenant}" if self.finding.tenant else title,
            text=text.message if self.event == "recovery" else f"{text.message} {text.action}",
            at=self.at,
            since=self.since,
            tenant=self.finding.tenant,
        )


def _store(tx: Transaction, now: datetime, findings: Iterable[tuple[int | None, HealthFinding]]) -> None:
    rows: dict[tuple[int | None, str], dict[str, Any]] = {}
    for tenant_id, finding in findings:
        values = {"code": finding.code, "values": dict(finding.values)}
        rows[tenant_id, finding.cause] = {"tenant_id": tenant_id, "cause": finding.cause, **values}
    alarms.close_others(tx, now, rows.keys())
    alarms.open_or_count(tx, now, list(rows.values()))


def _alert_of(event: str, row: AlarmRow, now: datetime, slugs: Mapping[int, str]) -> UnwrittenAlert:
    tenant = slugs.get(row.tenant_id) if row.tenant_id is not None else None
    return UnwrittenAlert(event, HealthFinding(row.code, row.cause, row.values, tenant), now, row.opened_at)


def open_findings(context: Context) -> list[HealthFinding]:
    """Return what the lookout found and is not over, of the installation; none while the store is away."""
    with suppress(StoreAway, NoTables), context.store.begin() as tx:
        rows = alarms.listing(tx, SHOWN)
        return [
            HealthFinding(row.code, row.cause, row.values)
            for row in rows
            if row.closed_at is None and row.tenant_id is None
        ]
    return []


def latest(context: Context, limit: int) -> list[AlarmRow]:
    """Return what was found last and somebody was or is to be told of, what is still wrong first."""
    with context.store.begin() as tx:
        return alarms.listing(tx, limit)
