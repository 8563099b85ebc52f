"""The routes by subject: what a person sees and changes about it, as a page and as JSON."""

from plugins.koppel.routers import (
    activation,
    cleanup,
    connections,
    log,
    openapi,
    settings,
    static,
    tenants,
    work_orders,
)

ROUTERS = (
    tenants.router,
    activation.router,
    connections.router,
    settings.router,
    work_orders.router,
    cleanup.router,
    log.router,
    openapi.router,
    static.router,
)
