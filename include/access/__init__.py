"""Access of tenants to their systems: kept encrypted, given by consent, renewed, and who owns what."""
