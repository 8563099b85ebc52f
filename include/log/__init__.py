"""The integration log: written, searched, and what it says of one record (R7)."""
