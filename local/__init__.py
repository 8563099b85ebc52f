"""Starts and stops Koppel on one machine, and plays the demo. Nothing of the product depends on it."""
