"""Checks of settings: live against the package, by the rules of the push and the filters of the sync (R4.1, R4.2)."""
