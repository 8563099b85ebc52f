"""Helpers of the tests: fixtures are in the conftest.py of a folder, what they are made of is here."""
