"""Master data, as ratios to other ways of doing the same in the same run."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import extract, load, unchanged
from bench.memory import peak_mib
from bench.place import Place, surroundings
from include.sync.pipeline import sync

ROUNDS = 3
MANY, FEW = 100_000, 10_000
WITH_PASSIVE = FEW * 107 // 100  # enough for FEW active ones
TARGETS = {
    "floor_ratio_0ms": 0.7,
    "floor_ratio_50ms": 0.8,
    "dlt_ratio": 5.0,
    "pandas_ratio": 2.5,
    "put_loop_ratio": 0.85,
}
PEAK_MIB = 120.0
WORDS = {
    "floor_ratio_0ms": "a bare read-and-COPY loop",
    "floor_ratio_50ms": "the same, with 50 ms a request",
    "dlt_ratio": "dlt, rest_api source",
    "pandas_ratio": "requests and pandas to_sql",
    "put_loop_ratio": "a bare loop of PUTs",
}
progress = Console(stderr=True)
Seconds = dict[str, list[float]]


def measure() -> dict[str, Any]:
    """Measure reading, writing, and what it costs when nothing changed."""
    with surroundings() as make:
        result = {"extract": _extract(make(MANY), make(FEW))}
        result["unchanged"], result["load"] = _load(make(WITH_PASSIVE))
    return result


def _extract(many: Place, few: Place) -> dict[str, Any]:
    ways = {"ours": extract.ours, "floor": extract.floor, "pandas": extract.pandas, "dlt": extract.dlt}
    seconds = _rounds("extract", {name: lambda _, f=way: f(many) for name, way in ways.items()})
    many.delay(50)
    late = {name: lambda _, f=ways[name]: f(many) for name in ("ours", "floor")}
    seconds |= {f"{name}_50ms": taken for name, taken in _rounds("extract at 50 ms", late).items()}
    many.delay(0)
    mark = many.control.mark()
    extract.ours(many)
    reads = many.requests(mark)["read"]
    with progress.status("memory"):
        peaks = {place.customers: peak_mib(place) for place in (many, few)}
    return {
        "floor_ratio_0ms": _ratio(seconds, "floor", "ours"),
        "floor_ratio_50ms": _ratio(seconds, "floor_50ms", "ours_50ms"),
        "dlt_ratio": _ratio(seconds, "dlt", "ours"),
        "pandas_ratio": _ratio(seconds, "pandas", "ours"),
        "peak_mib_over_base": round(peaks[MANY], 1),
        f"peak_mib_over_base_{FEW}": round(peaks[FEW], 1),
        "requests": reads,
        "records": MANY,
        "seconds": _rounded(seconds),
        "look": unchanged.poll(many),
    }


def _load(place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    with progress.status("a first sync, to load into"):
        started = time.perf_counter()
        sync(place.context, place.lists_only, "bench-first")
        first = time.perf_counter() - started
    with progress.status("an unchanged run"):
        nothing = unchanged.run(place)
    ways: dict[str, Callable[[int], float]] = {
        "ours": lambda step: load.ours(place, FEW, 2 * step),
        "put_loop": lambda step: load.put_loop(place, FEW, 2 * step + 1),
    }
    seconds = _rounds("load", ways)
    rates = {f"{name}_records_per_s": round(FEW / statistics.median(taken)) for name, taken in seconds.items()}
    loaded = {"put_loop_ratio": _ratio(seconds, "put_loop", "ours"), "records": FEW, **rates}
    return nothing, {**loaded, "seconds": _rounded(seconds), "first_sync_seconds": round(first, 1)}


def _rounds(title: str, ways: Mapping[str, Callable[[int], float]]) -> Seconds:
    """Measure each way in turn, round after round, so that what else the machine does falls on all of them."""
    seconds: Seconds = {name: [] for name in ways}
    for step in range(ROUNDS):
        for name, way in ways.items():
            with progress.status(f"{title}: round {step + 1} of {ROUNDS}, {name}"):
                seconds[name].append(way(step))
    return seconds


def _ratio(seconds: Seconds, other: str, ours: str) -> float:
    """Return how many times as fast ours is, by the medians."""
    return round(statistics.median(seconds[other]) / statistics.median(seconds[ours]), 2)


def _rounded(seconds: Seconds) -> Seconds:
    return {name: [round(each, 3) for each in taken] for name, taken in seconds.items()}


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was measured."""
    extracted, loaded = result["extract"], result["load"]
    table = Table(title="Master data", title_justify="left")
    for column in ("Koppel against", "times as fast", "should be", ""):
        table.add_column(column, justify="left" if column == "Koppel against" else "right")
    for name, target in TARGETS.items():
        ratio = (extracted | loaded)[name]
        table.add_row(WORDS[name], f"{ratio:.2f}", f"{target} or more", _target_met(ratio >= target))
    peak, small = extracted["peak_mib_over_base"], extracted[f"peak_mib_over_base_{FEW}"]
    table.add_section()
    table.add_row(
        f"memory of {MANY:,} records, MiB", f"{peak:.1f}", f"under {PEAK_MIB:.0f}", _target_met(peak < PEAK_MIB)
    )
    table.add_row(f"memory of {FEW:,} records, MiB", f"{small:.1f}", "about the same", "")
    table.add_section()
    nothing, poll = result["unchanged"], extracted["look"]
    table.add_row(f"requests to read {MANY:,} records", str(extracted["requests"]), "", "")
    table.add_row(f"a poll of {MANY:,} records", f"{poll['seconds']:.2f} s", f"{poll['requests']} requests", "")
    table.add_row("an unchanged run", f"{nothing['seconds']:.2f} s", f"{nothing['requests']} requests", "")
    written = nothing["writes"], nothing["records_rows_written"] + nothing["links_rows_written"]
    table.add_row(
        "… its writes to Simple-Simon, rows written",
        f"{written[0]}, {written[1]}",
        "0, 0",
        _target_met(not any(written)),
    )
    return table


def _target_met(met: bool) -> str:
    return "✓" if met else "✗ not met"
