"""The poller that watches for archived work orders."""
