"""Archived work orders to documents: what is due, how a document is built, and the loop that empties the ledger."""
