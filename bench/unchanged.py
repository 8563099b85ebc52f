"""What it costs when nothing changed: a poll of the package, and a run."""

import time

from bench.place import Place
from include.access.systems import open_package
from include.sync.pipeline import sync


def poll(place: Place) -> dict[str, float]:
    """Measure the seconds and requests of one poll: whether any of the lists changed."""
    tenant = place.lists_only
    package = open_package(place.context, tenant)
    mark = place.control.mark()
    started = time.perf_counter()
    package.fingerprint(tenant.package.streams)
    taken = time.perf_counter() - started
    return {"customers": place.customers, "seconds": taken, "requests": place.requests(mark)["read"]}


def run(place: Place) -> dict[str, float]:
    """Measure the seconds, requests, writes to Simple-Simon and rows written of a sync right after another."""
    sync(place.context, place.tenant, f"bench-{time.time_ns()}", full=False)
    before, mark = place.rows_written(), place.control.mark()
    started = time.perf_counter()
    sync(place.context, place.tenant, f"bench-{time.time_ns()}", full=False)
    taken = time.perf_counter() - started
    requests, after = place.requests(mark), place.rows_written()
    rows = {f"{name}_rows_written": after[name] - before[name] for name in ("records", "links")}
    return {
        "customers": place.customers,
        "seconds": taken,
        "requests": requests["read"],
        "writes": requests["write"],
        **rows,
    }
