"""The routes by subject: what a person sees and changes about it, as a page and as JSON."""

from plugins.koppel.routers import (
    activation,
    cleanup,
    connections,
    health,
    log,
    openapi,
    reconciliation,
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
    reconciliation.router,
    log.router,
    health.router,
    openapi.router,
    static.router,
)
