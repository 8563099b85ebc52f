"""Rows of proposals: sets of removals that wait for a person (R2.5). What may follow what is in ``cleanup.states``."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update

from include.store.baselines import Baseline
from include.store.engine import Transaction
from include.store.tables import proposals


class ProposalState(StrEnum):
    """Where a proposal is in its life."""

    # It waits for a person.
    OPEN = "open"
    # A person approved it: its set is to be removed.
    APPROVED = "approved"
    # Its set was removed, as far as each record was still to go.
    DONE = "done"
    # A person refused it: its records stay.
    REFUSED = "refused"
    # Nobody decided in time, or what was approved was not done in time.
    EXPIRED = "expired"
    # Another set, or none, took its place.
    REPLACED = "replaced"


@dataclass(frozen=True)
class Proposal:
    """A set of removals that waits for a person. ``baselines``, by stream, are accepted once it is decided."""

    id: int
    state: ProposalState
    digest: str
    baselines: dict[str, Baseline]
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None


_COLUMNS = [proposals.c[name] for name in Proposal.__dataclass_fields__]


def add(tx: Transaction, tenant_id: int, digest: str, baselines: Mapping[str, Baseline], **moments: datetime) -> int:
    """Store an open proposal with the moments ``proposed_at`` and ``expires_at``; return its id."""
    values = {"tenant_id": tenant_id, "state": ProposalState.OPEN, "digest": digest, **moments}
    values["baselines"] = {stream: asdict(baseline) for stream, baseline in baselines.items()}
    return int(tx.execute(insert(proposals).values(values).returning(proposals.c.id)).scalar_one())


def find(tx: Transaction, tenant_id: int, proposal_id: int) -> Proposal | None:
    """Return a proposal of this tenant."""
    query = select(*_COLUMNS).where(proposals.c.tenant_id == tenant_id, proposals.c.id == proposal_id)
    row = tx.execute(query).one_or_none()
    return _proposal(row) if row else None


def latest(tx: Transaction, tenant_id: int, *states: ProposalState) -> Proposal | None:
    """Return the tenant's last proposal that is in one of these states."""
    query = select(*_COLUMNS).where(proposals.c.tenant_id == tenant_id, proposals.c.state.in_(states))
    row = tx.execute(query.order_by(proposals.c.id.desc()).limit(1)).one_or_none()
    return _proposal(row) if row else None


def move(
    tx: Transaction, proposal_id: int, before: Collection[ProposalState], after: ProposalState, **values: Any
) -> bool:
    """Bring a proposal to another state, with more fields; return whether it was in one of the states ``before``."""
    here = (proposals.c.id == proposal_id, proposals.c.state.in_(before))
    return tx.execute(update(proposals).where(*here).values(state=after, **values)).rowcount == 1


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    baselines = {stream: Baseline(**baseline) for stream, baseline in values["baselines"].items()}
    return Proposal(**{**values, "state": ProposalState(values["state"]), "baselines": baselines})
