"""Every route there is, with the right it takes and what a request has to bring. Nothing is served that is not here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plugins.koppel import actions
from plugins.koppel.acts import ACTS
from plugins.koppel.api import about as api_about
from plugins.koppel.api import couplings as api_couplings
from plugins.koppel.api import document as api_document
from plugins.koppel.api import log as api_log
from plugins.koppel.csrf import from_our_form, from_our_origin
from plugins.koppel.pages import (
    activation,
    cleanup,
    connecting,
    coupling,
    couplings,
    log,
    new_tenant,
    settings,
    static,
    timeline,
)
from plugins.koppel.security import Right


@dataclass(frozen=True)
class Route:
    """``guards`` are dependencies beside the right; a route that changes something has one against forgery."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    right: Right
    guards: tuple[Callable[..., Any], ...] = ()


OF_ACTS = tuple(
    route
    for act in ACTS
    for route in (
        Route("POST", f"/tenants/{{tenant}}/{act.path}", actions.of_page(act), act.right, (from_our_form,)),
        Route("POST", f"/api/tenants/{{tenant}}/{act.path}", actions.of_api(act), act.right, (from_our_origin,)),
    )
)
ROUTES = (
    Route("GET", "/", couplings.show, Right.signed_in),
    Route("GET", "/static/{name}", static.show, Right.signed_in),
    Route("GET", "/tenants/{tenant}", coupling.show, Right.read),
    Route("POST", "/tenants/{tenant}/sync", coupling.sync, Right.operate, (from_our_form,)),
    Route("POST", "/tenants/{tenant}/pause", coupling.pause, Right.operate, (from_our_form,)),
    Route("POST", "/tenants/{tenant}/resume", coupling.resume, Right.operate, (from_our_form,)),
    Route("GET", "/new", new_tenant.show, Right.administer),
    Route("POST", "/new", new_tenant.add, Right.administer, (from_our_form,)),
    Route("GET", "/tenants/{tenant}/activation", activation.show, Right.administer),
    Route("GET", "/tenants/{tenant}/activation/rehearsal", activation.rehearsal, Right.administer),
    Route("GET", "/tenants/{tenant}/activation/progress", activation.progress, Right.administer),
    Route("GET", "/tenants/{tenant}/access", connecting.show, Right.administer),
    Route("POST", "/tenants/{tenant}/consent", connecting.ask, Right.administer, (from_our_form,)),
    Route("GET", "/tenants/{tenant}/consent/ended", connecting.come_back, Right.administer),
    Route("GET", "/callback", connecting.callback, Right.signed_in),
    Route("GET", "/tenants/{tenant}/settings", settings.show, Right.read),
    Route("POST", "/tenants/{tenant}/settings", settings.change, Right.administer, (from_our_form,)),
    Route("GET", "/tenants/{tenant}/story", timeline.show, Right.read),
    Route("GET", "/tenants/{tenant}/preview", timeline.preview, Right.read),
    Route("GET", "/tenants/{tenant}/cleanup", cleanup.show, Right.read),
    Route("GET", "/log", log.show, Right.signed_in),
    Route("GET", "/log/newer", log.newer, Right.signed_in),
    Route("GET", "/log.csv", log.download, Right.signed_in),
    Route("GET", "/api/openapi.json", api_document.show, Right.signed_in),
    Route("GET", "/api/tenants", api_couplings.listing, Right.signed_in),
    Route("GET", "/api/tenants/{tenant}", api_couplings.one, Right.read),
    Route("POST", "/api/tenants/{tenant}/sync", api_couplings.sync, Right.operate, (from_our_origin,)),
    Route("POST", "/api/tenants/{tenant}/pause", api_couplings.pause, Right.operate, (from_our_origin,)),
    Route("POST", "/api/tenants/{tenant}/resume", api_couplings.resume, Right.operate, (from_our_origin,)),
    Route("POST", "/api/tenants", new_tenant.add_by_api, Right.administer, (from_our_origin,)),
    Route("GET", "/api/tenants/{tenant}/rehearsal", activation.rehearsed, Right.administer),
    Route("GET", "/api/tenants/{tenant}/settings", api_about.settings, Right.read),
    Route("GET", "/api/tenants/{tenant}/story", api_about.about, Right.read),
    Route("GET", "/api/tenants/{tenant}/preview", api_about.preview, Right.read),
    Route("GET", "/api/tenants/{tenant}/cleanup", api_about.cleanups, Right.read),
    Route("GET", "/api/log", api_log.listing, Right.signed_in),
    Route("GET", "/api/problems", api_log.problems, Right.signed_in),
    *OF_ACTS,
)
