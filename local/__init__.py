"""Koppel on one machine: starts and stops everything, and plays the demo. Nothing of the product depends on it."""
