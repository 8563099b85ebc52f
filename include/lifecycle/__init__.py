"""The life of a coupling: its steps from new to active, its pauses and its ends (R5)."""
