"""Koppel: what couples Simple-Simon and an accounting package, apart from how it is started and shown."""

__version__ = "0.1.0"
