"""Checking the settings that are being changed, and keeping what was found with the draft (R4.1)."""

from collections.abc import Sequence
from dataclasses import replace

from include.context import Context
from include.errors import InvalidInput
from include.settings import drafts
from include.settings.checks import check
from include.settings.drafts import Draft
from include.settings.live_package import LivePackage
from include.tenants.tenant import Tenant


def check_draft(context: Context, tenant: Tenant, by: str, names: Sequence[str] | None = None) -> Draft:
    """Check all settings of the open draft, or these; the draft with what was found. Without one, the saved settings.

    Raises WrongInput for a name that is no setting, and when the draft was changed meanwhile.
    """
    fields = type(tenant.settings).model_fields
    if unknown := [name for name in names or () if name not in fields]:
        raise InvalidInput([f"settings.{name}: unknown; use {', '.join(fields)}" for name in unknown])
    draft = drafts.begin(context, tenant, by)
    live = LivePackage(context, replace(tenant, settings=draft.settings))
    found = [verdict for name in names or fields for verdict in check(live, name)]
    live.keep()
    return drafts.note(context, tenant, draft.mark, found)
