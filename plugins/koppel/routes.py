"""Every route there is, with the right it takes and what a request has to bring. Nothing is served that is not here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plugins.koppel.access import Right
from plugins.koppel.api import couplings as api_couplings
from plugins.koppel.api import document as api_document
from plugins.koppel.api import log as api_log
from plugins.koppel.forgery import from_our_form, from_our_origin
from plugins.koppel.pages import coupling, couplings, log, static


@dataclass(frozen=True)
class Route:
    """``guards`` are dependencies beside the right; a route that changes something has one against forgery."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    right: Right
    guards: tuple[Callable[..., Any], ...] = ()


ROUTES = (
    Route("GET", "/", couplings.show, Right.signed_in),
    Route("GET", "/static/{name}", static.show, Right.signed_in),
    Route("GET", "/tenants/{tenant}", coupling.show, Right.read),
    Route("POST", "/tenants/{tenant}/sync", coupling.sync, Right.operate, (from_our_form,)),
    Route("GET", "/log", log.show, Right.signed_in),
    Route("GET", "/log/newer", log.newer, Right.signed_in),
    Route("GET", "/log.csv", log.download, Right.signed_in),
    Route("GET", "/api/openapi.json", api_document.show, Right.signed_in),
    Route("GET", "/api/tenants", api_couplings.listing, Right.signed_in),
    Route("GET", "/api/tenants/{tenant}", api_couplings.one, Right.read),
    Route("POST", "/api/tenants/{tenant}/sync", api_couplings.sync, Right.operate, (from_our_origin,)),
    Route("GET", "/api/log", api_log.listing, Right.signed_in),
    Route("GET", "/api/problems", api_log.problems, Right.signed_in),
)
