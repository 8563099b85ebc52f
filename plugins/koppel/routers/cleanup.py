"""Clean-up (R2.5): the proposal that waits for a person, exactly its set, and putting back what was removed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from include.cleanup.history import PastRemovals, current_proposal, past_removals
from include.cleanup.proposals import refuse
from include.lifecycle import pending
from plugins.koppel.actions import ActionResult, action
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep
from plugins.koppel.language import N_
from plugins.koppel.query import PAGE_SIZE
from plugins.koppel.security import Right, requires

router = APIRouter()
ProposalNumber = Annotated[int, Path(ge=1, lt=2**63, description="the number of a proposal")]
RunNumber = Annotated[int, Path(ge=1, lt=2**63, description="the number of a clean-up or a wipe")]


class RemovalResponse(BaseModel):
    """A record that is to be removed, and why."""

    stream: str
    label: str
    key: str | None
    reason: str
    state: str


class CleanupResponse(BaseModel):
    """``proposal`` waits for a person (``open``) or is being carried out (``approved``); ``records`` is its set."""

    proposal: int | None
    state: str | None
    expires_at: datetime | None
    records: Annotated[list[RemovalResponse], Field(description="exactly the set")]
    earlier: list[PastRemovals]


@router.get("/tenants/{tenant}/cleanup", dependencies=[requires(Right.read)])
def cleanup_page(page: TenantPageDep, number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1) -> Response:
    """Show the proposal that waits, a page of its set, and what earlier clean-ups removed."""
    proposal, removals = current_proposal(page.context, page.tenant) or (None, [])
    first = (number - 1) * PAGE_SIZE
    return page.render(
        "cleanup.html",
        proposal=proposal,
        removals=removals[first : first + PAGE_SIZE],
        total=len(removals),
        number=number,
        pages=max(1, -(-len(removals) // PAGE_SIZE)),
        earlier=past_removals(page.context, page.tenant),
    )


@router.get("/api/tenants/{tenant}/cleanup", dependencies=[requires(Right.read)])
def read_cleanup(context: ContextDep, tenant: TenantDep) -> CleanupResponse:
    """Return the proposal that waits, with its set, and what earlier clean-ups removed."""
    proposal, removals = current_proposal(context, tenant) or (None, [])
    return CleanupResponse(
        proposal=proposal.id if proposal else None,
        state=proposal.state if proposal else None,
        expires_at=proposal.expires_at if proposal else None,
        records=[
            RemovalResponse(
                stream=removal.stream,
                label=removal.label,
                key=removal.key,
                reason=removal.reason,
                state=removal.state,
            )
            for removal in removals
        ],
        earlier=past_removals(context, tenant),
    )


@action(router, "/tenants/{tenant}/cleanup/{proposal}/approve", Right.operate, back="/tenants/{tenant}/cleanup")
def approve_proposal(*, context: ContextDep, tenant: TenantDep, by: ActorDep, proposal: ProposalNumber) -> ActionResult:
    """Approve a proposal, once: exactly its set is removed by the watcher, within a minute."""
    pending.approve_proposal(context, tenant, proposal, by=by)
    return ActionResult(
        N_("The proposal is approved: exactly this set is removed, beginning within a minute."), {"proposal": proposal}
    )


@action(router, "/tenants/{tenant}/cleanup/{proposal}/refuse", Right.operate, back="/tenants/{tenant}/cleanup")
def refuse_proposal(*, context: ContextDep, tenant: TenantDep, by: ActorDep, proposal: ProposalNumber) -> ActionResult:
    """Refuse a proposal, once: its records stay."""
    refuse(context, tenant, proposal, by=by)
    return ActionResult(N_("The proposal is refused: its records stay."), {"proposal": proposal})


@action(router, "/tenants/{tenant}/cleanup/runs/{run}/restore", Right.operate, back="/tenants/{tenant}/cleanup")
def restore_run(*, context: ContextDep, tenant: TenantDep, by: ActorDep, run: RunNumber) -> ActionResult:
    """Put back what a clean-up or a wipe removed; begins within a minute."""
    pending.request_restore(context, tenant, run, by=by)
    return ActionResult(N_("What it took is put back, beginning within a minute."), {"run": run})
