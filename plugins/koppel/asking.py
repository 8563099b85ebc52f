"""Pages that ask remote systems: few at a time and with a deadline, so that Airflow's own answers never wait for them.

Airflow's api-server answers tasks, triggerers and people with the same 40 threads. Who waits for a place here holds
none of them.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from include.context import Context
from plugins.koppel.dependencies import ContextDep, TenantPage, TenantPageDep
from plugins.koppel.errors import PageError
from plugins.koppel.language import N_

AT_ONCE = 8  # of all tenants, in this process
OF_ONE_TENANT = 3
WAIT_S = 3.0
LOOK_AGAIN_S = 0.1
DEADLINE_S = 60.0  # for all that one page asks
BUSY = N_("Too many pages ask Simple-Simon and the accounting packages just now. Try again in a minute.")
BUSY_TITLE = N_("Busy")


@dataclass
class Places:
    """Counts who asks now; ``taken`` is how many of each tenant. A page of no tenant counts for the tenant ''."""

    at_once: int = AT_ONCE
    of_one_tenant: int = OF_ONE_TENANT
    taken: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def take(self, tenant: str) -> bool:
        """Take a place, if there is one."""
        with self.lock:
            if self.taken.total() >= self.at_once or self.taken[tenant] >= self.of_one_tenant:
                return False
            self.taken[tenant] += 1
            return True

    @contextmanager
    def leaving(self, tenant: str) -> Iterator[None]:
        """Give the place back at the end."""
        try:
            yield
        finally:
            with self.lock:
                self.taken[tenant] -= 1
                self.taken += Counter()  # which forgets those that are at 0


PLACES = Places()


async def asking_context(request: Request, context: ContextDep) -> AsyncIterator[Context]:
    """Return the application for a page that asks remote systems, once there is a place. Raises PageError: busy."""
    tenant = str(request.path_params.get("tenant", ""))
    tries = int(WAIT_S / LOOK_AGAIN_S)
    while not PLACES.take(tenant):
        if not (tries := tries - 1):
            raise PageError(503, BUSY, title=BUSY_TITLE)
        await asyncio.sleep(LOOK_AGAIN_S)
    with PLACES.leaving(tenant):
        yield context.hurried(DEADLINE_S)


@contextmanager
def asking_at_once(page: TenantPage) -> Iterator[Context]:
    """Yield the application for a page that asks only now and then. Raises PageError when there is no place."""
    if not PLACES.take(page.tenant.slug):
        raise PageError(503, BUSY, title=BUSY_TITLE)
    with PLACES.leaving(page.tenant.slug):
        yield page.context.hurried(DEADLINE_S)


AskingContextDep = Annotated[Context, Depends(asking_context)]


def asking_page(page: TenantPageDep, context: AskingContextDep) -> TenantPage:
    """Return the page about the tenant of the path, made by asking remote systems."""
    return replace(page, context=context)


AskingPageDep = Annotated[TenantPage, Depends(asking_page)]
