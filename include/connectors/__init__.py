"""One folder for each remote system; nothing in one folder knows another."""
