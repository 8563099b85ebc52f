"""Clean-up: what is gone from the package, or was never in it, goes from Simon (R2); and back, if a person wants so."""
