"""The triggerer's one loop for all tenants: it polls other systems for events, and runs pending operations."""
