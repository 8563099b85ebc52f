"""What Airflow loads of us: the pages, the watcher in the triggerer, and a listener for tasks that fail."""
