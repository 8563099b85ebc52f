"""The states of a coupling: what is possible in each, and which step leads from where to where (R5).

new → wiping → connecting → settings → importing → active → inactive → new …
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.context import Context
from include.errors import InvalidState, TenantNotActive
from include.messages import Language
from include.store import Transaction, activation_border
from include.store import tenants as tenants_table
from include.store.tenants import TransitionRow

PAUSED = "paused"  # what is shown of a coupling that runs and that a person paused


class TenantState(StrEnum):
    """The state that is stored of a coupling; ``STATES`` has a sentence for each."""

    NEW = "new"
    WIPING = "wiping"
    CONNECTING = "connecting"
    SETTINGS = "settings"
    IMPORTING = "importing"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Step(StrEnum):
    """A step that brings a coupling from one state to another; ``TRANSITIONS`` says from which to which."""

    CONFIRM_WIPE = "confirm_wipe"
    FINISH_WIPE = "finish_wipe"
    KEEP = "keep"
    CHOOSE_ADMINISTRATION = "choose_administration"
    START_IMPORT = "start_import"
    FINISH_IMPORT = "finish_import"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


@dataclass(frozen=True)
class StateText:
    """What a state is called on the pages, in Dutch and English, and what a person can do in it."""

    nl: str
    en: str
    possible: str


@dataclass(frozen=True)
class Transition:
    """From which states a step may be taken, and to which it leads."""

    before: frozenset[TenantState]
    after: TenantState


STATES: Mapping[TenantState, StateText] = {
    TenantState.NEW: StateText(
        "Net toegevoegd",
        "Just added",
        "connect Simple-Simon, look at the rehearsal, then confirm the wipe or keep what is there",
    ),
    TenantState.WIPING: StateText("Wordt leeggemaakt", "Being wiped", "let the wipe go on"),
    TenantState.CONNECTING: StateText(
        "Wordt verbonden", "Being connected", "connect the accounting package, then choose the administration"
    ),
    TenantState.SETTINGS: StateText(
        "Instellingen", "Settings", "set, check and save the settings, then start the first import"
    ),
    TenantState.IMPORTING: StateText(
        "Eerste import", "First import", "wait for the first import, which makes the coupling active by itself"
    ),
    TenantState.ACTIVE: StateText("Actief", "Active", "change its settings, pause it or deactivate it"),
    TenantState.INACTIVE: StateText("Niet actief", "Inactive", "reactivate it, or forget it for good"),
}
RUNNING = (TenantState.IMPORTING, TenantState.ACTIVE)  # in these its master data is brought to Simon
ENDED = (TenantState.INACTIVE,)  # in these nothing is done for it, and it has access to nothing
# begun, and not yet at work; what is being wiped is wiped to the end first
BEGUN = (TenantState.NEW, TenantState.CONNECTING, TenantState.SETTINGS, TenantState.IMPORTING)
NOT_ENDED = tuple(state for state in TenantState if state not in ENDED)

TRANSITIONS: Mapping[Step, Transition] = {
    Step.CONFIRM_WIPE: Transition(frozenset({TenantState.NEW}), TenantState.WIPING),
    Step.FINISH_WIPE: Transition(frozenset({TenantState.WIPING}), TenantState.CONNECTING),
    Step.KEEP: Transition(frozenset({TenantState.NEW}), TenantState.CONNECTING),
    Step.CHOOSE_ADMINISTRATION: Transition(frozenset({TenantState.CONNECTING}), TenantState.SETTINGS),
    Step.START_IMPORT: Transition(frozenset({TenantState.SETTINGS}), TenantState.IMPORTING),
    Step.FINISH_IMPORT: Transition(frozenset({TenantState.IMPORTING}), TenantState.ACTIVE),
    Step.DEACTIVATE: Transition(frozenset(NOT_ENDED), TenantState.INACTIVE),
    Step.REACTIVATE: Transition(frozenset(ENDED), TenantState.NEW),
}


def state_title(state: str, language: Language) -> str:
    """Return what a state, or ``paused``, is called on the pages."""
    if state == PAUSED:
        return "Gepauzeerd" if language == "nl" else "Paused"
    text = STATES[TenantState(state)]
    return text.nl if language == "nl" else text.en


def refusal(slug: str, status: str, action: str) -> str:
    """Return the sentence that says why an action is refused, and what is possible instead."""
    possible = STATES[TenantState(status)].possible if status in STATES else "nothing"
    return f"{slug} is {status}: {action} is not possible now; what is possible: {possible}"


def take_step(tx: Transaction, tenant_id: int, step: Step, *, by: str, at: datetime, **columns: Any) -> None:
    """Bring a tenant to where a step leads, and set more columns of its row.

    Raises InvalidState when the step may not be taken from its state: somebody else moved it meanwhile.
    """
    row = tenants_table.lock(tx, tenant_id)
    before, after = row.status if row else "removed", TRANSITIONS[step].after
    if before not in TRANSITIONS[step].before:
        raise InvalidState(refusal(row.slug if row else "the tenant", before, f"to become {after}"))
    tenants_table.set_status(tx, tenant_id, after, **columns)
    tenants_table.add_transition(tx, tenant_id, TransitionRow(at=at, by=by, before=before, after=after))


def activate(tx: Transaction, tenant_id: int, by: str, at: datetime, *, border: datetime) -> bool:
    """Make a tenant active whose whole import is in; return False when it is not importing.

    What was archived before the border is not sent (R3.12, R5.6). It is a moment of Simon's own clock, by which the
    moments of archiving are.
    """
    row = tenants_table.lock(tx, tenant_id)
    if row is None or row.status not in TRANSITIONS[Step.FINISH_IMPORT].before:
        return False
    take_step(tx, tenant_id, Step.FINISH_IMPORT, by=by, at=at, active_since=border)
    activation_border.skip_before(tx, tenant_id, border)
    return True


def require_running(tx: Transaction, tenant_id: int, *states: str) -> None:
    """Keep a tenant in one of these states until the transaction ends. Raises TenantNotActive, also while paused."""
    row = tenants_table.lock_shared(tx, tenant_id)
    if row is None:
        raise TenantNotActive("the tenant was removed: nothing is done")
    if row.status not in states:
        raise TenantNotActive(f"{row.slug} is {row.status}: nothing is done")
    if row.paused_at is not None:
        raise TenantNotActive(f"{row.slug} is paused: nothing is done; koppel tenants resume {row.slug}")


def require_not_ended(tx: Transaction, tenant_id: int) -> None:
    """Keep a tenant from being deactivated until the transaction ends. Raises TenantNotActive when it is."""
    row = tenants_table.lock_shared(tx, tenant_id)
    if row is not None and row.status in ENDED:
        raise TenantNotActive(f"{row.slug} is {row.status}: nothing is done")


def history(context: Context, tenant_id: int) -> list[TransitionRow]:
    """Return who brought a tenant from which state to which, and when, the first time first."""
    with context.store.begin() as tx:
        return tenants_table.transitions(tx, tenant_id)
