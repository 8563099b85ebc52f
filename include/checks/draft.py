"""Checking the settings that are being changed, and keeping what was found with the draft (R4.1)."""

from collections.abc import Sequence
from dataclasses import replace

from include.checks.live import Live
from include.checks.settings import check
from include.koppel import Koppel
from include.tenants import drafts
from include.tenants.adding import WrongInput
from include.tenants.drafts import Draft
from include.tenants.tenant import Tenant


def check_draft(koppel: Koppel, tenant: Tenant, by: str, names: Sequence[str] | None = None) -> Draft:
    """Check all settings of the open draft, or these; the draft with what was found. Without one, the saved settings.

    Raises WrongInput for a name that is no setting, and when the draft was changed meanwhile.
    """
    fields = type(tenant.settings).model_fields
    if unknown := [name for name in names or () if name not in fields]:
        raise WrongInput([f"settings.{name}: unknown; use {', '.join(fields)}" for name in unknown])
    draft = drafts.begin(koppel, tenant, by)
    live = Live(koppel, replace(tenant, settings=draft.settings))
    found = [verdict for name in names or fields for verdict in check(live, name)]
    live.keep()
    return drafts.note(koppel, tenant, draft.mark, found)
