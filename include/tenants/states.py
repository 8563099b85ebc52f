"""The seven states of a coupling, and what each of them allows (R5). Every step from one to another is kept.

new → wiping → connecting → settings → importing → active → inactive → new …
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from include.context import Context
from include.errors import InvalidState
from include.store import Transaction, ledger
from include.store import tenants as tenants_table
from include.store.tenants import TransitionRow
from include.tenants.tenant import Tenant

__all__ = ["NEXT", "STATES", "State", "TransitionRow", "activate", "history", "move", "require_state"]

State = Literal["new", "wiping", "connecting", "settings", "importing", "active", "inactive"]
STATES: tuple[State, ...] = get_args(State)
NEXT: dict[State, str] = {
    "new": "connect Simple-Simon, look at the rehearsal, then confirm the wipe or keep what is there",
    "wiping": "let the wipe go on",
    "connecting": "connect the accounting package, then choose the administration",
    "settings": "set, check and save the settings, then start the first import",
    "importing": "wait for the first import, which makes the coupling active by itself",
    "active": "change its settings, pause it or deactivate it",
    "inactive": "reactivate it, or forget it for good",
}


def require_state(tenant: Tenant, what: str, *allowed: State) -> None:
    """Raises NotNow unless the tenant is in one of these states."""
    if tenant.status not in allowed:
        raise InvalidState(sentence(tenant.slug, tenant.status, what))


def sentence(slug: str, status: str, what: str) -> str:
    """Why something is refused."""
    possible = next((text for state, text in NEXT.items() if state == status), "nothing")
    return f"{slug} is {status}: {what} is not possible now; what is possible: {possible}"


def move(
    context: Context, tx: Transaction, tenant: Tenant, before: Sequence[State], after: State, by: str, **values: Any
) -> None:
    """To another state, once. Raises NotNow when somebody else moved it meanwhile."""
    if not tenants_table.move(tx, tenant.id, before, after, by, context.now(), **values):
        now = tenants_table.find(tx, tenant.slug)
        raise InvalidState(sentence(tenant.slug, now.status if now else "removed", f"to become {after}"))


def activate(tx: Transaction, tenant_id: int, by: str, now: datetime) -> bool:
    """The whole import is in: active from now on. What was archived before is not sent (R3.12, R5.6)."""
    if not tenants_table.move(tx, tenant_id, ("importing",), "active", by, now, active_since=now):
        return False
    ledger.skip_before(tx, tenant_id, now)
    return True


def history(context: Context, tenant: Tenant) -> list[TransitionRow]:
    """Who brought it from which state to which, and when."""
    with context.store.begin() as tx:
        return tenants_table.life(tx, tenant.id)
