"""One file for each kind of workflow of a tenant, and what they share."""
