"""``python -m include.cli``, which is what bin/koppel runs."""

from include.cli.app import app

app()
