"""What is read from Rompslomp: it has no groups or types, and no way to ask for changes only."""

from include.connectors.base import Stream
from include.connectors.rompslomp import mapping

STREAMS = (
    Stream("customers", "contacts", "id", mapping.customer, {"selection": "customers"}),
    Stream("articles", "products", "id", mapping.article),
)
