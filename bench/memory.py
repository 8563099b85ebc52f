"""The most memory that an extract takes, in a process that does nothing else."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.place import Place, context_of, lists_only
from include.sync.extract import extract
from include.sync.run import begin_sync
from include.tenants.tenant import load
from local.settings import ROOT


def peak_mib(place: Place) -> float:
    """Measure how much memory an extract takes above what the process does when it has imported everything."""
    command = [sys.executable, "-m", "bench.memory"]
    process = subprocess.run(
        command,
        input=place.as_json(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    place.tidy()
    measured = json.loads(process.stdout.splitlines()[-1])
    assert measured["read"] == place.customers, f"{measured} of {place.customers}"
    return float(measured["peak_mib"])


def kib(name: str) -> int:
    """Return a figure that the kernel keeps of this process (VmRSS, VmHWM)."""
    line = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert line, f"/proc/self/status names no {name}"
    return int(line[1])


def main(installation: dict[str, Any], slug: str) -> None:
    """Extract the customers of a tenant, and print how much memory that took."""
    before = kib("VmRSS")
    context = context_of(installation)
    run = begin_sync(context, lists_only(load(context, slug)), f"bench-{time.time_ns()}", ["customers"], full=True)
    read = extract(run, "customers").read
    print(json.dumps({"read": read, "peak_mib": (kib("VmHWM") - before) / 1024}))


if __name__ == "__main__":
    main(**json.loads(sys.stdin.read()))
