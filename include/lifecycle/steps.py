"""Which step of an activation a coupling is at, the same for pages and prompt (R5.1).

Access may go in any state, by a deactivation, a withdrawn consent or another key; then connecting comes first again.
"""

from collections.abc import Mapping
from enum import StrEnum

from include.access.connect import is_connected
from include.connectors import registry
from include.context import Context
from include.lifecycle.terms import agreement
from include.settings import drafts
from include.tenants.states import ENDED, TenantState
from include.tenants.tenant import Tenant


class ActivationStep(StrEnum):
    """What is to be done now, in the order in which it is done."""

    # Deactivated: set it up again first.
    INACTIVE = "inactive"
    SIMON = "simon"
    # Agree to the terms, where that was not done along with the step before.
    START = "start"
    WIPE = "wipe"
    PACKAGE = "package"
    ADMINISTRATION = "administration"
    SETTINGS = "settings"
    IMPORT = "import"
    ACTIVE = "active"


STEP_OF_STATE: Mapping[TenantState, ActivationStep] = {
    TenantState.NEW: ActivationStep.WIPE,
    TenantState.WIPING: ActivationStep.WIPE,
    TenantState.CONNECTING: ActivationStep.ADMINISTRATION,
    TenantState.SETTINGS: ActivationStep.SETTINGS,
    TenantState.IMPORTING: ActivationStep.IMPORT,
    TenantState.ACTIVE: ActivationStep.ACTIVE,
    TenantState.INACTIVE: ActivationStep.INACTIVE,
}


def current_step(context: Context, tenant: Tenant, *, starts_apart: bool = True) -> ActivationStep:
    """Return the step that a person takes now, or waits for; ``starts_apart``: agreeing to the terms is one of them."""
    step = STEP_OF_STATE[tenant.status]
    if tenant.status in ENDED:
        return step
    if not is_connected(context, tenant, registry.field_service()):
        return ActivationStep.SIMON
    if starts_apart and tenant.status == TenantState.NEW and agreement(context, tenant) is None:
        return ActivationStep.START
    if step != ActivationStep.WIPE and not is_connected(context, tenant, tenant.package):
        return ActivationStep.PACKAGE
    if step == ActivationStep.SETTINGS and tenant.settings_version and not drafts.differs(context, tenant):
        return ActivationStep.IMPORT
    return step
