"""Tenants described in files: read, compared with what is there, and brought there."""
