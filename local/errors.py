"""The exceptions of what runs on one machine; the product's own are in include/errors.py."""


class NotReady(Exception):
    """Says that something did not come up in time, and where its log is."""
