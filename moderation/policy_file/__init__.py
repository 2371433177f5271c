"""The policy as a file: read, checked with the line of each mistake, and written."""
