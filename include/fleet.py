"""What is done for all active tenants together: a few at a time, and none keeps another from it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from include.context import Context
from include.errors import ChecksFailed
from include.log.writer import IntegrationLog
from include.store import signs_of_life
from include.store.signs_of_life import Heartbeat
from include.tenants.overview import overview
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant, load

T = TypeVar("T")
FAILED = " failed"
PART, EVERY_S = "fleet", 24 * 3600  # under which name it says that it ended well, and how often
MAX_WORKERS = 8  # tenants together; they mostly wait


def for_each_active(context: Context, run: str, work: Callable[[Tenant], T]) -> list[T]:
    """Return what the work gave for each tenant that is active when it is its turn.

    A fault of ours is in the log of its tenant. Raises ChecksFailed for those when all the others are done.
    """
    slugs = [line.tenant for line in overview(context) if line.status == TenantState.ACTIVE]
    with ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix="fleet") as threads:
        working = {slug: threads.submit(_if_active, context, slug, work) for slug in slugs}
    failed = {slug: error for slug, future in working.items() if (error := future.exception()) is not None}
    for slug, error in failed.items():
        structlog.get_logger("koppel").error("work for a tenant failed", tenant=slug, exc_info=error)
        log = IntegrationLog(context.store, load(context, slug).id, slug, run)
        log.write("run.failed", reason=type(error).__name__)
    if failed:
        raise ChecksFailed(", ".join(failed)) from next(iter(failed.values()))
    with context.store.begin() as tx:
        signs_of_life.beat(tx, PART, context.now(), EVERY_S)
    return [outcome for future in working.values() for outcome in future.result()]


def note_end(context: Context, task: str, *, failed: bool) -> None:
    """Note how a task for all tenants ended."""
    with context.store.begin() as tx:
        signs_of_life.beat(tx, f"{PART} {task}{FAILED if failed else ''}", context.now(), EVERY_S)


def failed_tasks(beats: Mapping[str, Heartbeat]) -> list[str]:
    """Return the tasks for all tenants whose last end was a failure."""
    ended = {part: beat.at for part, beat in beats.items() if part.startswith(f"{PART} ")}
    failed = {part.removesuffix(FAILED): at for part, at in ended.items() if part.endswith(FAILED)}
    return sorted(part.removeprefix(f"{PART} ") for part, at in failed.items() if part not in ended or ended[part] < at)


def _if_active(context: Context, slug: str, work: Callable[[Tenant], T]) -> list[T]:
    tenant = load(context, slug)
    return [work(tenant)] if tenant.active else []
