"""What a clean-up of 100,000 linked records costs before anything is removed: its listings, and its plan."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from io import StringIO
from typing import Any

import psycopg2
import requests
from rich.console import Console
from rich.table import Table

from bench.memory import kib
from bench.place import Place, context_of, surroundings
from include.access.systems import open_app, open_package
from include.cleanup.listing import read_both
from include.cleanup.pipeline import begin_cleanup, guard_plan
from include.cleanup.plan import make_plan
from include.store import runs
from include.sync.extract import extract
from include.sync.run import begin_sync
from include.sync.transform import transform
from include.tenants.tenant import load
from local.settings import ROOT

RECORDS, GONE = 100_000, 1_000
FILLED = RECORDS * 107 // 100  # enough for those that are active
MOST_MIB, MOST_SHARE = 150.0, 0.5
progress = Console(stderr=True)


def measure() -> dict[str, Any]:
    """Measure the listings and the plan of a large clean-up."""
    with surroundings() as make:
        with progress.status(f"clean-up: {RECORDS:,} linked records"):
            place = make(FILLED)
            _link(place)
        with progress.status("clean-up: listing and plan"):
            measured = _measure(place)
    assert (measured["records"], measured["gone"]) == (RECORDS, GONE), measured
    return {"cleanup": measured}


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was measured."""
    measured = result["cleanup"]
    title = f"Clean-up, {measured['records']:,} linked records of which {measured['gone']:,} are gone"
    table = Table("", "Koppel", "should be", "", title=title, title_justify="left")
    table.add_row("both listings", f"{measured['listing_s']:.1f} s", "", "")
    share = f"{measured['plan_share']:.0%} of both"
    table.add_row("the plan", f"{measured['plan_s']:.1f} s", "", "")
    table.add_row("… its part", share, f"under {MOST_SHARE:.0%}", _target_met(measured["plan_share"] < MOST_SHARE))
    peak = measured["peak_mib"]
    table.add_row("memory, MiB", f"{peak:.1f}", f"under {MOST_MIB:.0f}", _target_met(peak < MOST_MIB))
    return table


def _target_met(met: bool) -> str:
    return "✓" if met else "✗ not met"


def _link(place: Place) -> None:
    """Bring all to where it is after a sync: everything is known, and much of it linked; then some goes there."""
    run = begin_sync(place.context, place.lists_only, "bench-records", ["customers"], full=True)
    extract(run, "customers")
    transform(run)
    in_scope = "SELECT key FROM records WHERE stream = 'customers' AND in_scope ORDER BY key"
    keys = [key for (key,) in place.sql(f"{in_scope} LIMIT {RECORDS}")]
    filled = {"account": place.licence, "customers": RECORDS, "seed": 1, "keys": keys}
    place.control.call("POST", "simon/fill", filled)
    ids = {row["ExternalId"]: row["Id"] for row in place.control.simon(place.licence)["Customer"]}
    _copy(place, [(place.tenant.id, "customers", key, ids[key], r"\\x00") for key in keys])
    place.tidy("links", "records")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {place.token()}"
    for key in keys[:: RECORDS // GONE]:
        session.delete(f"{place.customers_url.rpartition('/')[0]}/Customer/{key}", timeout=60).raise_for_status()


def _copy(place: Place, rows: list[tuple[Any, ...]]) -> None:
    lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    connection = psycopg2.connect(place.url)
    connection.cursor().copy_expert(
        "COPY links (tenant_id, stream, key, simon_id, written_digest) FROM STDIN", StringIO(lines)
    )
    connection.commit()
    connection.close()


def _measure(place: Place) -> dict[str, Any]:
    """Measure in a process that does nothing else."""
    command = [sys.executable, "-m", "bench.cleanup"]
    process = subprocess.run(command, input=place.as_json(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(process.stdout.splitlines()[-1]))


def main(installation: dict[str, Any], slug: str) -> None:
    """List and plan a clean-up of a tenant, and print what that took."""
    before = kib("VmRSS")
    context = context_of(installation)
    tenant = load(context, slug)
    run = begin_cleanup(context, tenant, f"bench-{time.time_ns()}")
    package, app = open_package(context, tenant), open_app(context, tenant)
    started = time.perf_counter()
    read_both(run, package, app)
    access, read = package.access_fingerprint(), time.perf_counter()
    listing_mib = (kib("VmHWM") - before) / 1024
    with context.store.begin() as tx:
        decision = guard_plan(run, tx, make_plan(run, tx), access)
    planned = time.perf_counter()
    peak_mib = (kib("VmHWM") - before) / 1024
    with context.store.begin() as tx:
        remote = runs.progress(tx, run.id, "customers in Simon").read
        run.finish(tx)
    measured = {
        "records": remote,
        "gone": len(decision.propose),
        "listing_s": round(read - started, 2),
        "plan_s": round(planned - read, 2),
        "plan_share": round((planned - read) / (planned - started), 3),
        "listing_peak_mib": round(listing_mib, 1),
        "peak_mib": round(peak_mib, 1),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(**json.loads(sys.stdin.read()))
