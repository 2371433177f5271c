"""What leaves the process: the bell that wakes workers, and (later) webhooks and notices."""
