"""What the daily comparison with Simon costs: 100,000 records that nobody changed there."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

import psycopg2
from rich.console import Console
from rich.table import Table

from bench.memory import kib
from bench.place import Place, context_of, lists_only, surroundings
from include.access.systems import open_app
from include.connectors.field_service import FieldService
from include.records import Raw
from include.runs import Run
from include.store import links
from include.sync.drift import find_drifted, row_digests
from include.sync.extract import extract
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from include.sync.transform import transform
from include.tenants.tenant import load
from local.settings import ROOT

RECORDS, FEW, ROUNDS = 100_000, 5_000, 5
FILLED = RECORDS * 107 // 100  # enough for those that are active
MOST_RATIO, MOST_MIB = 1.5, 150.0
progress = Console(stderr=True)


def measure() -> dict[str, Any]:
    """Measure the comparison beside the bare listing of the same pages; and a full run in which nothing differs."""
    with surroundings() as make:
        with progress.status(f"comparison: {RECORDS:,} linked records"):
            place = make(FILLED)
            _link(place)
        with progress.status("comparison: listing and comparing"):
            measured = _in_own_process(place)
        with progress.status("comparison: a full run"):
            measured |= _full_run(make(FEW))
    assert (measured["records"], measured["compared"], measured["drifted"]) == (RECORDS, RECORDS, 0), measured
    return {"compare": measured}


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was measured."""
    measured = result["compare"]
    title = f"The daily comparison, {measured['records']:,} records"
    table = Table("", "Koppel", "should be", "", title=title, title_justify="left")
    table.add_row("listing Simon's pages", f"{measured['listing_s']:.1f} s", "", "")
    ratio = measured["compare_ratio"]
    table.add_row("… and comparing", f"{ratio:.2f} ×", f"at most {MOST_RATIO}", _target_met(ratio <= MOST_RATIO))
    peak = measured["peak_mib"]
    table.add_row("memory, MiB", f"{peak:.1f}", f"under {MOST_MIB:.0f}", _target_met(peak < MOST_MIB))
    written = (measured["writes"], measured["rows_written"])
    table.add_row(
        "writes of a full run, rows written", f"{written[0]}, {written[1]}", "0, 0", _target_met(written == (0, 0))
    )
    return table


def _target_met(met: bool) -> str:
    return "✓" if met else "✗ not met"


def _link(place: Place) -> None:
    """Bring all to where it is after a sync: Simon holds the records, and the store a digest of each."""
    run = begin_sync(place.context, place.lists_only, "bench-records", ["customers"], full=True)
    extract(run, "customers")
    transform(run)
    in_scope = "SELECT key FROM records WHERE stream = 'customers' AND in_scope ORDER BY key"
    keys = [key for (key,) in place.sql(f"{in_scope} LIMIT {RECORDS}")]
    place.control.call("POST", "simon/fill", {"account": place.licence, "customers": RECORDS, "seed": 1, "keys": keys})
    app = open_app(place.context, place.tenant)
    rows = (row for page in app.contents("customers") for row in page)
    lines = "".join("\t".join(_line(place, app, row)) + "\n" for row in rows)
    connection = psycopg2.connect(place.url)
    copy = "COPY links (tenant_id, stream, key, simon_id, written_digest) FROM STDIN"
    connection.cursor().copy_expert(copy, StringIO(lines))
    # what was written last is what should be there: otherwise a sync would write it, and there is nothing to compare
    same = "l.tenant_id = r.tenant_id AND l.stream = r.stream AND l.key = r.key"
    connection.cursor().execute(f"UPDATE records r SET payload_digest = l.written_digest FROM links l WHERE {same}")
    connection.commit()
    connection.close()
    place.tidy("links", "records")


def _line(place: Place, app: FieldService, row: Raw) -> list[str]:
    digest = next(row_digests(app, "customers", row, {})).hex()
    return [str(place.tenant.id), "customers", row["ExternalId"], str(row["Id"]), rf"\\x{digest}"]


def _in_own_process(place: Place) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.compare"]
    process = subprocess.run(command, input=place.as_json(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(process.stdout.splitlines()[-1]))


def _full_run(place: Place) -> dict[str, Any]:
    """Count what a full run writes when nothing differs on either side."""
    sync(place.context, place.lists_only, "bench-first")
    before, mark = place.rows_written(), place.control.mark()
    started = time.perf_counter()
    sync(place.context, place.lists_only, f"bench-{time.time_ns()}", full=True)
    taken = time.perf_counter() - started
    requests, after = place.requests(mark), place.rows_written()
    rows = sum(after[name] - before[name] for name in ("records", "links"))
    return {"full_run_s": round(taken, 1), "reads": requests["read"], "writes": requests["write"], "rows_written": rows}


def _list(app: FieldService) -> int:
    return sum(len(page) for page in app.contents("customers"))


def _compare(run: Run, app: FieldService) -> int:
    return len(find_drifted(run, app, "customers"))


def main(installation: dict[str, Any], slug: str) -> None:
    """List Simon's customers, and compare them, in turn; print what that took."""
    before = kib("VmRSS")
    context = context_of(installation)
    tenant = lists_only(load(context, slug))
    run = begin_sync(context, tenant, f"bench-{time.time_ns()}", ["customers"], full=True)
    app = open_app(context, tenant)
    with context.store.begin() as tx:
        compared = len(links.settled(tx, tenant.id, "customers"))
    ways: dict[str, Callable[[], int]] = {"listing": lambda: _list(app), "compare": lambda: _compare(run, app)}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            results[name] = way()
            seconds[name].append(time.perf_counter() - started)
    with context.store.begin() as tx:
        run.finish(tx)
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    measured = {
        "records": results["listing"],
        "compared": compared,
        "drifted": results["compare"],
        "listing_s": round(middle["listing"], 2),
        "compare_s": round(middle["compare"], 2),
        "compare_ratio": round(middle["compare"] / middle["listing"], 2),
        "peak_mib": round((kib("VmHWM") - before) / 1024, 1),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(**json.loads(sys.stdin.read()))
