"""Tenants: their settings, their credentials, and opening the systems they are coupled to."""
