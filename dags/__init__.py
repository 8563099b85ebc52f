"""Airflow loads these files: one declares each kind of workflow of a tenant."""
