"""Benchmarks: ``make bench`` runs all parts, ``python -m bench push`` one of them."""

import json
import logging
import os
import platform
import sys
from typing import Any

import psutil
import structlog
from rich.console import Console

from bench import cleanup, compare, master_data, pages, push, push_lag, slow_tenants
from local.settings import ROOT

RESULT = ROOT / ".local" / "bench.json"
# each with measure(), which gives keys of the result, and show(), which makes a table of them
PARTS = {
    "master_data": master_data,
    "compare": compare,
    "push": push,
    "push_lag": push_lag,
    "cleanup": cleanup,
    "pages": pages,
    "slow_tenants": slow_tenants,
}


def main() -> None:
    """Run the parts that are named, or all."""
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        sys.exit(f"{', '.join(unknown)}: no such part; use {', '.join(PARTS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    out = Console(width=None if sys.stdout.isatty() else 100)
    out.print("{cores} cores, {memory_gib} GiB, Python {python}, load {load_before} before".format(**_machine()))
    for name in chosen:
        machine = _machine()
        result = PARTS[name].measure()
        _save({"machine": machine, **result})
        out.print(PARTS[name].show(result))
    out.print(f"Written to {RESULT.relative_to(ROOT)}")


def _save(result: dict[str, Any]) -> None:
    """Write the result beside what other parts measured before."""
    RESULT.parent.mkdir(exist_ok=True)
    earlier = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(earlier | result, indent=2))


def _machine() -> dict[str, Any]:
    memory = round(psutil.virtual_memory().total / 2**30)
    load_1m = round(os.getloadavg()[0], 1)
    return {"cores": os.cpu_count(), "memory_gib": memory, "load_before": load_1m, "python": platform.python_version()}


if __name__ == "__main__":
    main()
