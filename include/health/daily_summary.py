"""What somebody is told once a day, whether anything is wrong or not: that silence meant health."""

from dataclasses import dataclass
from datetime import time, timedelta

from include.context import Context
from include.health.channels import Alert, Channels
from include.health.freshness import freshness
from include.local_time import latest_moment
from include.messages import Language, lookup
from include.store import alarms, gauges, signs_of_life

PART, EVERY_S = "daily summary", 24 * 3600
CODE = "health.daily_summary"
TITLE: dict[Language, str] = {"nl": "Koppel: de afgelopen dag", "en": "Koppel: the past day"}


@dataclass(frozen=True)
class DailySummary:
    """Tells it at a time of the Dutch day; a day that was missed is not made up for."""

    context: Context
    channels: Channels
    at: time

    def tell_if_due(self) -> bool:
        """Tell it when its time has come since it was last told; return whether that was now.

        The first one comes at the next such time, not when Koppel is first started.
        """
        now = self.context.now()
        with self.context.store.begin() as tx:
            last = signs_of_life.heartbeats_of(tx).get(PART)
            if last is None:
                signs_of_life.beat(tx, PART, now, EVERY_S)
        if last is None or last.at >= latest_moment(now, self.at) or not self.channels.addresses:
            return False
        failed = self.channels.send(self._written())
        if len(failed) == len(self.channels.addresses):
            return False  # nobody took it: it is offered again in the next round
        with self.context.store.begin() as tx:
            signs_of_life.beat(tx, PART, now, EVERY_S)
        return True

    def _written(self) -> Alert:
        now, language = self.context.now(), self.channels.language
        with self.context.store.begin() as tx:
            counts, opened = gauges.read(tx), alarms.opened_since(tx, now - timedelta(days=1))
        fresh, _ = freshness(self.context)
        values = {
            "couplings": counts.couplings.get("active", 0),
            "waiting": sum(counts.work_orders.values()),
            "errors": counts.problems.get("error", 0),
            "warnings": counts.problems.get("warning", 0),
            "alarms": opened,
            "share": "–" if fresh.share is None else f"{100 * fresh.share:.2f}",
        }
        text = lookup(CODE).text(values, language)
        return Alert("summary", PART, CODE, TITLE[language], text.message, now)
