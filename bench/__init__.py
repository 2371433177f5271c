"""What is timed, and against whom.  A timing is a ratio within one run on one machine; nothing here is a test."""
