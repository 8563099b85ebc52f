"""Runs the command line as ``python -m cli``, which is what bin/koppel does."""

from cli.app import main

main()
