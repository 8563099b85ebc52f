"""The most memory that an extract takes, in a process that does nothing else."""

import json
import re
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.place import Place, lists_only
from include.context import Context
from include.installation import Installation
from include.sync.extract import extract
from include.sync.run import begin_sync
from include.tenants.tenant import load
from local.settings import ROOT


def peak_mib(place: Place) -> float:
    """Above what the process takes when it has imported everything."""
    given = {"installation": asdict(place.installation) | {"state": str(place.installation.state)}, "slug": place.slug}
    command = [sys.executable, "-m", "bench.memory"]
    done = subprocess.run(
        command,
        input=json.dumps(given),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    place.tidy()
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["read"] == place.customers, f"{found} of {place.customers}"
    return float(found["peak_mib"])


def kib(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found, f"/proc/self/status names no {name}"
    return int(found[1])


def main(installation: dict[str, str], slug: str) -> None:
    known = Installation(installation["store_url"], tuple(installation["keys"]), Path(installation["state"]))
    before = kib("VmRSS")
    context = Context.from_environment(known)
    run = begin_sync(context, lists_only(load(context, slug)), f"bench-{time.time_ns()}", ["customers"], full=True)
    read = extract(run, "customers").read
    print(json.dumps({"read": read, "peak_mib": (kib("VmHWM") - before) / 1024}))


if __name__ == "__main__":
    main(**json.loads(sys.stdin.read()))
