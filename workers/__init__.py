"""The worker processes: RQ wakes them, the database tells them what to do."""
