"""Whether Koppel is at work, in time and right: signs of life, freshness, and what is wrong when it is not."""
