"""The first step: Simon is wiped, after a person confirmed the numbers that were shown, or deliberately kept (R5.2)."""

from collections.abc import Mapping, Sequence

from include.cleanup.clean_up import Report
from include.cleanup.wipe import PARTS, WrongParts, contents, wipe
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.store import tenants as rows
from include.store.alone import alone
from include.tenants.states import move, refuse
from include.tenants.tenant import Tenant, load

__all__ = ["PARTS", "ChangedSince", "WrongParts", "carry_out", "confirm", "keep"]

FEW = 10  # records that people may have added since the numbers were shown; more has to be shown first


class ChangedSince(ValueError):
    """What would be wiped is not what was shown; the text names both numbers."""


def confirm(koppel: Koppel, tenant: Tenant, shown: Mapping[str, int], parts: Sequence[str], by: str) -> None:
    """A person saw how many records of each part go, and agreed. Nothing is wiped yet: ``carry_out`` does that.

    Raises NotNow, WrongParts, ChangedSince, IntegrationError.
    """
    refuse(tenant, "to wipe", "new")
    chosen = _chosen(tenant, parts)
    _compare(shown, contents(koppel, tenant).counts, chosen)
    with koppel.store.begin() as tx:
        move(koppel, tx, tenant, ("new",), "wiping", by, wiping=chosen)
    log = IntegrationLog(koppel.store, tenant.id, tenant.slug, "life")
    log.write("life.wiping", tenant.slug, parts=", ".join(chosen), by=by)


def _chosen(tenant: Tenant, parts: Sequence[str]) -> list[str]:
    """In the order in which they go. Raises WrongParts."""
    if unknown := [part for part in parts if part not in PARTS]:
        raise WrongParts(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    if not parts:
        raise WrongParts(f"parts: none; use {', '.join(PARTS)}, or keep what is in Simple-Simon")
    if tenant.active_since is None and set(parts) != set(PARTS):
        raise WrongParts(
            "parts: a first activation wipes all of them; a choice is for a coupling that was active before"
        )
    return [part for part in PARTS if part in parts]


def _compare(shown: Mapping[str, int], now: Mapping[str, int], parts: Sequence[str]) -> None:
    for part in parts:
        before = shown.get(part)
        if before is None or not before <= now[part] <= before + FEW:
            said = "no number was" if before is None else f"{before} were"
            raise ChangedSince(f"wipe: {said} shown for {part}, and there are {now[part]} now; look again and confirm")


def carry_out(koppel: Koppel, tenant: Tenant) -> Report:
    """Wipe what was confirmed, or go on with it, and take the next step. Raises NotNow, and as ``wipe`` does.

    Who comes second waits for the first, and gets its report.
    """
    refuse(tenant, "to go on wiping", "wiping")
    with alone(koppel.store, tenant.id, "wipe"):
        return _carry_out(koppel, load(koppel, tenant.slug))


def _carry_out(koppel: Koppel, tenant: Tenant) -> Report:
    refuse(tenant, "to go on wiping", "wiping", "connecting")
    with koppel.store.begin() as tx:
        row, life = rows.find(tx, tenant.slug), rows.life(tx, tenant.id)
    key = f"wipe__{max(number for number, one in enumerate(life, 1) if one.after == 'wiping')}"
    report = wipe(koppel, tenant, key, (row and row.wiping) or ())
    if tenant.status == "wiping":
        with koppel.store.begin() as tx:
            move(koppel, tx, tenant, ("wiping",), "connecting", key, wiping=None)
    return report


def keep(koppel: Koppel, tenant: Tenant, by: str) -> Tenant:
    """Leave what is in Simon. Records of people stay beside those of the package, until a clean-up proposes them."""
    refuse(tenant, "to keep what is in Simple-Simon", "new")
    with koppel.store.begin() as tx:
        move(koppel, tx, tenant, ("new",), "connecting", by)
    IntegrationLog(koppel.store, tenant.id, tenant.slug, "life").write("life.kept", tenant.slug, by=by)
    return load(koppel, tenant.slug)
