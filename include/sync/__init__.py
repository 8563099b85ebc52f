"""Master data: extract, transform, load; each loop written once for all connectors."""
