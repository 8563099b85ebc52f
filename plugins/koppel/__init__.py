"""The pages in Airflow, and the same as JSON: access, one call of the application, template."""
