"""Runs the command line as ``python -m include.cli``, which is what bin/koppel does."""

from include.cli.app import main

main()
