"""What a clean-up would do, record by record with its reason, without writing to Simon or keeping anything."""

from dataclasses import dataclass
from typing import Literal

from include.cleanup.clean_up import judged
from include.cleanup.guard import Verdict
from include.cleanup.listing import Doubt, read_both
from include.cleanup.plan import plan
from include.cleanup.run import Run, begin_for, streams
from include.koppel import Koppel
from include.store import runs
from include.store.cleanup import Planned
from include.tenants.opening import open_app, open_package
from include.tenants.tenant import Tenant

What = Literal["remove", "propose", "leave"]


@dataclass(frozen=True)
class Outcome(Planned):
    """A record that should go, with what would become of it; ``work_order`` is the open one it would be left for."""

    what: What
    work_order: str | None = None


def dry_run(koppel: Koppel, tenant: Tenant, key: str) -> tuple[list[Outcome], dict[str, Doubt]]:
    """The records, in the order of removal, and the doubts by stream. Raises the errors of ``include.errors``."""
    run = begin_for(koppel, tenant, key, streams(tenant), kind="cleanup_dry_run")
    try:
        return _outcomes(run)
    finally:
        with koppel.store.begin() as tx:
            runs.end(tx, run.id)


def _outcomes(run: Run) -> tuple[list[Outcome], dict[str, Doubt]]:
    package, app = open_package(run.koppel, run.tenant), open_app(run.koppel, run.tenant)
    read_both(run, package, app)
    rights = package.standing()
    with run.koppel.store.begin() as tx:
        made = plan(run, tx)
    verdict, used = judged(run, made, rights), app.in_use()
    chosen, found = _what(verdict), []
    for stream, planned in made.removals.items():
        for one in planned:
            number = used.get(stream, {}).get(one.simon_id)
            what: What = "leave" if number else chosen.get(one, "leave")
            found.append(Outcome(one.stream, one.simon_id, one.key, one.label, one.reason, what, number))
    return found, verdict.doubts


def _what(verdict: Verdict) -> dict[Planned, What]:
    """Of each record that should go; one that is not in it is left."""
    chosen: dict[Planned, What] = dict.fromkeys(verdict.do, "remove")
    return chosen | dict.fromkeys(verdict.propose, "propose")
