"""A second pair of eyes: both sides held against what is believed, every night and on demand (R3.1, R7.5)."""
