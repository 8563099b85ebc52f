"""The integration log: written, searched, its open problems, and the time line of one record (R7)."""
