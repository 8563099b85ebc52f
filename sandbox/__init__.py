"""What the sandboxes of all connectors share: clock, switches, faults, request log, OData, and their server."""
