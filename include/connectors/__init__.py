"""Holds a folder for each remote system; no folder imports another, and the registry finds them."""
