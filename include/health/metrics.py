"""What a monitoring system reads of us, in OpenMetrics: freshness, what waits, what is wrong, who is at work."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from include.context import Context
from include.health.freshness import Freshness, freshness
from include.store import gauges, signs_of_life

__all__ = ["CONTENT_TYPE_LATEST", "metrics_text"]


def metrics_text(context: Context, *, by_tenant: bool) -> bytes:
    """Return all metrics as text; ``by_tenant`` also names each active tenant. Raises StoreAway."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(list(_families(context, by_tenant))))
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]


class _Families(Collector):
    """Hands over what was collected already."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self.families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self.families


def _families(context: Context, by_tenant: bool) -> Iterator[GaugeMetricFamily]:
    now = context.now()
    with context.store.begin() as tx:
        counts, beats = gauges.read(tx), signs_of_life.heartbeats_of(tx)
    yield _counts("koppel_couplings", "Couplings by state", "state", counts.couplings)
    yield _counts("koppel_work_orders", "Work orders that are not booked, by state", "state", counts.work_orders)
    yield _counts("koppel_problems", "Open problems by severity", "severity", counts.problems)
    yield _counts("koppel_alarms", "What is wrong and was found by the lookout, by code", "code", counts.alarms)
    ages = {part: (now - beat.at).total_seconds() for part, beat in beats.items()}
    yield _counts("koppel_heartbeat_age_seconds", "Age of the last heartbeat", "part", ages)
    of_all, tenants = freshness(context)
    yield from _of_freshness(of_all, tenants if by_tenant else {})


def _of_freshness(of_all: Freshness, tenants: Mapping[str, Freshness]) -> Iterator[GaugeMetricFamily]:
    """Yield the objective over all, and of each of these tenants. What is not known is left out."""
    values = {
        "koppel_oldest_work_order_seconds": ("Age of the oldest work order that waits for us", "oldest_s"),
        "koppel_booked_in_time_ratio": ("Share of 30 days that was booked within five minutes", "share"),
        "koppel_error_budget_ratio": ("What is left of what may be late, 1 to below 0", "budget"),
        "koppel_work_order_look_age_seconds": ("Age of the oldest last look that succeeded", "looked_s"),
        "koppel_master_data_look_age_seconds": ("The same for master data", "master_data_s"),
    }
    for name, (text, field) in values.items():
        family = GaugeMetricFamily(name, text, labels=("tenant",))
        for tenant, fresh in (("", of_all), *tenants.items()):
            if (value := getattr(fresh, field)) is not None:
                family.add_metric((tenant,), value)
        yield family


def _counts(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
