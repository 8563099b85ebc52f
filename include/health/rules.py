"""Which open problems of tenants somebody is told of, and when: one finding a cause, whatever the number of tenants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.context import Context
from include.health.finding import HealthFinding, named
from include.messages import Severity, catalogue, lookup
from include.store import alarms


@dataclass(frozen=True)
class AlertRule:
    """Open problems with these codes are told of once they are so old."""

    codes: tuple[str, ...]
    after: timedelta = timedelta(0)


def _errors(prefix: str, *others: str) -> tuple[str, ...]:
    """Return the codes of the errors of a subject but those named."""
    errors = [code for code, message in catalogue().items() if message.severity is Severity.ERROR]
    return tuple(code for code in errors if code.startswith(prefix) and code not in others)


OUTAGE = ("connection.unavailable", "connection.busy", "connection.unexpected_response", "connection.moving")
HELD = (
    "work_order.held",
    "work_order.outcome_unknown",
    "work_order.duplicate_documents",
    "work_order.document_removed",
)
RULES: tuple[AlertRule, ...] = (
    AlertRule(_errors("connection.", *OUTAGE)),
    AlertRule(OUTAGE, timedelta(minutes=5)),  # shorter ones pass by themselves
    AlertRule(("run.failed", "cleanup.proposed", "cleanup.limit_exceeded")),
    AlertRule(HELD),
    AlertRule(_errors("work_order.", *HELD), timedelta(hours=24)),  # the office has them in its log
    AlertRule(_errors("reconcile.")),
)


def problem_findings(context: Context, now: datetime) -> list[HealthFinding]:
    """Return a finding for each code and system that has open problems to tell of, for the installation."""
    return [_of_all(cause) for rule in RULES for cause in _causes(context, rule, now)]


def tenant_findings(context: Context, now: datetime, slugs: dict[int, str]) -> Iterator[tuple[int, HealthFinding]]:
    """Yield the same for each of these tenants, by its id, whose office hears of its own problems only."""
    ids = {slug: id for id, slug in slugs.items()}
    for rule in RULES:
        for cause in _causes(context, rule, now):
            for slug in sorted(set(cause.slugs) & set(ids)):
                yield ids[slug], HealthFinding(cause.code, f"{cause.code} {cause.system}".strip(), cause.values, slug)


def _causes(context: Context, rule: AlertRule, now: datetime) -> list[alarms.ProblemsOfCause]:
    if not rule.codes:
        return []
    with context.store.begin() as tx:
        return alarms.problems_by_cause(tx, rule.codes, now - rule.after)


def _of_all(cause: alarms.ProblemsOfCause) -> HealthFinding:
    texts = {language: lookup(cause.code).text(cause.values, language) for language in ("nl", "en")}
    values = {
        "count": len(cause.slugs),
        "tenants": named(cause.slugs),
        "problem": {language: text.message for language, text in texts.items()},
        "remedy": {language: text.action for language, text in texts.items()},
    }
    return HealthFinding("health.problems", f"{cause.code} {cause.system}".strip(), values)
