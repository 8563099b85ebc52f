"""The tables are declared here, by subject. Migrations make them; a test compares the two."""

from include.store.tables.base import metadata
from include.store.tables.cleanup import baselines, exemptions, proposals, removals
from include.store.tables.health import alarms, alert_addresses, heartbeats, looks
from include.store.tables.log import log, problems
from include.store.tables.master_data import links, records, run_streams, runs, staged, sync_state, watermarks
from include.store.tables.pending import pending_operations
from include.store.tables.push import circuit_breakers, ledger, ledger_steps
from include.store.tables.reconciliation import reconciliations
from include.store.tables.tenants import (
    agreements,
    consents,
    credentials,
    drafts,
    ownership,
    secrets,
    settings,
    tenants,
    transitions,
)

__all__ = [
    "agreements",
    "alarms",
    "alert_addresses",
    "baselines",
    "circuit_breakers",
    "consents",
    "credentials",
    "drafts",
    "exemptions",
    "heartbeats",
    "ledger",
    "ledger_steps",
    "links",
    "log",
    "looks",
    "metadata",
    "ownership",
    "pending_operations",
    "problems",
    "proposals",
    "reconciliations",
    "records",
    "removals",
    "run_streams",
    "runs",
    "secrets",
    "settings",
    "staged",
    "sync_state",
    "tenants",
    "transitions",
    "watermarks",
]
