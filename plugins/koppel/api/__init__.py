"""The same as the pages, as JSON for automation."""
